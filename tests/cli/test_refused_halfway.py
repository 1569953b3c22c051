"""Applies in which one call is refused: nobody is left with too little or too much."""

import json
from pathlib import Path
from typing import Any

import pytest

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.engine import Chaos
from iamgroups.sandbox.chaos.file import load_chaos
from tests.cli.account import ID, account, desk

DATA = f"arn:aws:iam::{ID}:policy/data"


def text(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def refusing(operation: str) -> Chaos:
    rule = {"fault": "error", "code": "AccessDenied", "operations": [operation]}
    return load_chaos(json.dumps({"seed": 1, "rules": [rule]}))


def with_inline(members: tuple[str, ...] = ("alice",)) -> StrictIam:
    iam = account({"alice": ()}, {"ops": ("/", (), members)})
    put = {"GroupName": "ops", "PolicyName": "lists", "PolicyDocument": text("s3:ListAllMyBuckets")}
    iam.call("PutGroupPolicy", put)
    return iam


def with_policy(*actions: str, members: tuple[str, ...] = ()) -> StrictIam:
    iam = account({"alice": ()})
    tags = [{"Key": "managed-by", "Value": "iamgroups"}]
    iam.call("CreatePolicy", {"PolicyName": "data", "PolicyDocument": text(*actions), "Tags": tags})
    iam.call("CreateGroup", {"GroupName": "ops", "Path": "/"})
    iam.call("AttachGroupPolicy", {"GroupName": "ops", "PolicyArn": DATA})
    for member in members:
        iam.call("AddUserToGroup", {"GroupName": "ops", "UserName": member})
    return iam


def run(tmp_path: Path, iam: StrictIam, refused: str, members: list[str], **rest: Any) -> dict[str, int]:
    """Apply with one operation refused; return the writes that were asked for."""
    with desk(tmp_path, iam, chaos=refusing(refused)) as office:
        managed = ["local:data"] if "policies" in rest else []
        office.write({"ops": {"policies": managed, "members": members}}, **rest)
        done = office.run("apply", "--auto-approve")
        assert done.returncode == 5, done.stderr
        return office.requests()


@pytest.mark.parametrize("refused", ["CreatePolicy", "AttachGroupPolicy"])
def test_an_inline_policy_stays_while_its_managed_twin_is_refused(tmp_path: Path, refused: str) -> None:
    (tmp_path / "d.json").write_text(text("s3:ListAllMyBuckets"))
    rest = {"policies": {"data": {"document": "d.json"}}, "settings": {"inline_policies": "delete"}}
    assert "DeleteGroupPolicy" not in run(tmp_path, with_inline(), refused, ["alice"], **rest)


def test_nobody_joins_while_the_end_of_an_inline_policy_is_refused(tmp_path: Path) -> None:
    asked = run(
        tmp_path, with_inline(()), "DeleteGroupPolicy", ["alice"], settings={"inline_policies": "delete"}
    )
    assert "AddUserToGroup" not in asked


def test_a_wider_version_waits_while_a_removal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text(text("s3:*"))
    iam = with_policy("s3:GetObject", members=("alice",))
    rest = {"policies": {"data": {"document": "d.json"}}}
    assert "CreatePolicyVersion" not in run(tmp_path, iam, "RemoveUserFromGroup", [], **rest)


def test_nobody_joins_while_a_narrower_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text(text("s3:GetObject"))
    rest = {"policies": {"data": {"document": "d.json"}}}
    assert "AddUserToGroup" not in run(
        tmp_path, with_policy("s3:*"), "CreatePolicyVersion", ["alice"], **rest
    )


def test_people_are_told_what_inline_policies_give_and_what_replaces_them(tmp_path: Path) -> None:
    with desk(tmp_path, with_inline(())) as office:
        office.write({"ops": {"members": ["alice"]}})
        assert "alice: gains inline lists of group ops" in office.run("plan", "--no-access").stdout
        assert office.json("plan", "--no-access")["people"][0]["gains"] == ["inline/group/ops/lists"]
    (tmp_path / "d.json").write_text(text("s3:ListAllMyBuckets"))
    with desk(tmp_path, with_inline()) as office:
        office.write(
            {"ops": {"policies": ["local:data"], "members": ["alice"]}},
            policies={"data": {"document": "d.json"}},
            settings={"inline_policies": "delete"},
        )
        said = office.run("plan", "--no-access").stdout
        assert "alice: keeps lists: was inline, now local:data" in said
