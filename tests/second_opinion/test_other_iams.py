"""The command does its job on IAMs that others wrote, too: moto's server and ministack."""

from typing import Any

from tests.cli.account import ID, aws, settle
from tests.second_opinion.conftest import Elsewhere

READ, ADMIN = aws("AmazonS3ReadOnlyAccess"), aws("AdministratorAccess")
ODD = "a+b=c,d.e@f-g_h"
DEVS = {"devs": {"policies": [READ], "members": ["alice"]}}


def applied(office: Elsewhere) -> list[str]:
    """Apply, which succeeds, then again, which writes nothing; return the first one's writes."""
    result = office.json("apply", "--auto-approve")
    assert result["exit_code"] == 0
    again = office.json("apply", "--auto-approve")
    assert (again["exit_code"], again["outcomes"]) == (0, [])
    return ["{action} {address}".format(**outcome) for outcome in result["outcomes"]]


def members(office: Elsewhere, group: str) -> set[str]:
    return {user["UserName"] for user in office.call("GetGroup", {"GroupName": group})["Users"]}


def test_a_plan_is_applied_once_and_covered_direct_policies_leave(office: Elsewhere) -> None:
    settle(office.call, {"alice": (READ, ADMIN), "bob": (), ODD: ()}, {"devs": ("/", (), ("bob",))})
    office.write({"devs": {"policies": [READ], "members": ["alice", ODD]}, "ops": {"members": ["bob"]}})
    assert office.run("plan", "--detailed-exitcode").returncode == 2
    assert len(applied(office)) == 7
    assert members(office, "devs") == {"alice", ODD} and members(office, "ops") == {"bob"}
    held = office.call("ListAttachedUserPolicies", {"UserName": "alice"})["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in held] == [ADMIN]


def test_a_change_by_hand_is_drift_and_is_put_right(office: Elsewhere) -> None:
    settle(office.call, {"alice": (), "mallory": ()}, {"devs": ("/", (READ,), ("alice",))})
    office.write(DEVS)
    assert office.run("drift").returncode == 0
    office.call("AddUserToGroup", {"GroupName": "devs", "UserName": "mallory"})
    office.call("DetachGroupPolicy", {"GroupName": "devs", "PolicyArn": READ})
    drift = office.run("drift")
    assert drift.returncode == 2 and "mallory is in devs (not declared)" in drift.stdout
    assert sorted(applied(office)) == [
        "create attachment/devs/aws:AmazonS3ReadOnlyAccess",
        "delete membership/devs/mallory",
    ]
    assert members(office, "devs") == {"alice"}


def test_a_removed_group_is_emptied_and_deleted(office: Elsewhere) -> None:
    settle(office.call, {"alice": ()}, {"interns": ("/x/", (READ,), ("alice",))})
    office.write({}, removed=[{"group": "interns"}])
    assert applied(office)[-1] == "delete group/interns"
    assert office.call("ListGroups", {})["Groups"] == []


def test_an_owned_policy_is_made_changed_and_deleted(office: Elsewhere) -> None:
    settle(office.call, {"alice": ()}, {})
    groups: dict[str, Any] = {"devs": {"policies": ["local:own"], "members": ["alice"]}}
    for action in ("s3:GetObject", "s3:PutObject"):
        statement = f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'
        (office.folder / "p.json").write_text(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
        office.write(groups, policies={"own": {"document": "p.json"}})
        applied(office)
    arn = f"arn:aws:iam::{ID}:policy/own"
    assert office.call("GetPolicy", {"PolicyArn": arn})["Policy"]["DefaultVersionId"] == "v2"
    office.write({"devs": {"policies": [], "members": ["alice"]}}, removed=[{"policy": "own"}])
    assert applied(office)[-1] == "delete policy/own"
    assert office.call("ListPolicies", {"Scope": "Local"})["Policies"] == []


def test_an_account_is_imported_and_its_snapshot_plans_without_credentials(office: Elsewhere) -> None:
    settle(office.call, {"alice": (READ,), ODD: ()}, {ODD: ("/x/", (READ,), ("alice", ODD))})
    assert office.run("import", "--out", ".").returncode == 0
    assert office.run("plan", "--detailed-exitcode").returncode == 0
    assert office.run("snapshot", "--out", "account.json").returncode == 0
    offline = Elsewhere(office.folder, {}, office.server)
    digest = office.json("plan")["digest"]
    assert offline.json("plan", "--live", "account.json")["digest"] == digest
