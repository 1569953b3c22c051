"""What the AWS CLI prints of an account is read like a snapshot, or refused in one line."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.errors import UsageError
from iamgroups.state.live import LiveGroup
from iamgroups.state.snapshot import parse_account
from tests.state.test_snapshot import json_values, places

ROOT = "arn:aws:iam::123456789012"
OWN = f"{ROOT}:policy/own"
ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
USERS = [
    {
        "UserName": name,
        "Path": "/",
        "UserId": f"AIDA{name}",
        "Arn": f"{ROOT}:user/{name}",
        "GroupList": groups,
    }
    for name, groups in (("alice", ["ops"]), ("bob", []))
]
DETAILS: dict[str, Any] = {
    "UserDetailList": USERS,
    "GroupDetailList": [
        {
            "GroupName": "ops",
            "Path": "/",
            "GroupId": "AGPAOPS",
            "Arn": f"{ROOT}:group/ops",
            "AttachedManagedPolicies": [{"PolicyName": "own", "PolicyArn": OWN}],
            "GroupPolicyList": [{"PolicyName": "inline", "PolicyDocument": ALLOW}],
        }
    ],
    "RoleDetailList": [],
    "Policies": [
        {
            "PolicyName": "own",
            "Arn": OWN,
            "DefaultVersionId": "v2",
            "AttachmentCount": 1,
            "PermissionsBoundaryUsageCount": 2,
            "PolicyVersionList": [
                {"VersionId": "v3", "IsDefaultVersion": False, "Document": ALLOW},
                {"VersionId": "v2", "IsDefaultVersion": True, "Document": quote(json.dumps(ALLOW))},
            ],
        }
    ],
}


def test_users_groups_and_policies_are_read() -> None:
    live = parse_account(json.dumps(DETAILS))
    assert (live.account.id, live.account.caller_arn, live.quotas_known) == ("123456789012", "", False)
    assert live.groups == {
        "ops": LiveGroup(
            "ops",
            "/",
            "AGPAOPS",
            f"{ROOT}:group/ops",
            frozenset({OWN}),
            frozenset({"alice"}),
            {"inline": ALLOW},
        )
    }
    assert [*live.users] == ["alice", "bob"]
    own = live.policies[OWN]
    assert (own.document, own.versions, own.holders, live.local_listed) == (ALLOW, ("v2", "v3"), 3, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    assert parse_account(json.dumps(DETAILS).encode(encoding)) == parse_account(json.dumps(DETAILS))


def test_pages_in_one_array_are_one_account() -> None:
    first = {"UserDetailList": USERS[:1], "GroupDetailList": [], "IsTruncated": True, "Marker": "m"}
    rest = {**DETAILS, "UserDetailList": USERS[1:], "IsTruncated": False}
    assert parse_account(json.dumps([first, rest])) == parse_account(json.dumps(DETAILS))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"IsTruncated": True}, "only a part of the account.*without --no-paginate"),
        ({"Marker": "abc"}, "only a part of the account"),
        ({"NextToken": "abc"}, "--max-items"),
        ({"GroupDetailList": None}, "GroupDetailList is missing.*without --filter"),
        ({"GroupDetailList": []}, "user alice is in group ops, which it does not describe"),
        ({"UserDetailList": [*USERS, USERS[0]]}, "alice is there twice"),
        ({"GroupDetailList": [], "UserDetailList": [], "Policies": []}, "no ARN in it"),
    ],
)
def test_what_is_not_a_whole_account_is_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse_account(json.dumps(DETAILS | changed))


@settings(deadline=None)
@given(json_values, st.data())
def test_one_altered_value_is_read_or_refused_in_one_line(value: Any, data: st.DataObject) -> None:
    details = json.loads(json.dumps(DETAILS))
    *path, last = data.draw(st.sampled_from(places(details)[1:]))
    parent = details
    for step in path:
        parent = parent[step]
    parent[last] = value
    try:
        parse_account(json.dumps(details))
    except UsageError as error:
        assert len(str(error).splitlines()) == 1
