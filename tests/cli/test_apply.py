"""`iamgroups apply` against an embedded IAM, as a process: what it does, refuses and proves."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from iamgroups import config
from iamgroups.results import planfile
from iamgroups.sandbox.chaos.engine import Chaos
from tests.cli.account import Desk, account, aws, desk
from tests.cli.process import COMMAND

READ = aws("AmazonS3ReadOnlyAccess")
PLAN_REQUESTS = {"GetCallerIdentity": 1, "GetAccountAuthorizationDetails": 2, "GetAccountSummary": 1}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    iam = account({"alice": (READ,), "bob": (), "carol": ()}, {"devs": ("/", (READ,), ("bob", "carol"))})
    with desk(tmp_path, iam) as found:
        found.write({"devs": {"policies": ["aws:AmazonS3ReadOnlyAccess"], "members": ["alice", "bob"]}})
        yield found


def test_it_converges_proves_and_writes_nothing_the_second_time(office: Desk) -> None:
    done = office.run("apply", "--auto-approve")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Applied: +1 member, -1 member, -1 direct policy."
    assert office.requests() == {
        "GetCallerIdentity": 1,
        "GetAccountAuthorizationDetails": 4,
        "GetAccountSummary": 2,
        "GetPolicy": 1,
        "AddUserToGroup": 1,
        "RemoveUserFromGroup": 1,
        "DetachUserPolicy": 1,
    }
    assert office.iam.facts().memberships == {("devs", "alice"), ("devs", "bob")}
    again = office.run("apply", "--auto-approve")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "Nothing was changed.")
    assert office.requests() == PLAN_REQUESTS
    assert office.run("plan", "--detailed-exitcode").returncode == 0


def test_the_result_as_json_fits_its_schema(office: Desk) -> None:
    result = office.json("apply", "--auto-approve")
    assert config.check(result, "apply") == []
    assert [one["status"] for one in result["outcomes"]] == ["done"] * 3
    assert all(one["shows"] for one in result["outcomes"])
    assert Path(result["journal"]).is_file()


def test_without_a_terminal_it_refuses_and_names_the_flag(office: Desk) -> None:
    done = office.run("apply", stdin="yes\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--auto-approve" in done.stderr
    assert office.requests() == {}


def test_a_saved_plan_is_applied_exactly(office: Desk) -> None:
    assert office.run("plan", "--out", "plan.json").returncode == 0
    office.iam.call("CreateUser", {"UserName": "dave"})
    office.iam.call("AddUserToGroup", {"GroupName": "devs", "UserName": "dave"})
    done = office.run("apply", "plan.json")
    assert done.returncode == 0, done.stderr
    assert "Left: wanted by now, and not in the saved plan: -1 member" in done.stdout
    assert ("devs", "dave") in office.iam.facts().memberships
    assert office.run("plan", "--detailed-exitcode").returncode == 2


def test_a_change_that_is_done_already_makes_a_saved_plan_stale(office: Desk) -> None:
    office.run("plan", "--out", "plan.json")
    office.iam.call("RemoveUserFromGroup", {"GroupName": "devs", "UserName": "carol"})
    done = office.run("apply", "plan.json")
    assert done.returncode == 4
    assert "- member carol (membership/devs/carol) is no longer to be done" in done.stderr
    assert ("devs", "alice") not in office.iam.facts().memberships


def test_a_user_made_again_is_another_user(office: Desk) -> None:
    office.run("plan", "--out", "plan.json")
    office.iam.call("DetachUserPolicy", {"UserName": "alice", "PolicyArn": READ})
    office.iam.call("DeleteUser", {"UserName": "alice"})
    office.iam.call("CreateUser", {"UserName": "alice"})
    office.iam.call("AttachUserPolicy", {"UserName": "alice", "PolicyArn": READ})
    done = office.run("apply", "plan.json")
    assert done.returncode == 4
    assert "user/alice is not the one the plan was made for" in done.stderr


def resaved(office: Desk, **changed: object) -> None:
    path = office.folder / "plan.json"
    document = json.loads(path.read_text()) | changed
    path.write_text(json.dumps(document | {"checksum": planfile.checksum(document)}))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"created": "2020-01-01T00:00:00Z"}, "--max-age is 24 h"),
        ({"created": "2999-01-01T00:00:00Z"}, "which is in the future"),
        ({"config_digest": "0" * 64}, "the configuration has changed since"),
        ({"format_version": 9}, "made by another version"),
    ],
)
def test_a_plan_that_does_not_fit_is_exit_4_before_anything_is_read(
    office: Desk, changed: dict[str, object], said: str
) -> None:
    office.run("plan", "--out", "plan.json")
    resaved(office, **changed)
    office.requests()
    done = office.run("apply", "plan.json")
    assert (done.returncode, done.stdout) == (4, "")
    assert said in done.stderr
    assert office.requests() == {}


def test_max_age_is_in_hours(office: Desk) -> None:
    office.run("plan", "--out", "plan.json")
    resaved(office, created="2020-01-01T00:00:00Z")
    assert office.run("apply", "plan.json", "--max-age", "1000000").returncode == 0


def test_a_plan_of_another_configuration_is_exit_4(office: Desk) -> None:
    office.run("plan", "--out", "plan.json")
    office.write({"devs": {"members": ["bob"]}})
    assert office.run("apply", "plan.json").returncode == 4


def test_a_digest_is_what_was_reviewed_or_nothing_happens(office: Desk) -> None:
    digest = office.json("plan")["digest"]
    office.iam.call("AddUserToGroup", {"GroupName": "devs", "UserName": "alice"})
    office.requests()
    done = office.run("apply", "--auto-approve", "--expect-digest", digest)
    assert done.returncode == 4 and digest in done.stderr
    assert office.requests() == {**PLAN_REQUESTS, "GetPolicy": 1}
    office.iam.call("RemoveUserFromGroup", {"GroupName": "devs", "UserName": "alice"})
    assert office.run("apply", "--auto-approve", "--expect-digest", digest).returncode == 0


def test_a_guardrail_blocks_and_is_allowed_by_name_on_the_command_line_alone(office: Desk) -> None:
    office.write({"devs": {"members": ["alice"]}}, guardrails={"min_members": {"devs": 2}})
    done = office.run("apply", "--auto-approve")
    assert (done.returncode, done.stdout) == (3, "")
    assert "min_members" in done.stderr and "--allow min_members" in done.stderr
    assert len(office.iam.facts().memberships) == 2
    office.run("plan", "--out", "blocked.json")
    assert office.run("apply", "blocked.json").returncode == 3
    office.run("plan", "--out", "allowed.json", "--allow", "min_members")
    assert office.run("apply", "allowed.json").returncode == 3
    done = office.run("apply", "allowed.json", "--allow", "min_members")
    assert done.returncode == 0 and "allowed: min_members: devs would have 1 member" in done.stderr


def test_only_what_expired_goes_with_expired(office: Desk) -> None:
    gone = {"user": "carol", "expires": "2020-01-31"}
    office.write({"devs": {"policies": ["aws:AmazonS3ReadOnlyAccess"], "members": ["alice", "bob", gone]}})
    assert office.run("apply", "--expired", "--auto-approve").returncode == 0
    assert office.iam.facts().memberships == {("devs", "bob")}
    done = office.run("apply", "--expired", "--auto-approve")
    assert "No changes to what has expired.\n" in done.stderr


def test_what_is_due_begins_and_ends_and_nothing_else_is_done(office: Desk) -> None:
    gone = {"user": "carol", "expires": "2020-01-31T18:00+01:00"}
    come, ahead = {"user": "alice", "starts": "2020-01-31"}, {"user": "zed", "starts": "2999-01-01"}
    ends = {"policy": "aws:AmazonS3ReadOnlyAccess", "expires": "2020-01-31"}
    begins = {"policy": "aws:IAMReadOnlyAccess", "starts": "2020-01-31"}
    devs = {"policies": [ends, begins, "aws:AmazonEC2ReadOnlyAccess"], "members": ["bob", gone, come, ahead]}
    office.write({"devs": devs})
    done = office.run("drift", "--grace", "0")
    assert done.returncode == 2
    assert office.run("apply", "--due", "--auto-approve").returncode == 0
    assert office.iam.facts().memberships == {("devs", "alice"), ("devs", "bob")}
    assert {arn.rpartition("/")[2] for _, arn in office.iam.facts().attachments} == {"IAMReadOnlyAccess"}
    done = office.run("apply", "--due", "--auto-approve")
    assert "No changes to what is due.\n" in done.stderr
    assert office.run("apply", "plan.json", "--due").returncode == 1


def test_what_expired_goes_while_the_group_waits_for_its_rename(office: Desk) -> None:
    gone = {"user": "carol", "expires": "2020-01-31"}
    office.write({"developers": {"members": ["bob", gone]}}, moved=[{"from": "devs", "to": "developers"}])
    assert office.run("apply", "--expired", "--auto-approve").returncode == 0
    assert ("devs", "carol") not in office.iam.facts().memberships
    assert "developers" not in {group for group, _ in office.iam.facts().memberships}


def test_flags_that_do_not_go_together_are_refused(office: Desk) -> None:
    done = office.run("apply", "plan.json", "--expired")
    assert done.returncode == 1 and "do not go with it" in done.stderr


def test_a_refused_change_is_exit_5_and_what_waits_for_it_is_skipped(tmp_path: Path) -> None:
    iam = account({"alice": (READ,)}, {})
    refuse = Chaos([{"operations": ["AttachGroupPolicy"], "fault": "error", "code": "AccessDenied"}])
    with desk(tmp_path, iam, chaos=refuse) as office:
        office.write({"devs": {"policies": ["aws:AmazonS3ReadOnlyAccess"], "members": ["alice"]}})
        done = office.run("apply", "--auto-approve")
        assert done.returncode == 5, done.stderr
        assert "Failed (1)" in done.stdout and "AccessDenied" in done.stdout
        assert "Skipped, because what they wait for did not succeed" in done.stdout
        assert office.iam.facts().memberships == {("devs", "alice")}


def on_terminal(office: Desk, answer: str) -> tuple[int, str]:
    """Run apply on a pseudo-terminal, answer its question, and return exit code and what was shown."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "apply"], stdin=child, stderr=child, stdout=child, cwd=office.folder, env=office.env
    )
    os.close(child)
    shown = b""
    while b"will do: " not in shown:
        shown += os.read(parent, 1000)
    os.write(parent, answer.encode())
    while True:
        try:
            shown += os.read(parent, 1000)
        except OSError:
            break
    return process.wait(timeout=60), shown.decode()


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("y\n", 1), ("YES\n", 1), ("\n", 1), ("\x04", 1)])
def test_only_yes_counts_on_a_terminal(office: Desk, answer: str, code: int) -> None:
    found, shown = on_terminal(office, answer)
    assert found == code, shown
    assert "\nAccess: " in shown
    assert ("Declined: nothing was changed." in shown) == bool(code)
    assert (office.iam.facts().memberships == {("devs", "alice"), ("devs", "bob")}) == (code == 0)


def test_one_change_is_asked_for_as_one(office: Desk) -> None:
    office.write({"devs": {"members": ["bob"]}})
    _, shown = on_terminal(office, "no\n")
    assert "Make this change in account 123456789012? Only `yes` will do: " in shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_with_130_and_the_next_apply_converges(tmp_path: Path, number: int) -> None:
    users = {f"user-{n:03}": () for n in range(150)}
    with desk(tmp_path, account(users, {}), latency=0.05) as office:
        office.write({"devs": {"members": sorted(users)}})
        process = subprocess.Popen(
            [*COMMAND, "apply", "--auto-approve", "--concurrency", "2", "--format", "json"],
            cwd=office.folder,
            env={**os.environ, **office.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(office.iam.facts().memberships) < 5:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)
        assert process.returncode == 130, stderr
        result = json.loads(stdout)
        assert config.check(result, "apply") == []
        assert result["stopped"] == "signal" and 0 < result["counts"]["not_started"] < 150
        assert office.run("apply", "--auto-approve").returncode == 0
        assert len(office.iam.facts().memberships) == 150


def test_two_applies_of_one_account_do_not_overlap(office: Desk) -> None:
    from iamgroups.applying.file_lock import FileLock, lock_file
    from iamgroups.state.live import Account

    os.environ["XDG_STATE_HOME"], before = office.env["XDG_STATE_HOME"], os.environ["XDG_STATE_HOME"]
    try:
        held = FileLock(lock_file(Account("123456789012", "aws", "", "", office.serving.url)), "somebody")
        held.take()
        done = office.run("apply", "--auto-approve")
        assert done.returncode == 4 and "is locked by" in done.stderr
        assert len(office.iam.facts().memberships) == 2
        held.release()
        assert office.run("apply", "--auto-approve").returncode == 0
    finally:
        os.environ["XDG_STATE_HOME"] = before


def test_an_unwritable_journal_stops_it_before_the_first_write(office: Desk) -> None:
    (office.folder / "journal").write_text("")
    done = office.run("apply", "--auto-approve", "--journal", "journal")
    assert done.returncode == 1 and "a journal is never overwritten" in done.stderr
    assert len(office.iam.facts().memberships) == 2
    done = office.run("apply", "--auto-approve", "--journal", "/dev/null/journal")
    assert done.returncode == 1 and "cannot be written" in done.stderr
    assert office.iam.facts().direct == {("alice", READ)}


def test_a_second_signal_ends_it_at_once_and_the_next_apply_converges(tmp_path: Path) -> None:
    users: dict[str, tuple[str, ...]] = {f"user-{n:03}": () for n in range(30)}
    silent = Chaos([{"operations": ["AddUserToGroup"], "from": 5, "to": 30, "fault": "silence"}])
    with desk(tmp_path, account(users, {}), chaos=silent) as office:
        office.write({"devs": {"members": sorted(users)}})
        process = subprocess.Popen(
            [*COMMAND, "apply", "--auto-approve"],
            cwd=office.folder,
            env={**os.environ, **office.env},
            stderr=subprocess.PIPE,
            text=True,
        )
        while len(office.iam.facts().memberships) < 4:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        while "A second signal ends at once." not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=4) == 130
        process.stderr.close()
    with desk(tmp_path, office.iam) as again:
        assert again.run("apply", "--auto-approve").returncode == 0
        assert len(again.iam.facts().memberships) == 30


def test_unlock_ends_the_hold_of_a_dead_process(office: Desk) -> None:
    from iamgroups.iam import connect

    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    s3 = boto3.client("s3", endpoint_url=office.serving.url, region_name="us-east-1", **keys)
    s3.create_bucket(Bucket="locks")
    settings = {"lock": "s3://locks/iamgroups"}
    office.write({"devs": {"members": ["alice"]}}, settings=settings)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in office.env.items():
            patch.setenv(name, value)
        held = connect().lock(settings["lock"], "somebody")
        held.take()
    refused = office.run("apply", "--auto-approve")
    assert refused.returncode == 4 and f"iamgroups unlock {held.id}" in refused.stderr
    assert office.run("unlock", "0" * 32).returncode == 4
    assert office.run("unlock", held.id).returncode == 0
    assert office.run("apply", "--auto-approve").returncode == 0
