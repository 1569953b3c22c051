"""What a run asks of AWS, exactly: the figures of docs/benchmarks.md. Must not time anything."""

import json
from pathlib import Path
from typing import Any

import pytest

from iamgroups.sandbox.generated_account import generate
from tests.cli.account import ID, account, aws, desk, settle


@pytest.mark.parametrize(
    ("groups", "users", "pages"), [(0, 0, 2), (1, 1000, 2), (1, 1001, 3), (1001, 2001, 5)]
)
def test_a_plan_costs_a_page_per_thousand_users_and_groups_and_two_more(
    tmp_path: Path, groups: int, users: int, pages: int
) -> None:
    with desk(tmp_path, generate(groups, users, 0, 0)) as office:
        office.write({})
        for command in ("plan", "drift"):
            assert office.run(command).stderr == ""
            assert office.requests() == {
                "GetCallerIdentity": 1,
                "GetAccountSummary": 1,
                "GetAccountAuthorizationDetails": pages,
            }


def test_an_apply_from_nothing_costs_two_readings_the_proof_of_policies_and_its_writes(
    tmp_path: Path,
) -> None:
    groups = {
        name: {"policies": ["aws:AmazonS3ReadOnlyAccess"], "members": ["alice", "bob"]}
        for name in ("one", "two", "three")
    }
    with desk(tmp_path, account({"alice": (), "bob": ()})) as office:
        office.write(groups)
        done = office.run("apply", "--auto-approve")
        assert done.returncode == 0, done.stderr
        assert office.requests() == {
            "GetCallerIdentity": 1,
            "GetAccountSummary": 2,
            "GetAccountAuthorizationDetails": 4,
            "GetPolicy": 1,
            "CreateGroup": 3,
            "AttachGroupPolicy": 3,
            "AddUserToGroup": 6,
        }
        assert office.iam.facts().memberships >= {("one", "alice"), ("three", "bob")}


def test_a_policy_that_somebody_holds_costs_one_request_where_a_group_gets_it(tmp_path: Path) -> None:
    """It exists, and may be one that AWS lets nobody attach any more."""
    read = aws("AmazonS3ReadOnlyAccess")
    with desk(tmp_path, account({"alice": (read,)})) as office:
        office.write({"one": {"policies": ["aws:AmazonS3ReadOnlyAccess"]}})
        office.run("plan")
        assert office.requests()["GetPolicy"] == 1
        office.run("apply", "--auto-approve")
        office.requests()
        office.run("plan")
        assert "GetPolicy" not in office.requests()


READING = {"GetCallerIdentity": 1, "GetAccountSummary": 1, "GetAccountAuthorizationDetails": 2}


def allow(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_the_order_reads_documents_only_where_an_inline_policy_ends(tmp_path: Path) -> None:
    groups = {"ops": ("/", (aws("ReadOnlyAccess"),), ("alice",)), "other": ("/", (), ("alice",))}
    iam = account({"alice": ()}, groups)
    document = json.dumps(allow("s3:Get*"))
    iam.call("PutGroupPolicy", {"GroupName": "ops", "PolicyName": "x", "PolicyDocument": document})
    declared = {"ops": {"policies": ["aws:ReadOnlyAccess"], "members": ["alice"]}, "other": {"members": []}}
    with desk(tmp_path, iam) as office:
        office.write(declared)
        assert office.run("plan", "--no-access").returncode == 0
        assert office.requests() == READING
        office.write(declared, settings={"inline_policies": "delete"})
        assert office.run("plan", "--no-access").returncode == 0
        assert office.requests() == {**READING, "GetPolicy": 1, "GetPolicyVersion": 1}


OWNED = {**READING, "ListPolicies": 1, "GetPolicyVersion": 1}


@pytest.mark.parametrize(
    ("actions", "members", "asked"),
    [
        pytest.param(["s3:Get*"], ["alice", "bob"], OWNED, id="the same document"),
        pytest.param(["s3:Get*"], ["alice"], OWNED, id="the same document, somebody leaves"),
        pytest.param(
            ["s3:*"], ["alice", "bob"], {**OWNED, "GetPolicy": 1, "ListPolicyVersions": 1}, id="a new version"
        ),
        pytest.param(
            ["s3:*"],
            ["alice"],
            {**OWNED, "GetPolicyVersion": 2, "GetPolicy": 2, "ListPolicyVersions": 1},
            id="a new version, and somebody leaves",
        ),
    ],
)
def test_a_new_version_reads_documents_only_of_groups_that_something_is_taken_from(
    tmp_path: Path, actions: list[str], members: list[str], asked: dict[str, int]
) -> None:
    own = f"arn:aws:iam::{ID}:policy/data"
    iam = account({"alice": (), "bob": ()})
    tags = [{"Key": "managed-by", "Value": "iamgroups"}]
    document = json.dumps(allow("s3:Get*"))
    iam.call("CreatePolicy", {"PolicyName": "data", "PolicyDocument": document, "Tags": tags})
    held = (own, aws("ReadOnlyAccess"))
    settle(iam.call, {}, {"ops": ("/", held, ("alice", "bob"))})
    (tmp_path / "data.json").write_text(json.dumps(allow(*actions)))
    with desk(tmp_path, iam) as office:
        office.write(
            {"ops": {"policies": ["local:data", "aws:ReadOnlyAccess"], "members": members}},
            policies={"data": {"document": "data.json"}},
        )
        done = office.run("plan", "--no-access")
        assert done.returncode == 0, done.stderr
        assert office.requests() == asked
