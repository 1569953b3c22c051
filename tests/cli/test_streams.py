"""What becomes of a run whose streams are full or closed, or whose summary cannot be written."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from iamgroups.sandbox.chaos.engine import Chaos
from tests.cli.account import Desk, account, desk
from tests.cli.process import COMMAND

MADE = {("devs", "alice")}
LOST = "the result cannot be written to stdout"
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, account({"alice": ()}, {"devs": ("/", (), ())})) as found:
        found.write({"devs": {"members": ["alice"]}})
        yield found


def shell(office: Desk, command: str, redirected: str) -> CompletedProcess[str]:
    """Run the command with its streams redirected, as a shell does."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", *COMMAND, *command.split()],
        cwd=office.folder,
        env={**os.environ, **office.env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("redirected", [">/dev/full", ">&-"])
@pytest.mark.parametrize("format", ["human", "json"])
def test_an_apply_whose_result_cannot_be_told_keeps_its_exit_code(
    office: Desk, redirected: str, format: str
) -> None:
    done = shell(office, f"apply --auto-approve --format {format}", redirected)
    assert (done.returncode, office.iam.facts().memberships) == (0, MADE)
    assert done.stderr.splitlines()[-1].startswith(f"Warning: {LOST}")


def test_a_failed_apply_whose_result_cannot_be_told_is_still_5(tmp_path: Path) -> None:
    refuse = Chaos([{"operations": ["AddUserToGroup"], "fault": "error", "code": "AccessDenied"}])
    with desk(tmp_path, account({"alice": ()}, {"devs": ("/", (), ())}), chaos=refuse) as office:
        office.write({"devs": {"members": ["alice"]}})
        assert shell(office, "apply --auto-approve", ">/dev/full").returncode == 5


@pytest.mark.parametrize("redirected", [">/dev/full", ">&-"])
@pytest.mark.parametrize(
    "command", ["plan", "plan --format json", "drift", "snapshot", "--version", "--help"]
)
def test_a_result_that_is_lost_is_one_error(office: Desk, command: str, redirected: str) -> None:
    done = shell(office, command, redirected)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {LOST}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", "2>&- <&-"])
def test_messages_that_cannot_be_told_change_nothing(office: Desk, redirected: str) -> None:
    assert shell(office, "plan --detailed-exitcode", redirected).returncode == 2
    assert shell(office, "nonsense", redirected).returncode == 1
    journal = office.folder / "journal"
    done = shell(office, "apply --auto-approve --format json --journal journal", redirected)
    assert (done.returncode, office.iam.facts().memberships) == (0, MADE)
    assert json.loads(done.stdout)["exit_code"] == 0
    assert all(json.loads(line)["event"] for line in journal.read_text().splitlines())


def test_with_every_stream_closed_an_apply_still_applies(office: Desk) -> None:
    assert shell(office, "apply --auto-approve", "<&- >&- 2>&-").returncode == 0
    assert office.iam.facts().memberships == MADE


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve", "drift", "validate"])
@pytest.mark.parametrize("path", ["", "missing/summary.md"])
def test_a_summary_that_cannot_be_written_is_found_out_before_anything_is_asked(
    office: Desk, command: str, path: str
) -> None:
    office.env["GITHUB_STEP_SUMMARY"] = path and str(office.folder / path)
    done = office.run(*command.split(), "--summary")
    assert (done.returncode, done.stdout, office.requests()) == (1, "", {})
    assert done.stderr.startswith("Error: --summary: ")


def test_a_summary_that_is_lost_on_the_way_is_a_warning(office: Desk) -> None:
    office.env["GITHUB_STEP_SUMMARY"] = "/dev/full"
    done = office.run("apply", "--auto-approve", "--summary")
    assert (done.returncode, office.iam.facts().memberships) == (0, MADE)
    assert "Applied: +1 member." in done.stdout
    assert done.stderr.splitlines()[-1].startswith("Warning: --summary: /dev/full cannot be written")


def test_a_result_lost_on_stdout_still_makes_the_summary(office: Desk) -> None:
    office.env["GITHUB_STEP_SUMMARY"] = str(office.folder / "summary.md")
    assert shell(office, "apply --auto-approve --summary", ">/dev/full").returncode == 0
    assert "Applied: +1 member." in (office.folder / "summary.md").read_text()
