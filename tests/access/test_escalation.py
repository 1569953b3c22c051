from functools import cache

import pytest

from iamgroups import catalogue
from iamgroups.access.escalation import Escalation
from iamgroups.access.methods import METHODS, Method
from iamgroups.access.powers import PowerReader, powers, united
from tests.policy.documents import document, statement

OWN = ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}"]


@cache
def tools() -> tuple[PowerReader, Escalation]:
    loaded = catalogue.load()
    return PowerReader(loaded), Escalation(loaded)


def ways(*documents: object) -> dict[str, bool]:
    reader, escalation = tools()
    found = escalation.ways(powers(united(map(reader.read, documents))))
    return {way.method.id: way.possibly for way in found}


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.id)
def test_every_method_needs_all_its_actions_and_nothing_else(method: Method) -> None:
    assert ways(document(statement(list(method.actions))))[method.id] is False
    for missing in method.actions:
        rest = [action for action in method.actions if action != missing]
        assert method.id not in ways(document(statement(rest or "s3:GetObject")))


def test_every_method_is_written_once_and_every_action_exists() -> None:
    loaded = catalogue.load()
    assert len({frozenset(method.actions) for method in METHODS}) == len(METHODS)
    assert [action for method in METHODS for action in method.actions if loaded.find(action) is None] == []


def test_halves_from_two_policies_are_one_method() -> None:
    found = ways(document(statement("iam:PassRole")), document(statement("ec2:RunInstances")))
    assert "iam:PassRole + ec2:RunInstances" in found


def test_a_limit_makes_it_possible_and_a_deny_ends_it() -> None:
    role = document(statement("iam:PassRole", "arn:aws:iam::1:role/app"), statement("ec2:RunInstances"))
    assert ways(role)["iam:PassRole + ec2:RunInstances"] is True
    assert not ways(role, document(statement("iam:PassRole", effect="Deny")))


def test_self_service_is_no_escalation() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam_credentials_console.html"""
    own = ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"]
    assert not ways(document(statement(own, OWN)))
    assert not ways(document(statement(own, [*OWN, "arn:aws:iam::*:mfa/*"])))
    assert len(ways(document(statement(own, [*OWN, "arn:aws:iam::1:user/bob"])))) == 3
    assert len(ways(document(statement(own, "arn:aws:iam::*:user/*")))) == 3
    # To attach a policy to oneself is not harmless.
    assert ways(document(statement("iam:AttachUserPolicy", OWN)))


def test_using_one_named_role_is_what_people_do() -> None:
    assert not ways(document(statement("sts:AssumeRole", "arn:aws:iam::1:role/deploy")))
    assert ways(document(statement("sts:AssumeRole")))
