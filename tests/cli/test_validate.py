"""`iamgroups validate` as a process: nothing but files, every problem, the right exit code."""

import json
from pathlib import Path

import pytest

from iamgroups import config
from tests.cli.process import run

GOOD = 'version: 1\naccount_id: "123456789012"\ngroups:\n  devs:\n    members: [alice, bob]\n'
BAD = 'version: 1\naccount_id: "123456789012"\ngroups:\n  devs:\n    memebrs: [alice]\n  "no good": {}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "iamgroups.yaml"
    path.write_text(text)
    return path


def test_a_valid_configuration_is_exit_0(folder: Path) -> None:
    write(folder, GOOD)
    done = run("validate", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "iamgroups.yaml is valid: account 123456789012, 1 group.\n"


def test_every_problem_is_told_with_its_place(folder: Path) -> None:
    write(folder, BAD)
    done = run("validate", "-c", folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert "iamgroups.yaml:5:5" in done.stderr and "iamgroups.yaml:6:3" in done.stderr
    assert "did you mean" in done.stderr
    assert done.stderr.endswith("2 problems.\n")


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (BAD, 1)])
def test_json_fits_the_schema(folder: Path, text: str, code: int) -> None:
    write(folder, text)
    done = run("validate", "-c", folder, "--format", "json")
    assert done.returncode == code
    document = json.loads(done.stdout)
    assert config.check(document, "validation") == []
    assert document["valid"] == (code == 0)


def test_annotations_name_file_line_and_column(folder: Path) -> None:
    write(folder, BAD)
    done = run("--format", "github", "validate", "-c", folder)
    assert done.returncode == 1
    assert done.stdout.count("::error file=") == 2 and "iamgroups.yaml,line=5,col=5" in done.stdout


def test_summary_appends_to_the_file_github_names(folder: Path) -> None:
    write(folder, BAD)
    summary = folder / "summary.md"
    summary.write_text("before\n")
    done = run("validate", "-c", folder, "--summary", env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert done.returncode == 1
    assert summary.read_text().startswith("before\n### iamgroups: 2 problems in the configuration\n")


def test_a_missing_file_is_told_without_a_traceback(folder: Path) -> None:
    done = run("validate", "-c", folder / "nowhere")
    assert done.returncode == 1
    assert "nowhere" in done.stderr and "Traceback" not in done.stderr
