"""`iamgroups audit` as a process, on the embedded IAM: findings, lines, formats, exit codes."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from iamgroups import config
from tests.cli.account import Desk, aws, desk
from tests.cli.asked import LOCAL, asked_account
from tests.policy.documents import document, statement
from tests.render.golden import matches


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    iam = asked_account()
    listing = document(
        statement("iam:ListUsers", "arn:aws:iam::123456789012:user/*"),
        statement(["s3:ListBucket", "s3:GetObjct"], "arn:aws:s3:::data/*", effect="Deny"),
    )
    iam.call("CreatePolicy", {"PolicyName": "listing", "PolicyDocument": json.dumps(listing)})
    iam.call("AttachGroupPolicy", {"GroupName": "on-call", "PolicyArn": LOCAL + "listing"})
    own = json.dumps(document(statement("iam:PutUserPolicy")))
    iam.call("PutUserPolicy", {"UserName": "alice", "PolicyName": "own", "PolicyDocument": own})
    iam.call("AttachUserPolicy", {"UserName": "carol", "PolicyArn": aws("AdministratorAccess")})
    with desk(tmp_path, iam) as found:
        yield found


def declare(office: Desk) -> None:
    member = {"user": "alice", "reason": "SEC-77", "expires": "2027-03-31"}
    office.write(
        {
            "everyone": {"policies": ["local:require-mfa"], "members": ["alice"]},
            "data-engineers": {"policies": ["local:data-write"], "members": [member]},
        },
        users={"bob": {"keep_direct": ["aws:AmazonS3ReadOnlyAccess"], "reason": "reads reports"}},
        accepted=[{"match": "inline/user/alice/own", "reason": "found at import"}],
    )


def audit(office: Desk, *arguments: str) -> Any:
    found = office.json("audit", *arguments)
    assert config.check(found, "audit") == []
    return found


def rows(office: Desk, *arguments: str) -> list[dict[str, str]]:
    done = office.run("audit", *arguments, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(StringIO(done.stdout)))


def test_the_summary_names_what_an_auditor_looks_for(office: Desk) -> None:
    matches("audit.txt", office.run("audit").stdout)
    declare(office)
    matches("audit-files.txt", office.run("audit", "-v", "--quiet").stdout)
    matches("audit.md", office.run("audit", "--format", "markdown").stdout)


def test_a_person_and_a_group_are_told_with_their_lines(office: Desk) -> None:
    declare(office)
    matches("audit-user.txt", office.run("audit", "alice").stdout)
    matches("audit-group.txt", office.run("audit", "data-engineers").stdout)


def test_json_has_every_membership_and_policy_with_its_line_reason_and_end(office: Desk) -> None:
    declare(office)
    found = audit(office)
    assert found["counts"] == {"people": 3, "groups": 4, "policies": 6}
    assert (found["administrators"], found["can_escalate"], found["without_group"]) == (
        ["carol"],
        [],
        ["bob"],
    )
    alice, bob, carol = found["people"]
    engineer = next(each for each in alice["groups"] if each["group"] == "data-engineers")
    assert engineer["line"].startswith("iamgroups.yaml:")
    assert (engineer["reason"], engineer["expires"]) == ("SEC-77", "2027-03-31")
    assert [each["line"] for each in alice["groups"] if each["group"] == "on-call"] == [None]
    assert [each["reason"] for each in (*alice["direct"], *bob["direct"])] == [
        "found at import",
        "reads reports",
    ]
    assert carol["direct"][0]["covered_by"] == ["admins"]
    assert [(each["effect"], each["actions"], each["why"]) for each in found["no_effect"]] == [
        ("Allow", ["iam:ListUsers"], "resourceless"),
        ("Deny", ["s3:ListBucket"], "resource"),
        ("Deny", ["s3:GetObjct"], "unlisted"),
    ]


def test_a_part_of_the_account_can_be_asked_for(office: Desk) -> None:
    assert audit(office, "alice")["subject"] == "user/alice"
    of_group = audit(office, "ON-CALL")
    assert (of_group["subject"], [each["user"] for each in of_group["people"]]) == (
        "group/on-call",
        ["alice"],
    )
    assert [each["group"] for each in of_group["people"][0]["groups"]] == ["on-call"]
    assert of_group["people"][0]["direct"] == []


def test_csv_has_a_row_for_each_way_to_each_policy_and_for_everybody(office: Desk) -> None:
    declare(office)
    office.iam.call("CreateUser", {"UserName": "=cmd"})
    found = rows(office)
    assert {row["user"] for row in found} == {"'=cmd", "alice", "bob", "carol"}
    named = {(row["user"], row["path"], row["group"], row["policy"]): row for row in found}
    row = named["alice", "group", "data-engineers", "local:data-write"]
    assert (row["reason"], row["expires"], row["administrator"]) == ("SEC-77", "2027-03-31", "no")
    assert row["boundary"].endswith("/dev-boundary")
    assert row["membership"].startswith("iamgroups.yaml:") and row["attachment"]
    assert named["carol", "direct", "", "aws:AdministratorAccess"]["covered_by"] == "admins"
    assert named["alice", "inline", "", "inline own of user alice"]["reason"] == "found at import"
    assert named["'=cmd", "", "", ""]["administrator"] == named["'=cmd", "", "", ""]["escalates"] == "no"
    assert {row["group"] for row in rows(office, "on-call")} == {"on-call"}


def test_a_table_is_for_audits_alone_and_its_errors_go_to_stderr(office: Desk) -> None:
    refused = office.run("explain", "alice", "--format", "csv")
    assert refused.returncode == 1 and "only audit has it" in refused.stderr and not refused.stdout
    unknown = office.run("audit", "alise", "--format", "csv")
    assert unknown.returncode == 1 and "did you mean alice" in unknown.stderr and not unknown.stdout
    (office.folder / "iamgroups.yaml").write_text("version: 7\n")
    broken = office.run("audit", "--format", "csv")
    assert broken.returncode == 1 and "iamgroups.yaml:1:10" in broken.stderr and not broken.stdout


def test_a_name_of_a_user_and_a_group_has_to_be_told_apart(office: Desk) -> None:
    office.iam.call("CreateGroup", {"GroupName": "alice"})
    both = office.run("audit", "alice")
    assert both.returncode == 1 and "say user/alice or group/alice" in both.stderr
    assert audit(office, "group/alice")["groups"] == [{"group": "alice", "policies": [], "members": []}]
    assert "did you mean on-call" in office.run("audit", "group/oncall").stderr


def test_a_snapshot_and_what_the_aws_command_prints_need_no_credentials(office: Desk) -> None:
    office.run("snapshot", "--out", "account.json")
    details = office.iam.call("GetAccountAuthorizationDetails", {})
    (office.folder / "details.json").write_text(json.dumps(details, default=str))
    office.env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    of_snapshot = audit(office, "--live", "account.json")
    of_details = audit(office, "--live", "details.json")
    assert of_snapshot["administrators"] == of_details["administrators"] == ["carol"]
    assert of_snapshot["people"] == of_details["people"]


def test_the_role_that_plans_may_read_all_that_is_asked_for(office: Desk) -> None:
    declare(office)
    allowed = {
        action.removeprefix("iam:")
        for each in json.loads(office.run("iam-policy", "plan").stdout)["Statement"]
        for action in each["Action"]
    }
    office.requests()
    assert office.run("audit").returncode == office.run("who-can", "s3:GetObject").returncode == 0
    asked = office.requests().keys() - {"GetCallerIdentity"}
    assert asked and asked <= allowed


def test_several_accounts_come_in_one_report(office: Desk) -> None:
    declare(office)
    for name in ("one", "two"):
        folder = office.folder / name
        folder.mkdir()
        text = (office.folder / "iamgroups.yaml").read_text()
        (folder / "iamgroups.yaml").write_text(
            text if name == "one" else text.replace("123456789012", "2" * 12)
        )
    done = office.run("audit", "-c", "one", "-c", "two", "--format", "csv")
    found = list(csv.DictReader(StringIO(done.stdout)))
    assert done.returncode != 0 and "222222222222" in done.stderr
    assert {row["account"] for row in found} == {"123456789012"}
    assert any(row["membership"].startswith("one/") for row in found)
    report = office.json("audit", "-c", "one", "-c", "two")
    first, second = report["accounts"]
    assert (first["exit_code"], first["result"]["kind"], second["exit_code"]) == (0, "audit", 4)
