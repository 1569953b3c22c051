"""`accept` and `adopt` as processes: exit codes, what is written, and a patch that git takes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.account import Desk, account, aws, desk

ROOT = """\
version: 1
account_id: "123456789012"
include: ["my groups/*.yaml"]
guardrails:
  forbidden_policies: ["aws:AdministratorAccess"]
"""
DEVS = "groups:\r\n  devs:\r\n    policies: []\r\n    members:\r\n      - ann"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    iam = account(
        {"ann": (), "bob": (aws("AmazonS3ReadOnlyAccess"),), "eve": (aws("AdministratorAccess"),)},
        {"devs": ("/", (), ("ann", "bob")), "night": ("/", (), ("eve",))},
    )
    with desk(tmp_path, iam) as found:
        (tmp_path / "my groups").mkdir()
        (tmp_path / "iamgroups.yaml").write_text(ROOT)
        (tmp_path / "my groups/devs.yaml").write_text(DEVS, newline="")
        yield found


def git(folder: Path, *arguments: str, stdin: str = "") -> None:
    subprocess.run(["git", *arguments], cwd=folder, input=stdin.encode(), check=True, capture_output=True)


ALL = ("membership/devs/bob", "direct/bob/aws:AmazonS3ReadOnlyAccess", "group/night")


@pytest.mark.parametrize("below", [False, True])
def test_the_patch_of_an_adoption_is_one_that_git_takes(office: Desk, below: bool) -> None:
    git(office.folder.parent if below else office.folder, "init", "-q")
    made = office.run("adopt", *ALL, "--patch")
    assert (made.returncode, made.stderr) == (0, "")
    assert (office.folder / "my groups/devs.yaml").read_bytes().decode() == DEVS
    # The process's text has lost the carriage returns: git has to see the bytes.
    raw = subprocess.run(
        [sys.executable, "-m", "iamgroups", "adopt", *ALL, "--patch"],
        cwd=office.folder,
        env={**os.environ, **office.env},
        check=True,
        capture_output=True,
    ).stdout
    subprocess.run(["git", "apply"], cwd=office.folder, input=raw, check=True)
    assert (office.folder / "my groups/devs.yaml").read_bytes().decode() == DEVS + "\r\n      - bob"
    assert "eve" in (office.folder / "my groups/night.yaml").read_text()
    left = office.json("drift")
    assert {one["address"] for one in left["differences"] if not one.get("accepted")} == {
        "direct/eve/aws:AdministratorAccess",
        "rule/forbidden_policies/aws:AdministratorAccess/eve",
    }
    assert office.run("fmt", "--check").returncode == 0


def test_check_is_2_a_guardrail_is_3_and_an_unknown_address_is_1(office: Desk) -> None:
    assert office.run("adopt", ALL[0], "--check").returncode == 2
    done = office.run("adopt", "direct/eve/aws:AdministratorAccess")
    assert (done.returncode, done.stdout) == (3, "")
    assert "forbidden_policies: eve holds aws:AdministratorAccess directly" in done.stderr
    done = office.run("adopt", "membership/devs/bo")
    assert (done.returncode, "did you mean 'membership/devs/bob'?" in done.stderr) == (1, True)
    assert office.run("accept", ALL[1], "--reason", "x", "--check").returncode == 2
    assert not (office.folder / "accepted.yaml").exists()


def test_nothing_but_reading_is_sent_and_a_snapshot_needs_no_account(office: Desk) -> None:
    assert office.run("snapshot", "--out", "a.json").returncode == 0
    assert office.run("adopt", ALL[0], "--check").returncode == 2
    assert all(entry.operation.startswith(("Get", "List")) for entry in office.serving.log.entries)
    office.requests()
    assert office.run("adopt", ALL[0], "--live", "a.json").returncode == 0
    assert office.requests() == {}
    assert office.run("drift", "--group", "devs").returncode == 0
    assert office.run("accept", ALL[1], "--reason", "x", "--live", "a.json").returncode == 0
