"""An account whose access is worth asking for: groups, a Deny without MFA, a boundary, direct policies."""

import json

from iamgroups.sandbox.account import StrictIam
from tests.cli.account import Desk, account, aws
from tests.policy.documents import document, statement

NO_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
LOCAL = "arn:aws:iam::123456789012:policy/"


def asked_account() -> StrictIam:
    iam = account({"bob": (aws("AmazonS3ReadOnlyAccess"),), "carol": ()}, {})
    policies = {
        "require-mfa": document(statement("*", effect="Deny", Sid="NoMfa", Condition=NO_MFA)),
        "data-write": document(statement("s3:List*"), statement("s3:*Object", "arn:aws:s3:::data/*")),
        "dev-boundary": document(statement("s3:*")),
    }
    for name, content in policies.items():
        iam.call("CreatePolicy", {"PolicyName": name, "PolicyDocument": json.dumps(content)})
    iam.call("CreateUser", {"UserName": "alice", "PermissionsBoundary": LOCAL + "dev-boundary"})
    for group, policy, members in (
        ("everyone", LOCAL + "require-mfa", ("alice",)),
        ("data-engineers", LOCAL + "data-write", ("alice",)),
        ("on-call", LOCAL + "data-write", ("alice",)),
        ("admins", aws("AdministratorAccess"), ("carol",)),
    ):
        iam.call("CreateGroup", {"GroupName": group})
        iam.call("AttachGroupPolicy", {"GroupName": group, "PolicyArn": policy})
        for member in members:
            iam.call("AddUserToGroup", {"GroupName": group, "UserName": member})
    return iam


def declare(office: Desk) -> None:
    office.write(
        {
            "everyone": {"policies": ["local:require-mfa"], "members": ["alice"]},
            "data-engineers": {"policies": ["local:data-write"], "members": ["alice"]},
        }
    )
