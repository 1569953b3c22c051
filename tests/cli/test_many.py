"""Several roots in one run: one report, one exit code, and each account for itself."""

import json
from pathlib import Path

import pytest

from iamgroups import config
from iamgroups.cli import many
from iamgroups.cli.options import Options
from iamgroups.errors import ConfigError, PreconditionError, Problem
from iamgroups.results.combined import OneAccount
from tests.cli.process import run


def write(folder: Path, name: str, account: int, more: str = "") -> Path:
    path = folder / name / "iamgroups.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(f'version: 1\naccount_id: "{account:012}"\ngroups:\n  devs: {{members: [bob]}}\n{more}')
    return path


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    for number in range(1, 10):
        write(tmp_path, f"a{number}", number)
    return tmp_path


def validated(*args: object) -> tuple[int, dict[str, dict[str, object]]]:
    """Return the exit code, and root -> what is said of it."""
    done = run("validate", "--format", "json", *args)
    document = json.loads(done.stdout)
    assert config.check(document, "accounts") == []
    assert document["exit_code"] == done.returncode
    return done.returncode, {one["root"]: one for one in document["accounts"]}


def test_a_folder_of_roots_is_one_run(accounts: Path) -> None:
    done = run("validate", "-c", accounts)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("validate: 9 accounts\n")


def test_a_broken_root_stops_no_other(accounts: Path) -> None:
    broken = write(accounts, "b", 77, "nonsense: 1\n").parent
    code, found = validated("-c", accounts)
    assert (code, len(found)) == (1, 10)
    assert [root for root, one in found.items() if one["exit_code"]] == [str(broken)]
    assert "nonsense" in str(found[str(broken)]["says"])


def test_every_problem_of_every_root_is_told_and_those_they_share_once(accounts: Path) -> None:
    for name in ("b", "c"):
        write(accounts, name, 70 + ord(name), "nonsense: 1\nrubbish: 2\n")
    done = run("validate", "-c", accounts)
    assert done.returncode == 1
    assert "The same in 2 accounts" in done.stdout
    assert (done.stdout.count("rubbish"), done.stdout.count("(and 1 more)")) == (2, 1)


@pytest.mark.parametrize("form", ["human", "markdown", "github"])
def test_warnings_are_printed(accounts: Path, form: str) -> None:
    for name in ("b", "c"):
        write(accounts, name, 70 + ord(name), "  ops: {members: [BOB]}\n")
    alone = run("validate", "-c", accounts / "b").stderr
    done = run("validate", "-c", accounts, "--format", form)
    assert done.returncode == 0
    said = alone.strip().split("warning: ")[1]
    assert done.stdout.count(said) == 1


def test_one_root_behaves_as_it_does_alone(accounts: Path) -> None:
    alone = run("validate", "-c", accounts / "a1")
    assert run("validate", "-c", f"{accounts}/a[1]").stdout == alone.stdout
    assert "is valid" in alone.stdout


def test_each_result_is_that_of_the_account_alone(accounts: Path) -> None:
    _, found = validated("-c", accounts)
    for root, one in found.items():
        alone = run("validate", "--format", "json", "-c", root)
        assert one["result"] == json.loads(alone.stdout)


def test_shards_divide_the_accounts(accounts: Path) -> None:
    parts = [set(validated("-c", accounts, "--shard", f"{part}/3")[1]) for part in (1, 2, 3)]
    assert sum(map(len, parts)) == len(set().union(*parts)) == 9


def test_two_roots_for_one_account_are_refused(accounts: Path) -> None:
    write(accounts, "twin", 1)
    done = run("validate", "-c", accounts)
    assert (done.returncode, done.stdout) == (1, "")
    assert "are both for account 000000000001" in done.stderr


@pytest.mark.parametrize(("count", "code"), [(9, 0), (8, 4)])
def test_another_number_of_accounts_is_refused(accounts: Path, count: int, code: int) -> None:
    done = run("validate", "-c", accounts, "--expect-accounts", str(count), "--shard", "1/3")
    assert done.returncode == code


def test_a_command_for_one_account_takes_one_root(accounts: Path) -> None:
    done = run("import", "-c", accounts / "a1", "-c", accounts / "a2")
    assert done.returncode == 1
    assert "import takes one -c" in done.stderr


def test_after_enough_failures_no_more_accounts_begin(
    accounts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = []

    def fail(options: Options) -> OneAccount:
        began.append(options.config)
        raise PreconditionError("another account")

    roots = tuple(str(accounts / f"a{number}") for number in range(1, 10))
    code = many.run("plan", fail, Options(roots=roots, parallel=1, stop_after=1, format="json"))
    told = json.loads(capsys.readouterr().out)["accounts"]
    assert code == 4
    assert began and len(told) == 9
    assert [one["root"] for one in told if one["says"] != many.NOT_BEGUN] == began


def test_each_account_gets_its_role_and_no_questions(
    accounts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = {}

    def look(options: Options) -> OneAccount:
        seen[options.config] = (options.role_arn, options.asking)
        if options.config.endswith("a2"):
            raise ConfigError([Problem("one"), Problem("two")])
        return OneAccount(options.config, "", 0, "done")

    roots = (str(accounts / "a1"), str(accounts / "a2"))
    many.run("plan", look, Options(roots=roots, role_arn="arn:aws:iam::{account_id}:role/r"))
    assert list(seen.values()).count(("arn:aws:iam::000000000001:role/r", False)) == 1
    assert "one (and 1 more)" in capsys.readouterr().out
