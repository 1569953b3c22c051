"""`onboard` and `offboard` print the difference and write it, or with --check only say that they would."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.process import run

ROOT = 'version: 1\naccount_id: "123456789012"\ngroups:\n  devs:\n    members: [alice]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "iamgroups.yaml").write_text(ROOT)
    return tmp_path


def test_check_writes_nothing_and_its_difference_is_a_patch(folder: Path) -> None:
    done = run("onboard", "bob", "--group", "devs", "--check", cwd=folder)
    assert (done.returncode, (folder / "iamgroups.yaml").read_text()) == (2, ROOT)
    subprocess.run(["git", "apply"], input=done.stdout, text=True, cwd=folder, check=True)
    assert (folder / "iamgroups.yaml").read_text() == ROOT.replace("[alice]", "[alice, bob]")
    assert run("onboard", "bob", "--group", "devs", "--check", cwd=folder).returncode == 0


def test_who_leaves_last_leaves_an_empty_list(folder: Path) -> None:
    done = run("offboard", "alice", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "+    members: []" in done.stdout
    assert (folder / "iamgroups.yaml").read_text() == ROOT.replace("[alice]", "[]")
    assert "No file names alice." in run("offboard", "alice", cwd=folder).stderr


def test_onboard_has_to_be_told_where_to(folder: Path) -> None:
    done = run("onboard", "bob", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "say where to: --group, --team or --like" in done.stderr
