"""The built-in account: a small company before and while it moves to groups. Must stay small enough to read.

People hold policies directly, one group is filled by hand, one is declared nowhere, one key has leaked.
`sample-config/` describes what it should become.
"""

import json
from collections.abc import Mapping
from typing import Any

from iamgroups.sandbox.account import StrictIam

_AWS = "arn:aws:iam::aws:policy/"
_OWN = "arn:aws:iam::123456789012:policy/"


def _allow(*actions: str, resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


# User -> policies held directly; everybody below /people/ is a person.
_DIRECT: Mapping[str, tuple[str, ...]] = {
    "alice": (_AWS + "AmazonS3ReadOnlyAccess", _AWS + "CloudWatchReadOnlyAccess"),
    "bob": (_AWS + "AmazonS3ReadOnlyAccess", _AWS + "AmazonEC2FullAccess"),
    "carol": (_AWS + "AmazonS3ReadOnlyAccess", _AWS + "job-function/ViewOnlyAccess"),
    "dave": (_AWS + "AdministratorAccess",),
    "erin": (_AWS + "job-function/Billing",),
    "frank": (),
    "grace": (_AWS + "AWSCompromisedKeyQuarantineV3",),
    "zoe": (_AWS + "AmazonS3ReadOnlyAccess",),
}
# Who else `sample-config/` names: they hold nothing yet.
_NEW = (
    *("heidi", "ivan", "mallory", "niaj", "olivia", "peggy", "sybil", "trent", "victor", "walter"),
    *("breakglass-1", "breakglass-2"),
)
# Group -> path, policies, members.
_GROUPS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "developers": ("/", (_AWS + "AmazonS3ReadOnlyAccess",), ("alice", "grace")),
    "break-glass": ("/", (_AWS + "AdministratorAccess",), ("dave", "erin")),
    "legacy-ops": ("/ops/", (_AWS + "AmazonEC2FullAccess",), ("frank", "zoe")),
    "interns": ("/", (_AWS + "AmazonS3ReadOnlyAccess",), ()),
}


def sample() -> StrictIam:
    """Return the sample account, 123456789012, always the same."""
    iam = StrictIam("123456789012")
    iam.call(
        "CreatePolicy", {"PolicyName": "ci-deploy", "PolicyDocument": _allow("lambda:*", "s3:PutObject")}
    )
    for user, arns in _DIRECT.items():
        _make_user(iam, user, "/people/", arns)
    for user in _NEW:
        _make_user(iam, user, "/people/", ())
    _make_user(iam, "ci-deploy", "/machines/", ())
    _make_user(iam, "ci-bot", "/machines/", (_OWN + "ci-deploy",))
    for group, (path, arns, members) in _GROUPS.items():
        iam.call("CreateGroup", {"GroupName": group, "Path": path})
        for arn in arns:
            iam.call("AttachGroupPolicy", {"GroupName": group, "PolicyArn": arn})
        for member in members:
            iam.call("AddUserToGroup", {"GroupName": group, "UserName": member})
    own: dict[str, Any] = {"PolicyName": "reports-bucket", "PolicyDocument": _allow("s3:GetObject")}
    iam.call("PutUserPolicy", {"UserName": "bob", **own})
    return iam


def _make_user(iam: StrictIam, name: str, path: str, arns: tuple[str, ...]) -> None:
    iam.call("CreateUser", {"UserName": name, "Path": path})
    for arn in arns:
        iam.call("AttachUserPolicy", {"UserName": name, "PolicyArn": arn})
