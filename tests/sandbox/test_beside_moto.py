"""A second opinion: where moto is right, it and we answer a recorded sequence of calls alike."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from iamgroups.sandbox.server import Serving
from tests.sandbox.test_server import connect

ARN = "arn:aws:iam::123456789012:policy/team/own"
MISSING = "arn:aws:iam::123456789012:policy/none"
ONE = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)
TWO = ONE.replace("s3:", "ec2:")
TRUST = ONE.replace("s3:*", "sts:AssumeRole").replace('"Resource": "*"', '"Principal": {"AWS": "*"}')
ODD = "a+b=c,d.e@f-g_h"

Call = tuple[str, dict[str, Any]]
SEQUENCE: tuple[Call, ...] = (
    ("create_group", {"GroupName": "devs"}),
    ("create_group", {"GroupName": "devs"}),
    ("create_group", {"GroupName": ODD, "Path": "/eng/x/"}),
    ("get_group", {"GroupName": "devs"}),
    ("get_group", {"GroupName": "none"}),
    ("list_groups", {}),
    ("create_user", {"UserName": "alice", "Path": "/people/"}),
    ("create_user", {"UserName": "alice"}),
    ("create_user", {"UserName": ODD}),
    ("get_user", {"UserName": "none"}),
    ("list_users", {}),
    ("list_users", {"PathPrefix": "/people/"}),
    ("add_user_to_group", {"GroupName": "devs", "UserName": "alice"}),
    ("add_user_to_group", {"GroupName": "devs", "UserName": "alice"}),
    ("add_user_to_group", {"GroupName": "none", "UserName": "alice"}),
    ("add_user_to_group", {"GroupName": "devs", "UserName": "none"}),
    ("add_user_to_group", {"GroupName": ODD, "UserName": ODD}),
    ("get_group", {"GroupName": "devs"}),
    ("list_groups_for_user", {"UserName": "alice"}),
    ("list_groups_for_user", {"UserName": "none"}),
    ("create_policy", {"PolicyName": "own", "Path": "/team/", "PolicyDocument": ONE, "Description": "Ours"}),
    ("create_policy", {"PolicyName": "own", "Path": "/team/", "PolicyDocument": ONE}),
    ("create_policy", {"PolicyName": "bad", "PolicyDocument": "{"}),
    ("get_policy", {"PolicyArn": ARN}),
    ("get_policy", {"PolicyArn": MISSING}),
    ("attach_group_policy", {"GroupName": "devs", "PolicyArn": ARN}),
    ("attach_group_policy", {"GroupName": "devs", "PolicyArn": ARN}),
    ("attach_group_policy", {"GroupName": "devs", "PolicyArn": MISSING}),
    ("attach_group_policy", {"GroupName": "none", "PolicyArn": ARN}),
    ("attach_user_policy", {"UserName": "alice", "PolicyArn": ARN}),
    ("list_attached_group_policies", {"GroupName": "devs"}),
    ("list_attached_user_policies", {"UserName": "alice"}),
    ("list_entities_for_policy", {"PolicyArn": ARN}),
    ("get_policy", {"PolicyArn": ARN}),
    ("list_policies", {"Scope": "Local"}),
    ("create_policy_version", {"PolicyArn": ARN, "PolicyDocument": TWO}),
    ("create_policy_version", {"PolicyArn": ARN, "PolicyDocument": TWO, "SetAsDefault": True}),
    ("create_policy_version", {"PolicyArn": ARN, "PolicyDocument": ONE}),
    ("create_policy_version", {"PolicyArn": ARN, "PolicyDocument": ONE}),
    ("create_policy_version", {"PolicyArn": ARN, "PolicyDocument": ONE}),
    ("list_policy_versions", {"PolicyArn": ARN}),
    ("get_policy_version", {"PolicyArn": ARN, "VersionId": "v3"}),
    ("get_policy_version", {"PolicyArn": ARN, "VersionId": "v9"}),
    ("delete_policy_version", {"PolicyArn": ARN, "VersionId": "v3"}),
    ("delete_policy_version", {"PolicyArn": ARN, "VersionId": "v2"}),
    ("set_default_policy_version", {"PolicyArn": ARN, "VersionId": "v1"}),
    ("create_policy_version", {"PolicyArn": ARN, "PolicyDocument": ONE}),
    ("put_group_policy", {"GroupName": "devs", "PolicyName": "in", "PolicyDocument": ONE}),
    ("put_user_policy", {"UserName": "alice", "PolicyName": "in", "PolicyDocument": TWO}),
    ("get_group_policy", {"GroupName": "devs", "PolicyName": "in"}),
    ("get_user_policy", {"UserName": "alice", "PolicyName": "in"}),
    ("get_user_policy", {"UserName": "alice", "PolicyName": "none"}),
    ("list_group_policies", {"GroupName": "devs"}),
    ("list_user_policies", {"UserName": "alice"}),
    ("create_role", {"RoleName": "deploy", "AssumeRolePolicyDocument": TRUST}),
    ("attach_role_policy", {"RoleName": "deploy", "PolicyArn": ARN}),
    ("list_attached_role_policies", {"RoleName": "deploy"}),
    ("get_account_authorization_details", {"Filter": ["User", "Group", "Role"]}),
    ("get_account_authorization_details", {"Filter": ["Group"]}),
    ("update_group", {"GroupName": "devs", "NewGroupName": "developers", "NewPath": "/eng/"}),
    ("get_group", {"GroupName": "developers"}),
    ("list_groups_for_user", {"UserName": "alice"}),
    ("update_group", {"GroupName": "none", "NewGroupName": "some"}),
    ("detach_group_policy", {"GroupName": "developers", "PolicyArn": ARN}),
    ("detach_group_policy", {"GroupName": "developers", "PolicyArn": ARN}),
    ("detach_user_policy", {"UserName": "alice", "PolicyArn": ARN}),
    ("detach_role_policy", {"RoleName": "deploy", "PolicyArn": ARN}),
    ("remove_user_from_group", {"GroupName": "developers", "UserName": "alice"}),
    ("delete_group_policy", {"GroupName": "developers", "PolicyName": "in"}),
    ("delete_group_policy", {"GroupName": "developers", "PolicyName": "in"}),
    ("delete_user_policy", {"UserName": "alice", "PolicyName": "in"}),
    ("delete_group", {"GroupName": "developers"}),
    ("delete_group", {"GroupName": "developers"}),
    ("delete_user", {"UserName": "alice"}),
    ("list_groups", {}),
    ("list_users", {}),
)
# What one of the two may leave out or choose: ids, times, and what AWS answers only in detail.
ITS_OWN = {
    *("ResponseMetadata", "Tags", "Description", "PermissionsBoundaryUsageCount"),
    *("MaxSessionDuration", "RoleLastUsed"),
}


def told(client: Any, call: Call) -> Any:
    operation, params = call
    try:
        answer = getattr(client, operation)(**params)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    if operation in ("create_policy_version", "list_policy_versions"):
        # The documentation says that these answer without the document; moto's have it.
        for version in answer.get("Versions", [answer.get("PolicyVersion", {})]):
            version.pop("Document", None)
    return plain(answer)


def plain(value: Any) -> Any:
    """Without what may differ, lists in one order: neither IAM nor moto promises any."""
    if isinstance(value, dict):
        kept = {name: item for name, item in value.items() if name not in ITS_OWN and "Date" not in name}
        return {
            name: plain(item)
            for name, item in kept.items()
            if (not name.endswith("Id") or name in ("VersionId", "DefaultVersionId"))
            and item not in ([], None, False)
        }
    return sorted(map(plain, value), key=repr) if isinstance(value, list) else value


def both(endpoint: Serving, calls: tuple[Call, ...]) -> tuple[list[Any], list[Any]]:
    client = connect(endpoint, "iam")
    ours = [told(client, call) for call in calls]
    with mock_aws():
        other = boto3.client("iam", region_name="us-east-1")
        return ours, [told(other, call) for call in calls]


def test_moto_and_the_embedded_iam_answer_alike(iam_endpoint: Serving) -> None:
    ours, theirs = both(iam_endpoint, SEQUENCE)
    assert list(zip(SEQUENCE, ours, strict=True)) == list(zip(SEQUENCE, theirs, strict=True))


GROUP: Call = ("create_group", {"GroupName": "g"})
USER: Call = ("create_user", {"UserName": "u"})
POLICY: Call = ("create_policy", {"PolicyName": "own", "Path": "/team/", "PolicyDocument": ONE})
MEMBER: Call = ("add_user_to_group", {"GroupName": "g", "UserName": "u"})
MALFORMED: Call = ("attach_group_policy", {"GroupName": "g", "PolicyArn": "arn:aws:iam::aws:nonsense"})
ATTACHED: Call = ("attach_group_policy", {"GroupName": "g", "PolicyArn": ARN})


@pytest.mark.parametrize(
    ("calls", "aws", "moto"),
    [
        ((GROUP, ("create_group", {"GroupName": "G"})), ("EntityAlreadyExists", 409), None),
        ((GROUP, ("get_group", {"GroupName": "G"})), None, ("NoSuchEntity", 404)),
        ((("create_group", {"GroupName": "no spaces"}),), ("ValidationError", 400), None),
        ((GROUP, USER, MEMBER, ("delete_group", {"GroupName": "g"})), ("DeleteConflict", 409), None),
        ((GROUP, POLICY, ATTACHED, ("delete_policy", {"PolicyArn": ARN})), ("DeleteConflict", 409), None),
        ((GROUP, USER, ("remove_user_from_group", MEMBER[1])), None, ("NoSuchEntity", 404)),
        ((GROUP, MALFORMED), ("ValidationError", 400), ("NoSuchEntity", 404)),
    ],
    ids=lambda value: value[-1][0] if value and isinstance(value[-1], tuple) else None,
)
def test_the_embedded_iam_refuses_and_accepts_what_aws_does_and_moto_does_not(
    iam_endpoint: Serving, calls: tuple[Call, ...], aws: Any, moto: Any
) -> None:
    ours, theirs = both(iam_endpoint, calls)
    for told_last, expected in ((ours[-1], aws), (theirs[-1], moto)):
        assert told_last == expected if expected else isinstance(told_last, dict)
    assert ours != theirs


def test_the_embedded_iam_pages_and_filters_where_moto_answers_everything(iam_endpoint: Serving) -> None:
    calls = (
        GROUP,
        ("create_group", {"GroupName": "h", "Path": "/ops/"}),
        ("list_groups", {"MaxItems": 1}),
        ("list_groups", {"PathPrefix": "/ops/"}),
        ("update_group", {"GroupName": "g", "NewPath": "/eng/"}),
        ("get_group", {"GroupName": "g"}),
    )
    ours, theirs = both(iam_endpoint, calls)
    assert [len(answer["Groups"]) for answer in ours[2:4]] == [1, 1]
    assert [len(answer["Groups"]) for answer in theirs[2:4]] == [2, 2]
    assert (ours[5]["Group"]["Path"], theirs[5]["Group"]["Path"]) == ("/eng/", "/")
