"""Who holds what: findings that an account's shape brings about."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from iamgroups import catalogue
from iamgroups.access import Access
from iamgroups.access.audit import Audit, Auditor
from iamgroups.access.dead_grants import dead_grants
from iamgroups.access.declared import Declared
from iamgroups.access.delta import Differ
from iamgroups.access.people import People
from iamgroups.access.side import PolicyName
from iamgroups.render import audit_lines
from iamgroups.state.live import LiveState
from tests.access.account import account
from tests.policy.documents import document, statement

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
OBJECTS = "arn:aws:s3:::data/*"


@cache
def differ() -> Differ:
    return Differ(catalogue.load())


def auditor(live: LiveState) -> Auditor:
    return Auditor(People(Access(live, ()).after, differ().reader), differ(), Declared())


def audit(live: LiveState) -> Audit:
    return auditor(live).account()


@pytest.mark.parametrize(
    ("document_", "administrator"),
    [
        (document(statement("*")), "yes"),
        (document(statement("*", Condition=MFA)), "conditional"),
        (document(statement("s3:*"), statement("*", Condition=MFA)), "conditional"),
        (document(statement("*", OBJECTS)), "no"),
        (document(statement("*"), statement("iam:CreateUser", effect="Deny")), "no"),
        (document(statement("s3:*")), "no"),
    ],
)
def test_an_administrator_can_do_everything_everywhere(document_: Any, administrator: str) -> None:
    (alice,) = audit(account({}, {"p": document_}, {"alice": ("p",)})).people
    assert alice.administrator == administrator
    assert administrator == "no" or alice.ways == ()


def test_a_boundary_makes_nobody_administrator() -> None:
    policies = {"all": document(statement("*")), "cap": document(statement("s3:*"))}
    (alice,) = audit(account({}, policies, {"alice": ("all",)}, {"alice": "cap"})).people
    assert (alice.administrator, alice.ways) == ("no", ())


def test_a_way_to_escalate_is_found_where_its_halves_come_from_two_groups() -> None:
    live = account(
        {"passing": (("alice",), ("pass",)), "running": (("alice", "bob"), ("run",))},
        {
            "pass": document(statement("iam:PassRole")),
            "run": document(statement(["lambda:CreateFunction", "lambda:InvokeFunction"])),
        },
    )
    assert [person.user.name for person in audit(live).escalating] == ["alice"]


def test_a_direct_policy_is_covered_by_a_group_with_the_same_arn_and_by_no_other() -> None:
    same = document(statement("s3:Get*"))
    live = account(
        {"readers": (("alice", "bob"), ("read",))},
        {"read": same, "twin": same},
        {"alice": ("read",), "bob": ("twin",)},
    )
    alice, bob = audit(live).people
    assert [each.covered_by for each in alice.direct] == [("readers",)]
    assert [each.covered_by for each in bob.direct] == [()]


def test_what_could_not_be_read_is_told_and_never_taken_for_nothing() -> None:
    live = account({"ops": (("alice",), ("lost",))}, {"lost": None})
    hidden = replace(live.groups["ops"], name="hidden", members=None, inline=None)
    found = audit(replace(live, groups={**live.groups, "hidden": hidden}, denied=("iam:GetGroup",)))
    assert found.unread == ("local:lost",)
    assert [policy.shown for policy in found.policies] == ["local:lost"]
    assert any("inline policies       0" in line for line in audit_lines.lines(found))
    assert found.missing == ("iam:GetGroup",)
    assert {group.name: group.members is None for group in found.groups} == {"hidden": True, "ops": False}


def test_a_group_is_told_without_what_its_members_hold_besides() -> None:
    policies = {"read": document(statement("s3:Get*")), "all": document(statement("*"))}
    live = account({"a": (("alice",), ("read",)), "b": (("alice",), ("all",))}, policies, {"alice": ("all",)})
    found = auditor(live).group("a")
    (alice,) = found.people
    assert ([each.group for each in alice.groups], alice.direct) == (["a"], ())
    assert alice.administrator == "yes"
    assert [policy.shown for policy in found.policies] == ["local:read"]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (statement("iam:ListUsers", "arn:aws:iam::123456789012:user/*"), ["resourceless"]),
        (statement("s3:ListBucket", OBJECTS), ["resource"]),
        (statement("s3:GetObject", "arn:aws:s3:::data"), ["resource"]),
        (statement("s3:GetObjct"), ["unlisted"]),
        (statement(["s3:GetObject", "s3:ListBucket"], OBJECTS, effect="Deny"), ["resource"]),
        (
            statement(["iam:ListUsers", "iam:ListRoles", "s3:ListBucket"], OBJECTS),
            ["resourceless", "resource"],
        ),
        (statement("s3:*", OBJECTS), []),
        (statement("iam:ListUsers"), []),
        (statement("s3:ListBucket", [OBJECTS, "arn:aws:s3:::data"]), []),
        ({"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "NotResource": OBJECTS}, []),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": OBJECTS}, []),
    ],
)
def test_a_pattern_without_effect_is_found_with_the_reason(entry: dict[str, Any], why: list[str]) -> None:
    found = dead_grants(differ().reader, PolicyName("p", "managed"), document(entry))
    assert [one.why for one in found] == why


def test_documents_of_aws_are_not_looked_at_for_what_has_no_effect() -> None:
    broken = document(statement("s3:GetObjct"))
    live = account({}, {"mine": broken, "OfAws": broken}, {"alice": ("mine", "OfAws")})
    assert [one.policy.shown for one in audit(live).dead] == ["local:mine"]
