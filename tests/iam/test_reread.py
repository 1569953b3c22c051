import json
from collections.abc import Callable
from typing import Any

import pytest

from iamgroups.errors import AccessDeniedError
from iamgroups.iam import Connection
from iamgroups.state import (
    FACTS,
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    InlineUser,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)

from .answers import ACCOUNT, document, group, paged, policy, policy_entry, xml
from .conftest import Answer, Params, Script, answer, error

ARN = f"arn:aws:iam::{ACCOUNT}:policy/tool"
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}],
}
REORDERED = {
    "Statement": {"Resource": ["*"], "Action": ["s3:ListBucket", "s3:GetObject"], "Effect": "Allow"},
    "Version": "2012-10-17",
}
Respond = Answer | Callable[[Params], Answer]


def version(told: Any) -> Answer:
    return answer("GetPolicyVersion", xml({"PolicyVersion": {"Document": document(told), "VersionId": "v1"}}))


GROUP = answer("GetGroup", xml({"Group": group("devs"), "Users": [], "IsTruncated": False}))
POLICY = answer("GetPolicy", xml({"Policy": policy(ARN)}))

CASES: list[tuple[Fact, dict[str, Respond], dict[str, Respond]]] = [
    (
        GroupFact("devs", "/"),
        {"GetGroup": GROUP},
        {"GetGroup": answer("GetGroup", xml({"Group": group("devs", Path="/x/"), "Users": []}))},
    ),
    (
        Membership("Devs", "alice"),
        {"ListGroupsForUser": paged("ListGroupsForUser", "Groups", [group("a"), group("devs")], 1)},
        {"ListGroupsForUser": paged("ListGroupsForUser", "Groups", [group("a")])},
    ),
    (
        Attachment("devs", ARN),
        {
            "ListAttachedGroupPolicies": paged(
                "ListAttachedGroupPolicies", "AttachedPolicies", [policy_entry("a/b"), policy_entry(ARN)], 1
            )
        },
        {"ListAttachedGroupPolicies": paged("ListAttachedGroupPolicies", "AttachedPolicies", [])},
    ),
    (
        Direct("alice", ARN),
        {
            "ListAttachedUserPolicies": paged(
                "ListAttachedUserPolicies", "AttachedPolicies", [policy_entry(ARN)]
            )
        },
        {"ListAttachedUserPolicies": paged("ListAttachedUserPolicies", "AttachedPolicies", [])},
    ),
    (
        InlineGroup("devs", "own"),
        {"GetGroupPolicy": answer("GetGroupPolicy", xml({"PolicyName": "own"}))},
        {"GetGroupPolicy": error(404, "NoSuchEntity")},
    ),
    (
        InlineUser("alice", "own"),
        {"GetUserPolicy": answer("GetUserPolicy", xml({"PolicyName": "own"}))},
        {"GetUserPolicy": error(404, "NoSuchEntity")},
    ),
    (
        PolicyFact("tool", "/", ARN, json.dumps(ALLOW)),
        {"GetPolicy": POLICY, "GetPolicyVersion": version(REORDERED)},
        {"GetPolicy": POLICY, "GetPolicyVersion": version({**ALLOW, "Statement": []})},
    ),
    (PolicyFact("tool", "/", ARN, ""), {"GetPolicy": POLICY}, {"GetPolicy": error(404, "NoSuchEntity")}),
    (
        PolicyVersionFact("tool", ARN, "v1"),
        {"GetPolicyVersion": version(ALLOW)},
        {"GetPolicyVersion": error(404, "NoSuchEntity")},
    ),
]
IDS = [f"{fact.address}-{index}" for index, (fact, _, _) in enumerate(CASES)]


def test_every_kind_of_fact_has_a_case() -> None:
    assert {type(fact) for fact, _, _ in CASES} == set(FACTS)


@pytest.mark.parametrize(("fact", "there", "absent"), CASES, ids=IDS)
def test_a_fact_shows_when_iam_has_it(
    script: Script, connection: Connection, fact: Fact, there: dict[str, Respond], absent: dict[str, Respond]
) -> None:
    for operation, told in there.items():
        script.say(operation, told)
    assert connection.shows(fact)
    for operation, told in absent.items():
        script.say(operation, told)
    assert not connection.shows(fact)
    for operation in there:
        script.say(operation, error(404, "NoSuchEntity"))
    assert not connection.shows(fact)


def test_a_fact_that_may_not_be_read_is_an_error(script: Script, connection: Connection) -> None:
    script.say("ListGroupsForUser", error(403, "AccessDenied"))
    with pytest.raises(AccessDeniedError) as denied:
        connection.shows(Membership("devs", "alice"))
    assert denied.value.action == "iam:ListGroupsForUser"


def test_policies_of_a_role_are_listed_or_unknown(script: Script, connection: Connection) -> None:
    operation = "ListAttachedRolePolicies"
    script.say(operation, paged(operation, "AttachedPolicies", [policy_entry(ARN), policy_entry("a/b")], 1))
    assert connection.role_policies("deploy") == {ARN, "a/b"}
    script.say(operation, error(403, "AccessDenied"))
    assert connection.role_policies("deploy") is None
