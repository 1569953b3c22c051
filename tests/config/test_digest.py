"""The digest counts every field that means something, and none that stays in the YAML."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from iamgroups.config.digest import digest
from iamgroups.errors import Position
from iamgroups.state.config import (
    Accepted,
    Config,
    GroupDecl,
    Member,
    Moved,
    NamePattern,
    PolicyDecl,
    PolicyRef,
    Removed,
    Settings,
    UserDecl,
)

AT = Position("iamgroups.yaml", 1, 1)
DAY = date(2026, 11, 23)
LATER = datetime(2026, 12, 31, 18, tzinfo=UTC)
NAME = NamePattern("admins", AT)
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "x/${aws:username}"},
}

# What no plan and no drift depends on. A new field counts until it is named here.
UNCOUNTED = frozenset({
    "Config.root",
    "Config.accepted",
    "Config.roles",
    "Config.warnings",
    "Config.digest",
    "GroupDecl.position",
    "GroupDecl.description",
    "GroupDecl.members_position",
    "GroupDecl.policies_position",
    "Member.position",
    "Member.reason",
    "Member.via",
    "PolicyRef.position",
    "PolicyRef.via",
    "PolicyDecl.position",
    "PolicyDecl.template",
    "PolicyDecl.partitions",
    "UserDecl.position",
    "UserDecl.reason",
    "Moved.position",
    "Removed.position",
    "Removed.reason",
    "Accepted.match",
    "Accepted.position",
    "Accepted.reason",
    "Accepted.until",
    "Accepted.document",
    "Settings.position",
    "NamePattern.position",
})  # fmt: skip

# Every field holds something, so that there is something to change.
WHOLE = Config(
    root="iamgroups.yaml",
    account_id="123456789012",
    groups=(
        GroupDecl(
            "devs",
            AT,
            "developers",
            "/x/",
            policies=(PolicyRef("aws:A", AT, "baseline", DAY, LATER),),
            members=(Member("ann", AT, LATER, "SEC-1", True, "backend", DAY),),
            spared=("svc-*",),
            inline_policies="convert",
            members_position=AT,
            policies_position=AT,
        ),
    ),
    policies=(PolicyDecl("tool", AT, DOCUMENT, "/x/", "a tool", True, (("aws", AT),), "{}"),),
    users=(UserDecl("bob", AT, (PolicyRef("aws:B", AT, "baseline", DAY, LATER),), "SEC-2"),),
    moved=(Moved("ops", "operations", AT),),
    removed=(Removed("policy", "old", AT, "SEC-3", True),),
    accepted=(Accepted("group/new", AT, "SEC-4", DAY, "sha256:0"),),
    roles={"plan": "reader"},
    settings=Settings(
        "/x/", direct_ignored=("a*",), inline_ignored=("b*",), lock="s3://bucket/key", position=AT
    ),
    guardrails={
        "max_removals": {"percent": 25, "floor": 10},
        "keep_caller": True,
        "protected_groups": (NAME,),
        "only_in": {NAME: (NAME,)},
        "min_members": {NAME: 1},
        "conflicts": ((NAME, NamePattern("devs", AT)),),
    },
    warnings=(("a warning", AT),),
    digest="d" * 64,
)

# Where the value stands, the field that holds it, and the value once it is another.
Variant = tuple[str, str, Any]


def variants(value: Any, where: str = "", field: str = "Config") -> Iterator[Variant]:
    """Change one thing at a time, anywhere below the value."""
    if isinstance(value, Position):
        yield where, field, value._replace(line=value.line + 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for name in (each.name for each in fields(value)):
            own = f"{type(value).__name__}.{name}"
            for place, at, other in variants(getattr(value, name), f"{where}.{name}".lstrip("."), own):
                yield place, at, replace(value, **{name: other})
    elif hasattr(value, "_fields"):
        for name in value._fields:
            own = f"{type(value).__name__}.{name}"
            for place, at, other in variants(getattr(value, name), f"{where}.{name}", own):
                yield place, at, value._replace(**{name: other})
    elif isinstance(value, Mapping):
        assert value, f"{where} is empty: give {field} something to change"
        for key, held in value.items():
            rest = {name: item for name, item in value.items() if name is not key}
            yield f"{where} without {key}", field, rest
            yield from (
                (place, at, {**rest, other: held})
                for place, at, other in variants(key, f"{where} key", field)
            )
            yield from (
                (place, at, {**rest, key: other})
                for place, at, other in variants(held, f"{where}[{key}]", field)
            )
    elif isinstance(value, tuple):
        assert value, f"{where} is empty: give {field} something to change"
        yield f"{where} without the first", field, value[1:]
        for place, at, other in variants(value[0], f"{where}[0]", field):
            yield place, at, (other, *value[1:])
    else:
        yield where, field, another(value, field)


def another(value: Any, field: str) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case date():
            return value + timedelta(days=1)
        case str() if value:
            return f"{value}-2"
        case _:
            raise AssertionError(f"give {field} something to change")


VARIANTS = list(variants(WHOLE))


@pytest.mark.parametrize(
    ("field", "changed"), [found[1:] for found in VARIANTS], ids=[f[0] for f in VARIANTS]
)
def test_a_field_changes_the_digest_where_it_means_something(field: str, changed: Config) -> None:
    assert changed != WHOLE
    assert (digest(changed) != digest(WHOLE)) is (field not in UNCOUNTED)


def test_every_field_that_does_not_count_was_tried() -> None:
    assert {field for _, field, _ in VARIANTS} >= UNCOUNTED


def spelled(names: list[str], user: str) -> Config:
    """Declare the same people and policies in this order, the person in this spelling."""
    people = tuple(Member(name.replace("ann", user), AT) for name in names)
    refs = tuple(PolicyRef(f"aws:{name}", AT) for name in names)
    rules = {"only_in": {NAME: tuple(NamePattern(name, AT) for name in names)}}
    return replace(
        WHOLE,
        groups=(replace(WHOLE.groups[0], members=people, policies=refs), GroupDecl("ops", AT))[
            :: 1 if user == "ann" else -1
        ],
        users=(UserDecl(user, AT, refs, "why"),),
        guardrails=rules,
    )


def test_neither_the_order_of_lists_nor_the_case_of_a_person_counts() -> None:
    assert digest(spelled(["ann", "bob", "cyd"], "ann")) == digest(spelled(["cyd", "ann", "bob"], "Ann"))
    assert digest(spelled(["ann", "bob"], "ann")) != digest(spelled(["ann", "cyd"], "ann"))


@pytest.mark.parametrize("field", ["members", "policies"])
def test_what_is_not_managed_is_not_what_is_empty(field: str) -> None:
    unmanaged, empty = (
        replace(WHOLE, groups=(replace(WHOLE.groups[0], **{field: value}),)) for value in (None, ())
    )
    assert digest(unmanaged) != digest(empty)
