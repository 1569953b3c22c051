"""The Access section of a plan, from real runs on the embedded IAM with AWS's own managed policies."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from iamgroups import config
from tests.cli.account import ID, Desk, account, aws, desk
from tests.policy.documents import document, statement
from tests.render.golden import matches

LOCAL = f"arn:aws:iam::{ID}:policy/"
NO_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
SPARED = ["iam:ChangePassword", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice"]
POLICIES: Mapping[str, Any] = {
    "data-read": document(
        statement(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::data", "arn:aws:s3:::data/*"])
    ),
    "frontend": document(
        statement(["s3:Get*", "s3:List*"]),
        statement("iam:ChangePassword", "arn:aws:iam::*:user/${aws:username}"),
    ),
    "require-mfa": document(
        {"Effect": "Deny", "NotAction": SPARED, "Resource": "*", "Condition": NO_MFA},
    ),
    "dev-boundary": document(statement(["s3:*", "s3-object-lambda:*"])),
    "no-delete": document(statement("s3:DeleteObject*", effect="Deny")),
    "pass": document(statement("iam:PassRole", f"arn:aws:iam::{ID}:role/app")),
    "backup-ops": document(
        statement(
            ["backup:StartBackupJob", "backup:StopBackupJob", "backup:DescribeBackupJob", "lambda:*Function"],
            Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        )
    ),
}


def start(users: Mapping[str, str], groups: Mapping[str, tuple[list[str], list[str]]], folder: Path) -> Any:
    """Users -> boundary or "", groups -> (policies, members)."""
    iam = account()
    for name, content in POLICIES.items():
        iam.call("CreatePolicy", {"PolicyName": name, "PolicyDocument": json.dumps(content)})
    for user, boundary in users.items():
        limit = {"PermissionsBoundary": LOCAL + boundary} if boundary else {}
        iam.call("CreateUser", {"UserName": user, **limit})
    for group, (policies, members) in groups.items():
        iam.call("CreateGroup", {"GroupName": group})
        for spec in policies:
            iam.call("AttachGroupPolicy", {"GroupName": group, "PolicyArn": full(spec)})
        for member in members:
            iam.call("AddUserToGroup", {"GroupName": group, "UserName": member})
    return desk(folder, iam)


def full(spec: str) -> str:
    owner, _, name = spec.partition(":")
    return aws(name) if owner == "aws" else LOCAL + name


def group(policies: list[str], members: list[str]) -> dict[str, Any]:
    return {"policies": policies, "members": members}


MANY = [f"person{number:02}" for number in range(14)]
S3 = "aws:AmazonS3FullAccess"
SITUATIONS: Mapping[str, tuple[Any, Any, Any]] = {
    "contractor": (
        {"mallory": ""},
        {"frontend-engineers": (["local:frontend"], [])},
        {"frontend-engineers": group(["local:frontend"], ["mallory"])},
    ),
    "swap": (
        dict.fromkeys(MANY, ""),
        {"data-engineers": ([S3], MANY)},
        {"data-engineers": group(["local:data-read"], MANY)},
    ),
    "administrator": (
        {"bob": ""},
        {"admins": (["aws:AdministratorAccess"], [])},
        {"admins": group(["aws:AdministratorAccess"], ["bob"])},
    ),
    "mfa": (
        {"alice": "", "bob": ""},
        {"everyone": ([S3], ["alice", "bob"])},
        {"everyone": group([S3, "local:require-mfa"], ["alice", "bob"])},
    ),
    "boundary": (
        {"bob": "dev-boundary"},
        {"admins": (["aws:AdministratorAccess"], [])},
        {"admins": group(["aws:AdministratorAccess"], ["bob"])},
    ),
    "condition": (
        {"dave": "", "erin": "", "frank": ""},
        {
            "no-delete": (["local:no-delete"], ["erin"]),
            "data": ([S3], ["erin"]),
            "ops": (["local:pass"], ["dave", "frank"]),
        },
        {
            "no-delete": group(["local:no-delete"], []),
            "data": group([S3], ["erin"]),
            "ops": group(["local:pass", "local:backup-ops"], ["dave", "frank"]),
        },
    ),
    "another-way": (
        {"alice": ""},
        {"a": ([S3], ["alice"]), "b": ([S3], ["alice"])},
        {"a": group([S3], ["alice"]), "b": group([S3], [])},
    ),
}


@pytest.fixture
def office(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    users, groups, declared = SITUATIONS[request.param]
    with start(users, groups, tmp_path) as found:
        found.write(declared, guardrails={"keep_caller": False})
        yield found


def section(text: str) -> str:
    """Return the block that begins with `Access:`."""
    return next(block for block in text.split("\n\n") if block.startswith("Access:")) + "\n"


@pytest.mark.parametrize(("office", "name"), [(name, name) for name in SITUATIONS], indirect=["office"])
def test_each_situation_is_told_in_every_format(office: Desk, name: str) -> None:
    done = office.run("plan")
    assert done.returncode == 0, done.stderr
    matches(f"access-{name}.txt", section(done.stdout))
    markdown = office.run("plan", "--format", "markdown").stdout
    matches(
        f"access-{name}.md",
        markdown[markdown.index("Access&#58;" if "| who" in markdown else "Access:") :].split("<details")[0],
    )
    assert config.check(office.json("plan"), "plan") == []
    annotations = office.run("plan", "--format", "github").stdout
    assert ("title=access" in annotations) == (name in ("administrator", "condition"))


@pytest.mark.parametrize("office", ["administrator"], indirect=True)
def test_it_can_be_left_out_and_costs_nothing_then(office: Desk) -> None:
    office.requests()
    assert "Access:" not in office.run("plan", "--no-access").stdout
    bare = office.requests()
    assert "GetPolicyVersion" not in bare
    assert "Access: 1 person becomes ADMINISTRATOR" in office.run("plan").stdout
    read = office.requests()
    assert {call: read[call] - bare.get(call, 0) for call in read if read[call] != bare.get(call, 0)} == {
        "GetPolicy": 1,
        "GetPolicyVersion": 1,
    }


@pytest.mark.parametrize("office", ["administrator"], indirect=True)
def test_a_plan_with_nothing_to_change_reads_no_document(office: Desk) -> None:
    assert office.run("apply", "--auto-approve").returncode == 0
    office.requests()
    done = office.run("plan", "--detailed-exitcode")
    assert done.returncode == 0 and "Access:" not in done.stdout
    assert "GetPolicyVersion" not in office.requests()
