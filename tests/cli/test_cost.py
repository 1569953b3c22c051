"""What a run asks of AWS, exactly: the figures of docs/benchmarks.md. Must not time anything."""

import json
from pathlib import Path

import pytest

from iamgroups.sandbox.generated_account import generate
from tests.cli.account import account, aws, desk


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


def test_the_order_reads_documents_only_where_an_inline_policy_ends(tmp_path: Path) -> None:
    groups = {"ops": ("/", (aws("ReadOnlyAccess"),), ("alice",)), "other": ("/", (), ("alice",))}
    iam = account({"alice": ()}, groups)
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    text = json.dumps({"Version": "2012-10-17", **document})
    iam.call("PutGroupPolicy", {"GroupName": "ops", "PolicyName": "x", "PolicyDocument": text})
    declared = {"ops": {"policies": ["aws:ReadOnlyAccess"], "members": ["alice"]}, "other": {"members": []}}
    with desk(tmp_path, iam) as office:
        office.write(declared)
        assert office.run("plan", "--no-access").returncode == 0
        assert "GetPolicyVersion" not in office.requests()
        office.write(declared, settings={"inline_policies": "delete"})
        assert office.run("plan", "--no-access").returncode == 0
        asked = office.requests()
        assert (asked["GetPolicy"], asked["GetPolicyVersion"]) == (1, 1)
