"""What somebody meets in their first hour: hints, colour, completion, a plan on stdout."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from iamgroups import config
from tests.cli.account import Desk, account, desk
from tests.cli.process import run

GOOD = 'version: 1\naccount_id: "123456789012"\n'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, account({"alice": ()}, {"devs": ("/", (), ())})) as found:
        yield found


@pytest.mark.parametrize(
    ("env", "option", "colored"),
    [
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "1"}, ["--no-color"], False),
        ({}, [], False),
    ],
)
def test_colour_is_forced_and_forbidden(
    office: Desk, env: dict[str, str], option: list[str], colored: bool
) -> None:
    office.write({"devs": {"members": ["alice"]}})
    clean = {"NO_COLOR": "", "FORCE_COLOR": ""}
    done = run("plan", *option, cwd=office.folder, env={**office.env, **clean, **env})
    assert (done.returncode, "\x1b[" in done.stdout) == (0, colored)


def test_a_plan_goes_to_stdout_and_is_read_back(office: Desk) -> None:
    office.write({"devs": {"members": ["alice"]}})
    done = office.run("plan", "--out", "-")
    assert config.check(json.loads(done.stdout), "plan") == []
    assert "Plan: " in done.stderr
    (office.folder / "plan.json").write_text(done.stdout)
    assert office.run("show", "plan.json").returncode == 0


def test_a_name_that_is_nearly_right_is_suggested(office: Desk) -> None:
    office.write({"developers": {"members": ["alice"]}})
    assert "did you mean 'developers'?" in office.run("plan", "--group", "developrs").stderr
    assert "did you mean 'max_removals'?" in office.run("plan", "--allow", "max_removal").stderr
    assert "Did you mean 'plan'" in office.run("pln").stderr


def test_roots_in_the_folder_are_suggested_where_there_is_no_iamgroups_yaml(tmp_path: Path) -> None:
    (tmp_path / "prod.yaml").write_text(GOOD)
    (tmp_path / "people.yaml").write_text("groups: {}\n")
    told = run("validate", cwd=tmp_path).stderr
    assert "there is prod.yaml: name it with -c prod.yaml" in told and "people.yaml" not in told


@pytest.mark.parametrize(
    ("words", "position", "answer"),
    [("iamgroups pl", "1", "plan"), ("iamgroups --format m", "2", "markdown")],
)
def test_a_shell_completes_commands_and_choices(words: str, position: str, answer: str) -> None:
    asked = {"_IAMGROUPS_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": position}
    assert run(env=asked).stdout.split() == [answer]
