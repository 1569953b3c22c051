"""The command line itself: start-up, exit codes, streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from iamgroups import __version__
from iamgroups.cli.app import COMMANDS, command_line
from iamgroups.cli.options import FLAGS, VALUED, command_of, hoist
from iamgroups.results import planfile
from iamgroups.sandbox.server import Serving
from tests.cli.process import COMMAND, start
from tests.render.samples import mixed

HEAVY = ("boto3", "botocore", "yaml", "jsonschema", "deepdiff", "moto", "rich", "pydantic", "asyncio", "ssl")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(planfile.write(mixed()))
    return path


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in COMMANDS)])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from iamgroups.cli.app import run\n"
        "try: code = run(sys.argv[1:])\n"
        "finally: print(*sys.modules, file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    loaded = {module.partition(".")[0] for module in done.stderr.split()}
    assert loaded.isdisjoint(HEAVY), loaded.intersection(HEAVY)


@pytest.mark.parametrize(("command", "most"), [("validate", 55), ("plan", 95)])
def test_a_command_loads_what_it_needs_and_little_more(
    command: str, most: int, tmp_path: Path, iam_endpoint: Serving
) -> None:
    (tmp_path / "iamgroups.yaml").write_text('version: 1\naccount_id: "123456789012"\n')
    script = (
        "import sys; from iamgroups.cli.app import run\n"
        "assert run(sys.argv[1:]) == 0\n"
        "print(*sorted(name for name in sys.modules if name.split('.')[0] == 'iamgroups'), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, command, "--quiet", "-c", str(tmp_path)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, **iam_endpoint.environment()},
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stderr.splitlines()[-1].split()
    assert "iamgroups.config.load" in loaded
    assert len(loaded) <= most, " ".join(loaded)


def test_only_the_command_that_runs_is_imported() -> None:
    assert command_of(["--profile", "plan", "-v", "apply", "drift"]) == "apply"
    assert command_of(["--profile=plan", "--format", "json"]) == ""
    assert command_of(["-h", "plan"]) == ""


def test_help_lists_every_command() -> None:
    done = start("--help")
    assert done.returncode == 0
    for name in COMMANDS:
        assert f"\n  {name}" in done.stdout
    assert "..." not in done.stdout.partition("Commands:")[2]


@pytest.mark.parametrize("command", ["", "plan", "iam-policy"])
def test_help_has_a_short_form(command: str) -> None:
    asked = command.split()
    assert start(*asked, "-h").stdout == start(*asked, "--help").stdout != ""


def test_the_version_is_printed() -> None:
    assert start("--version").stdout == f"iamgroups {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [["--nonsense"], ["nonsense"], ["show"], ["show", "x", "--format", "xml"], ["--concurrency", "0"], []],
)
def test_wrong_flags_are_exit_1_with_the_reason_on_stderr(arguments: list[str]) -> None:
    done = start(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Usage: iamgroups" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_is_one_message_on_stderr_and_its_exit_code(tmp_path: Path) -> None:
    done = start("show", tmp_path / "missing.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ") and "missing.json: cannot be read" in done.stderr


def test_an_altered_plan_is_exit_4(saved: Path) -> None:
    saved.write_text(saved.read_text().replace("alice", "mallory"))
    assert start("show", saved).returncode == 4


@pytest.mark.parametrize("place", ["before", "after", "joined"])
def test_global_options_stand_before_or_after_the_command(saved: Path, place: str) -> None:
    words = {
        "before": ["--format", "json", "show", str(saved)],
        "after": ["show", str(saved), "--format", "json"],
        "joined": ["show", "--format=json", str(saved)],
    }
    assert json.loads(start(*words[place]).stdout)["kind"] == "plan"


def test_what_follows_two_dashes_is_left_alone() -> None:
    assert hoist(["show", "--", "-c", "--quiet"]) == ["show", "--", "-c", "--quiet"]
    assert hoist(["show", "f", "-c"]) == ["-c", "show", "f"]


def test_every_global_option_may_follow_the_command() -> None:
    options = [
        each
        for each in typer.main.get_command(command_line()).params
        if each.expose_value and not each.is_eager
    ]
    assert {name for each in options for name in each.opts} == {*VALUED, *FLAGS}


def test_a_reader_who_leaves_early_causes_no_error(saved: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [*COMMAND, "show", str(saved)], stdout=write_end, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_that_cannot_show_a_character_gets_an_escape(tmp_path: Path) -> None:
    done = start("show", tmp_path / "é.json", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert "\\xe9.json" in done.stderr


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["apply", "--auto-approve", "--expect-digest", ""], "--expect-digest"),
        (["apply", "--expect-digest=", "--auto-approve"], "--expect-digest"),
        (["apply", ""], "apply"),
        (["", "plan"], "iamgroups"),
        (["plan", "--out", ""], "--out"),
        (["--role-arn", "", "apply"], "--role-arn"),
    ],
)
def test_an_empty_value_is_refused_and_not_taken_for_none(argv: list[str], named: str) -> None:
    done = start(*argv)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: the value after {named} is empty: is a variable not set? Nothing was done\n"
    )
