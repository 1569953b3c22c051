"""No verdict is wrong: every completion of what is unknown agrees with "allowed" and "denied"."""

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.policy.evaluate import Layer, Request, evaluate
from iamgroups.policy.request_context import RequestContext
from tests.policy import slow_evaluator
from tests.policy.documents import layer

ACTIONS = ("s3:Get", "s3:Put", "iam:Get")
ACTION_PATTERNS = ("*", "s3:*", "S3:get", "s3:P?t", "iam:*", "*:Get")
RESOURCES = ("arn:aws:s3:::a/x", "arn:aws:s3:::b/alice", "arn:aws:s3:::a*")
PATTERNS = (
    "*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::?/x",
    "arn:aws:s3:::*/${aws:username}",
    "arn:aws:s3:::${k}*",
    "arn:aws:s3:::a${*}",
    "arn:aws:s3:::b*",
    "arn:aws:*:::a*",
)
VALUES: dict[str, tuple[str | None, ...]] = {
    "aws:username": ("alice",),
    "k": (None, "a", "b", "*"),
    "n": (None, "1", "5"),
    "mfa": (None, "true", "false"),
}
BLOCKS: tuple[tuple[str, str, list[str]], ...] = (
    ("Bool", "mfa", ["true"]),
    ("BoolIfExists", "MFA", ["false"]),
    ("Null", "mfa", ["true"]),
    ("NumericLessThan", "n", ["3"]),
    ("NumericLessThanIfExists", "n", ["3", "0"]),
    ("StringEquals", "k", ["a", "c"]),
    ("StringNotEquals", "k", ["a", "*"]),
    ("StringLike", "k", ["?"]),
    ("StringNotLike", "k", ["b*"]),
    ("ForAllValues:StringEquals", "k", ["a"]),
    ("ForAnyValue:StringLike", "k", ["b", "*"]),
    ("ForAnyValue:StringEqualsIfExists", "k", ["b"]),
    ("StringEquals", "aws:username", ["alice"]),
    ("StringEqualsIfExists", "aws:username", ["${k}"]),
)


@st.composite
def statement(draw: st.DrawFn) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    for operator, key, values in draw(st.lists(st.sampled_from(BLOCKS), max_size=2)):
        conditions.setdefault(operator, {})[key] = values
    return {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        draw(st.sampled_from(("Action", "Action", "NotAction"))): draw(
            st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=2)
        ),
        draw(st.sampled_from(("Resource", "Resource", "NotResource"))): draw(
            st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2)
        ),
        "Condition": conditions,
    }


document = st.builds(
    lambda version, statements: {"Version": version, "Statement": statements},
    st.sampled_from(("2012-10-17", "2012-10-17", "2008-10-17")),
    st.lists(statement(), min_size=1, max_size=3),
)
documents = st.lists(document, max_size=3)
EVERYWHERE = (
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::b/alice",
    "arn:aws:s3:::a",
    "arn:aws:s3:::bb",
    "arn:aws:s3:::a*",
)


@settings(max_examples=300, deadline=None)
@given(
    identity=documents,
    boundary=st.one_of(st.none(), documents),
    asked=st.tuples(st.sampled_from(ACTIONS), st.one_of(st.none(), st.sampled_from(RESOURCES))),
    known=st.fixed_dictionaries({key: st.booleans() for key in ("k", "n", "mfa")}),
    values=st.fixed_dictionaries({key: st.sampled_from(values) for key, values in VALUES.items()}),
)
def test_no_verdict_is_wrong(
    identity: list[Any],
    boundary: list[Any] | None,
    asked: tuple[str, str | None],
    known: dict[str, bool],
    values: dict[str, str | None],
) -> None:
    action, resource = asked
    given_keys = {key: value for key, value in values.items() if known.get(key, True)}
    context = RequestContext({key: None if value is None else (value,) for key, value in given_keys.items()})
    written = [identity] if boundary is None else [identity, boundary]
    layers: list[Layer] = [layer(*identity)]
    if boundary is not None:
        layers.append(layer(*boundary, kind="boundary"))
    verdict = evaluate(layers, Request(action, resource, context)).verdict
    outcomes = {
        slow_evaluator.allowed(written, action, where, dict(zip(VALUES, completion, strict=True)))
        for completion in product(
            *([given_keys[key]] if key in given_keys else choices for key, choices in VALUES.items())
        )
        for where in _resources(resource)
    }
    if verdict != "conditional":
        assert outcomes == {verdict == "allowed"}


def _resources(resource: str | None) -> tuple[str, ...]:
    """Return what an unknown resource, or one with a wildcard, can be."""
    if resource is None:
        return EVERYWHERE
    prefix, star, _ = resource.partition("*")
    return tuple(each for each in EVERYWHERE if each.startswith(prefix)) if star else (resource,)
