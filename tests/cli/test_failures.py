"""A command that fails says why where its result would have been, in the format asked for."""

import json
import os
import subprocess
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

from iamgroups import config
from iamgroups.cli.app import WITH_RESULTS
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
