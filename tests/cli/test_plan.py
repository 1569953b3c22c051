"""`iamgroups plan` and `show` against an embedded IAM, as processes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from iamgroups import config
from tests.cli.account import Desk, account, aws, desk
from tests.cli.process import run

READ = aws("AmazonS3ReadOnlyAccess")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    iam = account(
        {"alice": (READ,), "bob": (), "carol": ()},
        {"devs": ("/", (READ,), ("bob", "carol")), "old": ("/", (), ())},
    )
    with desk(tmp_path, iam) as found:
        found.write({"devs": {"policies": ["aws:AmazonS3ReadOnlyAccess"], "members": ["alice", "bob"]}})
        yield found


def test_a_plan_names_account_caller_and_a_foreign_endpoint_first(office: Desk) -> None:
    done = office.run("plan")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == (
        f"Account 123456789012 as arn:aws:iam::123456789012:root at {office.serving.url} (not AWS)"
    )
    assert "+ member alice" in done.stdout and "- member carol" in done.stdout
    assert "- direct policy aws:AmazonS3ReadOnlyAccess" in done.stdout


def test_detailed_exitcode_tells_changes_from_none(office: Desk) -> None:
    assert office.run("plan", "--detailed-exitcode").returncode == 2
    office.write({"devs": {}})
    assert office.run("plan", "--detailed-exitcode").returncode == 0


def test_json_fits_the_schema_and_holds_the_digest_of_the_human_output(office: Desk) -> None:
    plan = office.json("plan")
    assert config.check(plan, "plan") == []
    assert f"Digest: {plan['digest']}" in office.run("plan").stdout


@pytest.mark.parametrize("format", ["markdown", "github"])
def test_the_other_formats_print_to_stdout_only(office: Desk, format: str) -> None:
    done = office.run("plan", "--format", format)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_excluded_group_is_left_out_also_of_a_saved_plan(office: Desk) -> None:
    done = office.run("plan", "--exclude", "devs", "--out", "part.json")
    assert done.stdout.splitlines()[-1] == "No changes to what is outside group devs."
    assert "left out, because it depends on membership/devs/alice: aws:AmazonS3ReadOnlyAccess" in done.stdout
    assert "Only what is outside group devs" in office.run("show", "part.json").stdout
    wrong = office.run("plan", "--exclude", "dev")
    assert (wrong.returncode, "did you mean 'devs'?" in wrong.stderr) == (1, True)


def test_a_saved_plan_is_shown_as_it_was_made(office: Desk) -> None:
    made = office.run("plan", "--out", "plan.json")
    office.requests()
    assert office.run("show", "plan.json").stdout == made.stdout
    assert (office.folder / "plan.json").stat().st_mode & 0o777 == 0o600
    assert office.requests() == {}


def test_a_plan_that_cannot_be_saved_is_an_error(office: Desk) -> None:
    done = office.run("plan", "--out", "nowhere/plan.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere/plan.json cannot be written: No such file or directory" in done.stderr


def test_a_group_is_planned_alone(office: Desk) -> None:
    office.write({"devs": {"members": ["alice"]}, "new": {"members": ["bob"]}})
    plan = office.json("plan", "--group", "NEW")
    assert [change["address"] for change in plan["changes"]] == ["group/new", "membership/new/bob"]
    assert plan["only"] == "group NEW"
    done = office.run("plan", "--group", "nwe")
    assert done.returncode == 1 and "--group nwe" in done.stderr


def test_another_account_is_exit_4_and_reads_nothing(office: Desk) -> None:
    office.write({}, account_id="210987654321")
    done = office.run("plan")
    assert (done.returncode, done.stdout) == (4, "")
    assert "are for account 123456789012" in done.stderr
    assert office.requests() == {"GetCallerIdentity": 1}


def test_a_member_who_does_not_exist_is_told_with_the_line(office: Desk) -> None:
    office.write({"devs": {"members": ["alcie"]}})
    done = office.run("plan")
    assert (done.returncode, done.stdout) == (1, "")
    assert "iamgroups.yaml:" in done.stderr and "did you mean alice?" in done.stderr
    validation = office.json("plan")
    assert config.check(validation, "validation") == [] and not validation["valid"]


def test_what_only_the_account_shows_wrong_is_shown_in_its_line(office: Desk) -> None:
    text = 'version: 1\naccount_id: "123456789012"\ngroups:\n  devs:\n    members: [bob, alcie]\n'
    (office.folder / "iamgroups.yaml").write_text(text)
    said = office.run("plan").stderr.splitlines()
    assert said[0].startswith("iamgroups.yaml:5:20: ")
    assert said[1:3] == ["        members: [bob, alcie]", "                       ^"]
    assert office.json("plan")["problems"][0]["source_line"] == "    members: [bob, alcie]"


def test_a_guardrail_blocks_when_enforced_and_is_allowed_by_name(office: Desk) -> None:
    rails = {"protected_groups": ["devs"], "min_members": {"devs": 2}}
    office.write({"devs": {"members": []}}, guardrails=rails)
    assert office.run("plan").returncode == 0
    done = office.run("plan", "--enforce", "--detailed-exitcode")
    assert done.returncode == 3
    assert "! blocked: protected_groups" in done.stdout
    allowed = office.run("plan", "--enforce", "--allow", "protected_groups", "--allow", "min_members")
    assert allowed.returncode == 0 and "allowed: protected_groups" in allowed.stdout
    wrong = office.run("plan", "--allow", "everything")
    assert wrong.returncode == 1 and "no such guardrail" in wrong.stderr


def test_no_credentials_and_no_answer_are_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(json.dumps({"version": 1, "account_id": "123456789012"}))
    done = run("plan", cwd=tmp_path)
    assert done.returncode == 1
    assert "credentials" in done.stderr and "Traceback" not in done.stderr


def test_verbose_says_what_was_requested(office: Desk) -> None:
    assert (
        "Requests: GetAccountAuthorizationDetails 2, GetAccountSummary 1" in office.run("plan", "-v").stderr
    )


def test_quiet_says_nothing_of_them(office: Desk) -> None:
    assert office.run("plan", "-v", "--quiet").stderr == ""


def test_planning_costs_two_pages_a_summary_and_an_identity(office: Desk) -> None:
    office.write({"devs": {}})
    office.run("plan")
    assert office.requests() == {
        "GetCallerIdentity": 1,
        "GetAccountAuthorizationDetails": 2,
        "GetAccountSummary": 1,
    }
