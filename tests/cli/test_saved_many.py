"""Saved plans of several accounts: one file each in a folder, and exactly those are applied."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.process import run
from tests.company import Company, account, company

BOTH = {"alice", "bob"}
NAMES = ["000000000001.json", "000000000002.json", "000000000003.json"]


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Company]:
    with company(tmp_path, 3) as made:
        yield made


def test_each_account_has_a_file_and_exactly_its_changes_are_made(three: Company) -> None:
    saved = json.loads(three.run("plan", "--out", "plans", "--format", "json").stdout)
    plans = three.folder / "plans"
    assert sorted(path.name for path in plans.iterdir()) == NAMES
    shown = run("show", plans / NAMES[0], "--format", "json")
    assert json.loads(shown.stdout) == saved["accounts"][0]["result"]
    three.accounts["000000000002"].call("CreateUser", {"UserName": "carol"})
    code, _ = three.told("apply", "plans", "--expect-digest", saved["digest"])
    assert code == 0
    assert [three.members(number) for number in (1, 2, 3)] == [BOTH] * 3


def test_an_account_that_is_another_now_is_left_alone(three: Company) -> None:
    three.run("plan", "--out", "plans")
    three.accounts["000000000002"].call("CreateGroup", {"GroupName": "devs"})
    (three.folder / "plans" / NAMES[2]).unlink()
    code, told = three.told("apply", "plans")
    assert (code, [one["exit_code"] for one in told.values()]) == (5, [0, 4, 4])
    assert "not as it was when the plan was saved" in told["000000000002"]["says"]
    assert "had no plan" in told["000000000003"]["says"]
    assert [three.members(number) for number in (1, 2, 3)] == [BOTH, set(), set()]


def test_a_saved_plan_is_judged_by_the_guardrails_again(three: Company) -> None:
    three.write(
        1, {}, settings={"undeclared_groups": "report"}, guardrails={"forbidden_policies": ["aws:X*"]}
    )
    three.write(2, guardrails={"forbidden_policies": ["aws:ReadOnlyAccess"]})
    three.run("plan", "--out", "plans")
    _, told = three.told("apply", "plans")
    assert [one["exit_code"] for one in told.values()] == [0, 3, 0]
    assert three.members(2) == set()


def test_an_override_counts_when_a_saved_plan_is_applied(three: Company) -> None:
    three.write(2, guardrails={"forbidden_policies": ["aws:ReadOnlyAccess"]})
    saved = json.loads(three.run("plan", "--out", "plans", "--format", "json").stdout)
    allowed = ("--allow", "forbidden_policies", "--expect-digest", saved["digest"])
    assert three.told("apply", "plans", *allowed)[0] == 0
    assert three.members(2) == BOTH


def test_another_digest_changes_nothing(three: Company) -> None:
    three.run("plan", "--out", "plans")
    refused = three.run("apply", "plans", "--expect-digest", "0" * 64)
    assert refused.returncode == 4
    assert three.serving.log.writes() == []


def test_shards_share_a_folder_and_apply_their_own(three: Company) -> None:
    for part in ("1/2", "2/2"):
        assert three.run("plan", "--out", "plans", "--shard", part).returncode == 0
    assert sorted(path.name for path in (three.folder / "plans").iterdir()) == NAMES
    for part in ("1/2", "2/2"):
        assert three.run("apply", "plans", "--shard", part).returncode == 0
    assert [three.members(number) for number in (1, 2, 3)] == [BOTH] * 3


def test_an_account_that_cannot_be_planned_now_keeps_no_old_plan(tmp_path: Path) -> None:
    with company(tmp_path, 2) as made:
        made.run("plan", "--out", "plans")
        made.accounts["000000000001"].call("DeleteRole", {"RoleName": "deploy"})
        assert made.run("plan", "--out", "plans").returncode == 1
        assert [path.name for path in (tmp_path / "plans").iterdir()] == ["000000000002.json"]


@pytest.mark.parametrize("name", ["notes.txt", "000000000001.json", "000000000009.json"])
def test_a_folder_with_a_file_of_somebody_else_is_refused_and_left_as_it_is(
    three: Company, name: str
) -> None:
    (three.folder / "plans").mkdir()
    (three.folder / "plans" / name).write_text('{"kind": "snapshot"}')
    refused = three.run("plan", "--out", "plans")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"{name} is not a plan that iamgroups saved" in refused.stderr
    assert (three.folder / "plans" / name).read_text() == '{"kind": "snapshot"}'


def test_the_plan_of_an_account_without_a_root_is_refused(three: Company) -> None:
    three.run("plan", "--out", "plans")
    (three.folder / "accounts" / "a003" / "iamgroups.yaml").unlink()
    refused = three.run("apply", "plans")
    assert refused.returncode == 4
    assert "000000000003.json is of an account that no -c is for" in refused.stderr
    assert three.serving.log.writes() == []


def test_a_folder_that_is_none_is_refused(three: Company) -> None:
    (three.folder / "file").write_text("")
    for arguments in (("plan", "--out", "file"), ("apply", "file"), ("apply", "nowhere")):
        refused = three.run(*arguments)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "folder" in refused.stderr


def test_a_role_that_is_denied_is_not_taken_for_an_old_plan(tmp_path: Path) -> None:
    with company(
        tmp_path, 2, make=lambda number: account(number, role="deploy" if number == 1 else "")
    ) as made:
        assert made.run("plan", "--out", "plans").returncode == 1
        code, told = made.told("apply", "plans")
        assert (code, [one["exit_code"] for one in told.values()]) == (5, [0, 4])
