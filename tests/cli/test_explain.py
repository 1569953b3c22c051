"""`iamgroups explain` as a process, on the embedded IAM: verdicts, lines, exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iamgroups import config
from tests.cli.account import Desk, desk
from tests.cli.asked import asked_account, declare
from tests.policy.documents import document, statement
from tests.render.golden import matches

OBJECT = "arn:aws:s3:::data/q1.csv"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, asked_account()) as found:
        yield found


def explain(office: Desk, *arguments: str) -> Any:
    found = office.json("explain", *arguments)
    assert config.check(found, "explain") == []
    return found


def test_a_conditional_verdict_says_on_what_and_by_which_lines(office: Desk) -> None:
    declare(office)
    done = office.run("explain", "alice", "s3:putobject", OBJECT)
    assert done.returncode == 0, done.stderr
    matches("explain-conditional.txt", done.stdout)
    matches(
        "explain-conditional.md",
        office.run("explain", "alice", "s3:PutObject", OBJECT, "--format", "markdown").stdout,
    )


def test_json_has_the_statements_the_ways_and_the_lines(office: Desk) -> None:
    declare(office)
    found = explain(office, "alice", "s3:PutObject", OBJECT)
    assert (found["verdict"], found["decided_by"], found["level"]) == ("conditional", "", "Write")
    deny, allow, ceiling = found["because"]
    assert (deny["effect"], deny["applies"], deny["sid"]) == ("Deny", "unknown", "NoMfa")
    assert [way["group"] for way in allow["via"]] == ["data-engineers", "on-call"]
    assert allow["via"][0]["membership"].startswith("iamgroups.yaml:")
    assert allow["via"][1] == {"group": "on-call", "membership": None, "attachment": None}
    assert ceiling["layer"] == "boundary"
    assert found["ceilings"] == [{"kind": "boundary", "policy": "local:dev-boundary", "verdict": "allowed"}]
    assert found["unknown_keys"] == ["aws:MultiFactorAuthPresent"]
    assert found["not_seen"] == ["resource_policies", "session_policies", "scps"]


def test_no_files_are_needed(office: Desk) -> None:
    assert explain(office, "carol", "iam:CreateUser")["verdict"] == "allowed"
    assert explain(office, "bob", "s3:PutObject")["decided_by"] == "identity"
    assert explain(office, "alice", "ec2:RunInstances")["decided_by"] == "identity"


def test_context_decides_what_was_open(office: Desk) -> None:
    mfa = "aws:MultiFactorAuthPresent"
    ask = "alice", "s3:PutObject", OBJECT
    assert explain(office, *ask, "--context", f"{mfa}=true")["verdict"] == "allowed"
    assert explain(office, *ask, "--context", f"{mfa}=false")["decided_by"] == "explicit"
    assert explain(office, *ask, "--assume-absent")["verdict"] == "denied"
    (office.folder / "context.json").write_text(json.dumps({mfa: True}))
    assert explain(office, *ask, "--context", "context.json")["verdict"] == "allowed"


def test_scps_are_a_ceiling_by_level(office: Desk) -> None:
    (office.folder / "root.json").write_text(json.dumps(document(statement("*"))))
    (office.folder / "unit.json").write_text(json.dumps([document(statement("ec2:*"))]))
    found = explain(office, "carol", "iam:CreateUser", "--scp", "root.json", "--scp", "unit.json")
    assert (found["verdict"], found["decided_by"]) == ("denied", "scp")
    assert "scps" not in found["not_seen"]
    assert [ceiling["verdict"] for ceiling in found["ceilings"]] == ["allowed", "denied"]


def test_what_was_expected_is_an_exit_code(office: Desk) -> None:
    ask = "explain", "carol", "iam:CreateUser", "--expect"
    assert office.run(*ask, "allowed").returncode == 0
    assert office.run(*ask, "denied").returncode == 2
    assert office.run("explain", "alice", "s3:PutObject", "--expect", "allowed").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("alise",), "did you mean alice"),
        (("alice", "s3:PutObjct"), "; did you mean s3:PutObject"),
        (("alice", "s3:*"), "name one action"),
        (("alice", "PutObject"), "name one action"),
        (("alice", "--planned"), "-c PATH"),
        (("alice", "--expect", "allowed"), "name an ACTION"),
        (("alice", "s3:GetObject", "--expect", "maybe"), "allowed or denied"),
        (("alice", "s3:GetObject", "--scp", "none.json"), "none.json"),
        (("alice", "s3:GetObject", "--context", "none.json"), "none.json"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_error(office: Desk, arguments: tuple[str, ...], says: str) -> None:
    done = office.run("explain", *arguments)
    assert done.returncode == 1
    assert says in done.stderr and "Traceback" not in done.stderr


def test_a_newer_action_than_the_catalogues_can_be_asked_for(office: Desk) -> None:
    found = explain(office, "carol", "s3:NewThing", "--unlisted")
    assert (found["verdict"], found["level"]) == ("allowed", "")


def test_the_planned_account_can_be_asked_before_it_is_made(office: Desk) -> None:
    office.write({"admins": {"policies": ["aws:AdministratorAccess"], "members": ["bob"]}})
    assert explain(office, "bob", "iam:CreateUser")["verdict"] == "denied"
    found = explain(office, "bob", "iam:CreateUser", "--planned")
    assert found["verdict"] == "allowed"
    assert explain(office, "carol", "iam:CreateUser", "--planned")["verdict"] == "denied"


def test_a_summary_and_a_snapshot(office: Desk) -> None:
    matches("explain-summary.txt", office.run("explain", "alice").stdout)
    assert explain(office, "carol")["administrator"] is True
    office.run("snapshot", "--out", "account.json")
    office.env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    assert explain(office, "carol", "iam:CreateUser", "--live", "account.json")["verdict"] == "allowed"
    assert explain(office, "bob", "s3:GetObject", "--live", "account.json")["verdict"] == "allowed"
