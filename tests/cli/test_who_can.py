"""`iamgroups who-can` as a process, on the embedded IAM: people, verdicts, lines, exit codes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iamgroups import config
from iamgroups.config.shipped import written
from tests.cli.account import Desk, desk
from tests.cli.asked import asked_account, declare
from tests.render.golden import matches


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, asked_account()) as found:
        yield found


def who_can(office: Desk, *arguments: str) -> Any:
    found = office.json("who-can", *arguments)
    assert config.check(found, "who_can") == []
    return found


def test_people_come_with_the_verdict_the_ways_and_the_lines(office: Desk) -> None:
    declare(office)
    done = office.run("who-can", "s3:putobject")
    assert done.returncode == 0, done.stderr
    matches("who-can.txt", done.stdout)
    matches("who-can.md", office.run("who-can", "s3:PutObject", "--format", "markdown").stdout)


def test_without_files_no_lines_are_spoken_of_and_an_escalation_is_named(office: Desk) -> None:
    matches("who-can-escalation.txt", office.run("who-can", "iam:CreatePolicyVersion").stdout)


def test_json_has_the_answer_of_explain_for_each_person(office: Desk) -> None:
    declare(office)
    found = who_can(office, "s3:PutObject")
    assert [(one["user"], one["verdict"]) for one in found["people"]] == [
        ("carol", "allowed"),
        ("alice", "conditional"),
    ]
    assert (found["users"], found["level"], found["escalates"]) == (3, "Write", "")
    for person in found["people"]:
        alone = office.json("explain", person["user"], "s3:PutObject")
        assert person == {key: alone[key] for key in person}


def test_the_schemas_of_explain_and_who_can_agree_on_a_reason() -> None:
    of_explain = written("explain")["definitions"]
    of_who_can = written("who_can")["definitions"]
    assert {name: of_explain[name] for name in ("reason", "via", "policy")} == {
        name: of_who_can[name] for name in ("reason", "via", "policy")
    }


def test_context_scps_and_the_plan_count(office: Desk) -> None:
    mfa = "aws:MultiFactorAuthPresent"
    told = who_can(office, "s3:PutObject", "arn:aws:s3:::data/x", "--context", f"{mfa}=true")["people"]
    assert [(one["user"], one["verdict"]) for one in told] == [("alice", "allowed"), ("carol", "allowed")]
    deny = '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'
    (office.folder / "none.json").write_text(deny)
    capped = who_can(office, "s3:PutObject", "--scp", "none.json")
    assert capped["people"] == [] and "scps" not in capped["not_seen"]
    assert "nobody of 3 people can" in office.run("who-can", "s3:PutObject", "--scp", "none.json").stdout
    office.write({"admins": {"policies": ["aws:AdministratorAccess"], "members": ["bob"]}})
    planned = who_can(office, "iam:CreateUser", "--planned")["people"]
    assert [one["user"] for one in planned] == ["bob"]


def test_a_snapshot_needs_no_credentials(office: Desk) -> None:
    office.run("snapshot", "--out", "account.json")
    office.env["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    found = who_can(office, "s3:GetObject", "--live", "account.json")
    assert [one["user"] for one in found["people"]] == ["bob", "carol", "alice"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("s3:PutObjct",), "did you mean s3:PutObject"),
        (("s3:*",), "name one action"),
        (("s3:GetObject", "--planned"), "-c PATH"),
        (("s3:GetObject", "--scp", "none.json"), "none.json"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_error(office: Desk, arguments: tuple[str, ...], says: str) -> None:
    done = office.run("who-can", *arguments)
    assert done.returncode == 1
    assert says in done.stderr and "Traceback" not in done.stderr
