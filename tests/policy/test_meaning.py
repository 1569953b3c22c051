"""Documents are compared by meaning: form does not count, everything else does."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from iamgroups.policy.grants import grants_of
from iamgroups.policy.meaning import digest, meaning, same
from tests.policy.aws_documents import documents, sample

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
HOME = {**READ, "Resource": "arn:aws:s3:::homes/${aws:username}/*"}


def document(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", **more, "Statement": list(statements)}


def conditional(condition: Any) -> dict[str, Any]:
    return document({**READ, "Condition": condition})


@pytest.mark.parametrize(
    "other",
    [
        {"Statement": READ, "Version": "2012-10-17"},
        document(READ, READ),
        document({**READ, "Action": ["S3:getobject"]}),
        document({**READ, "Action": ["s3:GetObject", "s3:GetObject"]}),
        document({**READ, "Resource": ["*", "*"]}),
        document({**READ, "Sid": ""}),
        document({**READ, "Condition": {}}),
        document({**READ, "Condition": {"StringEquals": {}}}),
        document({**READ, "Resource": ["*", None]}),
        {"Statement": READ},
        {"Version": "2008-10-17", "Statement": [READ]},
    ],
)
def test_form_does_not_count(other: Any) -> None:
    assert same(document(READ), other)
    assert digest(document(READ)) == digest(other)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"Bool": {"aws:SecureTransport": True}}, {"Bool": {"aws:SecureTransport": ["True", "true"]}}),
        ({"Null": {"aws:TokenIssueTime": False}}, {"null": {"AWS:TokenIssueTime": "false"}}),
        ({"ForAnyValue:BoolIfExists": {"a:b": "TRUE"}}, {"ForAnyValue:BoolIfExists": {"a:b": True}}),
        ({"NumericEquals": {"s3:max-keys": 10}}, {"NumericEquals": {"s3:max-keys": ["10"]}}),
        ({"StringEquals": {"a:b": ["y", "x", "y"]}}, {"StringEquals": {"a:b": ["x", "y"]}}),
    ],
)
def test_the_form_of_a_condition_does_not_count(left: Any, right: Any) -> None:
    assert same(conditional(left), conditional(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"StringEquals": {"a:b": "X"}}, {"StringEquals": {"a:b": "x"}}),
        ({"StringEquals": {"a:b": "True"}}, {"StringEquals": {"a:b": True}}),
        ({"Bool": {"a:b": True}}, {"BoolIfExists": {"a:b": True}}),
        ({"Bool": {"a:b": True}}, {}),
        ({"StringEquals": {"a:b": "x"}, "stringequals": {"a:b": "y"}}, {"StringEquals": {"a:b": "y"}}),
    ],
)
def test_a_condition_that_tests_otherwise_counts(left: Any, right: Any) -> None:
    assert not same(conditional(left), conditional(right))


@pytest.mark.parametrize(
    "other",
    [
        document({**READ, "Effect": "Deny"}),
        document({**READ, "Action": "s3:GetObjectAcl"}),
        document({**READ, "Resource": "arn:aws:s3:::b"}),
        document({"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "*"}),
        document({**READ, "Sid": "Read"}),
        document(READ, Id="mine"),
        document(READ, {**READ, "Action": "ec2:*"}),
        document(),
        None,
    ],
)
def test_everything_else_counts(other: Any) -> None:
    assert not same(document(READ), other)
    assert digest(document(READ)) != digest(other)


def test_the_case_of_a_resource_counts() -> None:
    left, right = (document({**READ, "Resource": f"arn:aws:s3:::{name}"}) for name in ("b", "B"))
    assert not same(left, right)


def test_the_version_counts_where_it_makes_variables() -> None:
    assert not same(document(HOME), {"Statement": HOME})
    assert same({"Version": "2008-10-17", "Statement": HOME}, {"Statement": HOME})


def layouts(original: Any) -> Iterator[Any]:
    """Yield the document with everything turned round, as lists, and folded to single values."""
    rng = random.Random(json.dumps(original))
    yield _turned(original, rng)
    statements = original["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    yield {**original, "Statement": [_listed(statement) for statement in listed]}
    yield {**original, "Statement": [*map(_single, listed), listed[0]]}


def _turned(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _turned(value[key], rng) for key in rng.sample(list(value), len(value))}
    return (
        [_turned(item, rng) for item in rng.sample(value, len(value))] if isinstance(value, list) else value
    )


def _listed(statement: Any) -> Any:
    names = ("Action", "NotAction", "Resource", "NotResource")
    return {
        key: [value, value] if key in names and isinstance(value, str) else value
        for key, value in statement.items()
    }


def _single(statement: Any) -> Any:
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in statement.items()
    }


def mutations(original: Any) -> Iterator[Any]:
    """Yield documents that mean something else: one effect, test, action or resource differs."""
    found = original["Statement"]
    statements = found if isinstance(found, list) else [found]
    rng = random.Random(json.dumps(original))
    place = rng.randrange(len(statements))
    victim = statements[place]

    def changed(**more: Any) -> Any:
        return {**original, "Statement": [*statements[:place], {**victim, **more}, *statements[place + 1 :]]}

    yield changed(Effect="Allow" if victim["Effect"] == "Deny" else "Deny")
    yield changed(Condition={**victim.get("Condition", {}), "Null": {"aws:Mutated": "true"}})
    for key in ("Action", "NotAction", "Resource", "NotResource"):
        if key in victim:
            values = victim[key] if isinstance(victim[key], list) else [victim[key]]
            yield changed(**{key: [*values, "mutated:Thing"]})
            yield changed(**{key: [f"{values[0]}x", *values[1:]]})


def test_aws_documents_in_other_layouts_mean_the_same() -> None:
    for original in sample(150):
        for other in layouts(original):
            assert same(original, other), json.dumps(other)
            assert grants_of(original) == grants_of(other)


def test_aws_documents_that_were_changed_mean_something_else() -> None:
    for original in sample(150):
        for other in mutations(original):
            assert not same(original, other), json.dumps(other)
            assert grants_of(original) != grants_of(other)


def test_aws_documents_are_told_apart_by_their_digests() -> None:
    by_digest: dict[str, list[Any]] = {}
    for original in documents():
        by_digest.setdefault(digest(original), []).append(meaning(original))
    assert len(by_digest) > 1000
    assert all(found == [found[0]] * len(found) for found in by_digest.values())
