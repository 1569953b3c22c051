"""A command that fails says why where its result would have been, in the format asked for."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

from iamgroups import config
from iamgroups.cli.app import WITH_RESULTS
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.engine import Chaos
from iamgroups.sandbox.chaos.faults import Interference
from iamgroups.sandbox.request_log import LoggedRequest
from tests.cli.account import account, desk
from tests.cli.process import COMMAND, run

FILES = 'version: 1\naccount_id: "123456789012"\ngroups: {devs: {members: [ann]}}\n'
# There are no credentials, so IAM cannot be read.
AWAY = {
    "AWS_CONFIG_FILE": "nowhere",
    "AWS_SHARED_CREDENTIALS_FILE": "nowhere",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ACCESS_KEY_ID": "",
    "AWS_SECRET_ACCESS_KEY": "",
    "AWS_REGION": "us-east-1",
}
CAUSES = {
    "no plan there": ["show", "nowhere.json"],
    "no snapshot there": ["drift", "--live", "nowhere.json"],
    "no such guardrail": ["plan", "--live", "empty.json", "--allow", "nothing"],
    "nobody to ask": ["apply"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "iamgroups.yaml").write_text(FILES)
    account = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    (tmp_path / "empty.json").write_text(json.dumps(account))
    return tmp_path


@pytest.mark.parametrize("arguments", CAUSES.values(), ids=CAUSES)
@pytest.mark.parametrize("form", ["json", "markdown", "github"])
def test_the_reason_is_on_stdout_in_every_format(folder: Path, arguments: list[str], form: str) -> None:
    done = run(*arguments, "--format", form, cwd=folder)
    reason = done.stderr.removeprefix("Error: ").strip()
    assert (done.returncode, bool(reason)) == (1, True)
    if form == "json":
        document = json.loads(done.stdout)
        assert config.check(document, "error") == []
        assert (document["code"], document["message"], document["exit_code"]) == ("usage", reason, 1)
    else:
        assert reason in done.stdout
        assert done.stdout.startswith({"markdown": "### iamgroups: error\n", "github": "::error "}[form])


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_an_account_that_cannot_be_read_is_told_on_both_streams(folder: Path, command: str) -> None:
    more = ["--auto-approve", "--retry-for", "0"] if command == "apply" else []
    done = run(command, *more, cwd=folder, env=AWAY)
    assert (done.returncode, done.stdout) == (1, done.stderr)
    assert done.stdout.startswith("Error: ")


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_an_account_that_cannot_be_read_is_told_to_a_program(folder: Path, command: str) -> None:
    more = ["--auto-approve", "--retry-for", "0"] if command == "apply" else []
    done = run(command, *more, "--format", "json", cwd=folder, env=AWAY)
    document = json.loads(done.stdout)
    assert config.check(document, "error") == []
    assert (document["kind"], document["exit_code"], done.returncode) == ("error", 1, 1)
    assert document["message"] in done.stderr


def test_a_summary_tells_the_reason_as_well(folder: Path) -> None:
    summary = folder / "summary.md"
    done = run("show", "nowhere.json", "--summary", cwd=folder, env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert done.returncode == 1
    assert summary.read_text().startswith("### iamgroups: error\n") and "nowhere.json" in summary.read_text()


def test_a_reader_sees_the_reason_once_where_both_streams_are_one(folder: Path) -> None:
    env = {**os.environ, **AWAY}
    told = subprocess.run(
        [*COMMAND, "plan"], stdout=PIPE, stderr=STDOUT, text=True, cwd=folder, env=env, check=False
    )
    assert (told.returncode, told.stdout.count("Error: ")) == (1, 1)


def test_a_command_without_a_format_writes_no_error_into_its_result(folder: Path) -> None:
    assert "snapshot" not in WITH_RESULTS
    done = run("snapshot", cwd=folder, env=AWAY)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")


class _Ending(Chaos):
    """Whoever gives out credentials stops when a certain request arrives."""

    def __init__(self, office: Path, operation: str) -> None:
        super().__init__()
        self._office, self._operation = office, operation

    def meet(self, entry: LoggedRequest, account: StrictIam) -> Interference:
        if entry.operation == self._operation:
            (self._office / "over").touch()
        return super().meet(entry, account)


@pytest.mark.parametrize(
    ("command", "operation", "code"),
    [
        ("apply --auto-approve --concurrency 1 --journal journal.jsonl", "AddUserToGroup", 5),
        ("apply --auto-approve", "GetCallerIdentity", 1),
        ("plan", "GetCallerIdentity", 1),
        ("drift", "GetCallerIdentity", 1),
        ("import --out imported", "GetCallerIdentity", 1),
        ("snapshot", "GetCallerIdentity", 1),
        ("lock", "GetCallerIdentity", 1),
    ],
)
def test_credentials_that_end_midway_stop_the_command_with_their_source(
    tmp_path: Path, command: str, operation: str, code: int
) -> None:
    lasts = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()  # so soon that each call renews them
    keys = {
        "Version": 1,
        "AccessKeyId": "ASIA",
        "SecretAccessKey": "s",
        "SessionToken": "t",
        "Expiration": lasts,
    }
    process = tmp_path / "process.sh"
    process.write_text(f"#!/bin/sh\n[ ! -e {tmp_path}/over ] || exit 9\necho '{json.dumps(keys)}'\n")
    process.chmod(0o700)
    (tmp_path / "aws").write_text(f"[profile work]\nregion = us-east-1\ncredential_process = {process}\n")
    iam = account({"ann": (), "bob": (), "carol": ()}, {"devs": ("/", (), ())})
    with desk(tmp_path, iam, chaos=_Ending(tmp_path, operation)) as office:
        office.write({"devs": {"members": ["ann", "bob", "carol"]}})
        kept = {"AWS_CONFIG_FILE": str(tmp_path / "aws"), "AWS_PROFILE": "work"}
        away = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
        office.env = {key: text for key, text in office.env.items() if key not in away} | kept
        done = office.run(*command.split())
    assert done.returncode == code, done.stderr
    assert "profile work do not work" in done.stdout + done.stderr and "Traceback" not in done.stderr
    joined = office.iam.facts().memberships
    if code == 5:
        assert (
            len(joined) == 1 and "+1 member" in done.stdout and "it goes on where this stopped" in done.stdout
        )
        journal = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
        assert (journal[-1]["event"], journal[-1]["stopped"]) == ("end", "credentials")
    else:
        assert joined == set()
