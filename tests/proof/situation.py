"""An account and a configuration between which every kind of write lies."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from iamgroups.sandbox.account import StrictIam

ID = "123456789012"
READ, BILLING, LOGS = (
    f"arn:aws:iam::aws:policy/{name}"
    for name in ("AmazonS3ReadOnlyAccess", "job-function/Billing", "CloudWatchLogsReadOnlyAccess")
)

KINDS = (
    "CreateGroup",
    "UpdateGroup",
    "DeleteGroup",
    "AddUserToGroup",
    "RemoveUserFromGroup",
    "AttachGroupPolicy",
    "DetachGroupPolicy",
    "DetachUserPolicy",
    "DeleteGroupPolicy",
    "CreatePolicy",
    "CreatePolicyVersion",
    "DeletePolicyVersion",
    "DeletePolicy",
)


def document(action: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
    }


def people(prefix: str, number: int) -> list[str]:
    return [f"{prefix}{index}" for index in range(number)]


def an_account(size: int) -> StrictIam:
    """`size` people in each group; see `write_configuration` for what becomes of it."""
    iam = StrictIam(ID)
    for user in (*people("dev", size), *people("op", size), *people("intern", size), *people("new", size)):
        iam.call("CreateUser", {"UserName": user})
    tag = [{"Key": "managed-by", "Value": "iamgroups"}]
    own = {}
    for name, versions in (("changed", 5), ("dropped", 1)):
        made = iam.call(
            "CreatePolicy",
            {"PolicyName": name, "PolicyDocument": json.dumps(document("s3:v0")), "Tags": tag},
        )
        own[name] = made["Policy"]["Arn"]
        for number in range(1, versions):
            new = {"PolicyArn": own[name], "PolicyDocument": json.dumps(document(f"s3:v{number}"))}
            iam.call("CreatePolicyVersion", {**new, "SetAsDefault": True})
    for group, path, arns, members in (
        ("devs", "/", (READ, own["changed"], own["dropped"]), [*people("dev", size), "intern0"]),
        ("ops", "/", (READ, LOGS), people("op", size)),
        ("data", "/old/", (LOGS,), people("dev", size)),
        ("interns", "/", (READ,), people("intern", size)),
    ):
        iam.call("CreateGroup", {"GroupName": group, "Path": path})
        for arn in arns:
            iam.call("AttachGroupPolicy", {"GroupName": group, "PolicyArn": arn})
        for user in members:
            iam.call("AddUserToGroup", {"GroupName": group, "UserName": user})
    inline = {"GroupName": "devs", "PolicyName": "by-hand", "PolicyDocument": json.dumps(document("sqs:*"))}
    iam.call("PutGroupPolicy", inline)
    for user in people("dev", size):
        iam.call("AttachUserPolicy", {"UserName": user, "PolicyArn": READ})
    return iam


def write_configuration(folder: Path, size: int, **settings: Any) -> None:
    """Rename ops, move data, delete interns, create audit and support, swap policies, drop direct ones."""
    (folder / "changed.json").write_text(json.dumps(document("s3:wanted")))
    (folder / "fresh.json").write_text(json.dumps(document("iam:Get*")))
    groups: Mapping[str, Any] = {
        "devs": {"policies": [READ, "local:changed"], "members": people("dev", size)},
        "platform": {"policies": [READ, BILLING], "members": [*people("op", size), "new0"]},
        "data": {"path": "/data/", "policies": [LOGS], "members": people("dev", size)},
        "audit": {"policies": ["local:fresh", READ], "members": people("new", size)},
        "support": {"policies": [LOGS], "members": [*people("new", size), *people("op", size)]},
    }
    configuration = {
        "version": 1,
        "account_id": ID,
        "settings": {"inline_policies": "delete", **settings},
        "guardrails": {"max_removals": {"percent": 100, "floor": 1000}, "max_group_deletes": 5},
        "policies": {"changed": {"document": "changed.json"}, "fresh": {"document": "fresh.json"}},
        "groups": groups,
        "moved": [{"from": "ops", "to": "platform"}],
        "removed": [{"group": "interns"}, {"policy": "dropped"}],
    }
    (folder / "iamgroups.yaml").write_text(json.dumps(configuration, indent=1))  # JSON is YAML
