"""Grants compare what documents give, however they are written."""

from typing import Any

import pytest

from iamgroups.policy.grants import (
    Grant,
    covers,
    grants_of,
    is_everything,
    is_opaque,
    may_change_permissions,
    opaque,
    service_of,
)

BUCKET = "arn:aws:s3:::reports"
HOME = f"{BUCKET}/${{aws:username}}/*"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def statement(actions: Any = "s3:GetObject", resources: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def document(*statements: dict[str, Any], version: str | None = "2012-10-17") -> dict[str, Any]:
    return {**({"Version": version} if version else {}), "Statement": list(statements)}


def grant(**more: Any) -> Grant:
    (found,) = grants_of(document(statement(**more)))
    return found


def test_each_action_on_each_resource_is_a_grant() -> None:
    found = grants_of(document(statement(["s3:Get*", "s3:List*"], [BUCKET, f"{BUCKET}/*"])))
    assert len(found) == 4
    assert Grant("Allow", "s3:get*", f"{BUCKET}/*", "") in found


@pytest.mark.parametrize(
    "other",
    [
        document(statement("S3:GETOBJECT")),
        document(statement(["s3:GetObject", "s3:getobject"])),
        document(statement(Sid="Read"), statement(Sid="Again")),
        document(statement(), version=None),
        document(statement(), version="2008-10-17"),
        document(statement(Condition={})),
        document(statement(Condition={"StringEquals": {}})),
        {"Version": "2012-10-17", "Id": "mine", "Statement": statement()},
    ],
)
def test_what_does_not_change_access_does_not_change_the_grants(other: Any) -> None:
    assert grants_of(other) == grants_of(document(statement()))


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:MultiFactorAuthPresent": True}},
        {"bool": {"AWS:multifactorauthpresent": ["True"]}},
        {"Bool": {"aws:MultiFactorAuthPresent": ["true", "true"]}},
    ],
)
def test_conditions_compare_by_meaning(condition: Any) -> None:
    assert grant(Condition=condition) == grant(Condition=MFA)


def test_text_in_a_condition_keeps_its_case() -> None:
    left, right = ({"StringEquals": {"aws:PrincipalTag/team": value}} for value in ("Ops", "ops"))
    assert grant(Condition=left) != grant(Condition=right)


def test_the_version_counts_where_it_makes_a_variable() -> None:
    new, old = (document(statement(resources=HOME), version=version) for version in ("2012-10-17", None))
    assert grants_of(new) != grants_of(old)
    (variable,), (plain,) = grants_of(new), grants_of(old)
    assert not covers(plain, variable)
    assert not covers(variable, plain)
    assert covers(grant(resources=f"{BUCKET}/*"), plain)


def test_a_not_action_counts_whole_and_in_any_order() -> None:
    left, right = (
        {"Effect": "Allow", "NotAction": names, "Resource": "*"}
        for names in (["iam:*", "sts:*"], ["STS:*", "iam:*"])
    )
    assert grants_of(document(left)) == grants_of(document(right))
    assert len(grants_of(document(left))) == 1


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        (grant(actions="*"), grant()),
        (grant(actions="*:*"), grant(actions="*")),
        (grant(actions="s3:*"), grant(actions="s3:Get*")),
        (grant(), grant(resources=BUCKET)),
        (grant(), grant(Condition=MFA)),
        (grant(resources=f"{BUCKET}/*"), grant(resources=HOME)),
        (Grant("Allow", "*", "*", ""), Grant("Allow", 'all but ["iam:*"]', "*", "")),
        (Grant("Deny", "*", "*", ""), Grant("Deny", "s3:*", 'all but ["arn:aws:s3:::b"]', "")),
    ],
)
def test_a_wider_grant_covers_a_narrower_one(wide: Grant, narrow: Grant) -> None:
    assert covers(wide, narrow)
    assert wide == narrow or not covers(narrow, wide)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (grant(actions="s3:Get*"), grant(actions="s3:List*")),
        (grant(Condition=MFA), grant(Condition={"Bool": {"aws:SecureTransport": "true"}})),
        (grant(), grant(Effect="Deny")),
        (opaque("arn:aws:iam::aws:policy/A"), opaque("arn:aws:iam::aws:policy/B")),
        (grant(actions="*"), opaque("arn:aws:iam::aws:policy/A")),
        (Grant("Deny", "*", "*", ""), Grant("Deny", "*", "*", "[]")),
        (Grant("Allow", 'all but ["iam:*"]', "*", ""), Grant("Allow", "s3:*", "*", "")),
    ],
)
def test_neither_covers_the_other(left: Grant, right: Grant) -> None:
    assert not covers(left, right)
    assert not covers(right, left)


def test_a_policy_that_was_not_read_is_one_grant_of_its_own() -> None:
    unread = opaque("arn:aws:iam::aws:policy/A")
    assert is_opaque(unread)
    assert covers(unread, opaque("arn:aws:iam::aws:policy/A"))
    assert service_of(unread) == "*"
    assert may_change_permissions(unread)


@pytest.mark.parametrize(
    ("found", "service"),
    [
        (grant(), "s3"),
        (grant(actions="*"), "*"),
        (grant(actions="s*:Get*"), "*"),
        (Grant("Deny", 'all but ["iam:*"]', "*", ""), "*"),
    ],
)
def test_a_grant_names_its_service_or_any(found: Grant, service: str) -> None:
    assert service_of(found) == service


def test_everything_is_every_action_on_every_resource() -> None:
    assert is_everything(grant(actions="*"))
    assert not is_everything(grant(actions="*", resources=BUCKET))
    assert not is_everything(grant(actions="*", Effect="Deny"))
    assert not is_everything(grant(actions="s3:*"))


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("*", True),
        ("iam:*", True),
        ("iam:g*", True),
        ("iam:CreateUser", True),
        ("iam:Get*", False),
        ("iam:ListUsers", False),
        ("s3:*", False),
    ],
)
def test_a_grant_over_iam_may_change_permissions_unless_it_only_reads(action: str, changes: bool) -> None:
    assert may_change_permissions(grant(actions=action)) == changes


def test_all_but_iam_cannot_change_permissions() -> None:
    assert not may_change_permissions(Grant("Allow", 'all but ["iam:*"]', "*", ""))
    assert may_change_permissions(Grant("Allow", 'all but ["iam:get*"]', "*", ""))


@pytest.mark.parametrize("odd", [None, [], "text", {"Statement": [{"Effect": "Allow"}, 3]}])
def test_a_document_that_gives_nothing_has_no_grants(odd: Any) -> None:
    assert grants_of(odd) == frozenset()
