"""The roles that a root names are assumed by the commands they are for, and the options override them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from iamgroups.sandbox.account import StrictIam
from tests.cli.process import run
from tests.company import GROUPS, TRUST, Company, account, company

ROLES = {"plan": "look", "apply": "arn:{partition}:iam::{account_id}:role/deploy", "drift": "watch"}


def staffed(number: int) -> StrictIam:
    """Return an account with a role for each purpose."""
    iam = account(number)
    for role in ("look", "watch", "spare"):
        iam.call("CreateRole", {"RoleName": role, "AssumeRolePolicyDocument": json.dumps(TRUST)})
    return iam


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Company]:
    with company(tmp_path, 2, make=staffed) as made:
        for number in (1, 2):
            made.write(number, GROUPS, roles=ROLES)
        yield made


def assumed(made: Company, *arguments: str) -> tuple[int, set[str]]:
    """Run a command; return its exit code and the roles that were assumed."""
    made.serving.log.clear()
    done = run(*arguments, env=made.env, cwd=made.folder)
    entries = [entry for entry in made.serving.log.entries if entry.operation == "AssumeRole"]
    return done.returncode, {entry.params["RoleArn"] for entry in entries}


def arns(role: str, *numbers: int) -> set[str]:
    return {f"arn:aws:iam::{number:012}:role/{role}" for number in numbers}


def test_each_command_assumes_its_own_role_in_each_account(two: Company) -> None:
    assert assumed(two, "plan", "-c", "accounts") == (0, arns("look", 1, 2))
    assert assumed(two, "apply", "--auto-approve", "-c", "accounts") == (0, arns("deploy", 1, 2))
    digest = ("--expect-digest", "0" * 64)
    assert assumed(two, "apply", "--auto-approve", *digest, "-c", "accounts") == (4, arns("deploy", 1, 2))
    assert assumed(two, "drift", "-c", "accounts") == (0, arns("watch", 1, 2))


def test_a_root_alone_uses_its_roles_too(two: Company) -> None:
    root = ("-c", "accounts/a001")
    assert assumed(two, "plan", *root) == (0, arns("look", 1))
    assert assumed(two, "apply", "--auto-approve", *root) == (0, arns("deploy", 1))
    assert assumed(two, "drift", *root) == (0, arns("watch", 1))
    assert assumed(two, "snapshot", "--out", "s.json", *root) == (0, arns("look", 1))
    assert assumed(two, "explain", "alice", *root) == (0, arns("look", 1))


def test_the_options_override_the_root(two: Company) -> None:
    assert assumed(two, "plan", "-c", "accounts", "--role-name", "spare") == (0, arns("spare", 1, 2))
    arn = "arn:aws:iam::{account_id}:role/watch"
    assert assumed(two, "plan", "-c", "accounts", "--role-arn", arn) == (0, arns("watch", 1, 2))
    assert assumed(two, "plan", "-c", "accounts", "--role-arn", arn, "--role-name", "x") == (1, set())


def test_a_name_without_an_account_is_refused(tmp_path: Path) -> None:
    done = run("snapshot", "--role-name", "plan", cwd=tmp_path)
    assert done.returncode == 1
    assert "give --role-arn" in done.stderr


def test_an_external_id_needs_a_role(tmp_path: Path) -> None:
    done = run("snapshot", "--external-id", "corp", cwd=tmp_path)
    assert done.returncode == 1
    assert "give --role-arn or --role-name" in done.stderr
