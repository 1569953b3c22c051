"""Every guardrail through the command: it blocks, is allowed by its name, and holds for a saved plan."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from iamgroups import guardrails
from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.cloud import Identity
from tests.cli.account import ID, Desk, account, aws, desk

READ = aws("AmazonS3ReadOnlyAccess")
ADMIN = aws("AdministratorAccess")
PEOPLE = tuple(f"user{number:02}" for number in range(12))
ADA = Caller(f"arn:aws:iam::{ID}:user/ada", "AIDAADA")


@dataclass(frozen=True)
class Case:
    """A live account, what the files say, and the guardrails, such that one rule blocks."""

    live: Callable[[], StrictIam]
    groups: dict[str, Any]
    rails: dict[str, Any] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)


CASES = {
    "max_removals": Case(
        lambda: account(dict.fromkeys(PEOPLE, ()), {"devs": ("/", (), PEOPLE)}), {"devs": {"members": []}}
    ),
    "max_group_deletes": Case(
        lambda: account(groups={"a": ("/", (), ()), "b": ("/", (), ())}),
        {},
        rest={"removed": [{"group": "a"}, {"group": "b"}]},
    ),
    "protected_groups": Case(
        lambda: account({"bob": ()}, {"devs": ("/", (READ,), ("bob",))}),
        {"devs": {"policies": []}},
        {"protected_groups": ["devs"]},
    ),
    "min_members": Case(
        lambda: account({"ada": (), "bob": ()}, {"devs": ("/", (), ("ada", "bob"))}),
        {"devs": {"members": ["bob"]}},
        {"min_members": {"devs": 2}, "keep_caller": False},
    ),
    "forbidden_policies": Case(
        lambda: account({"ada": ()}, {"devs": ("/", (), ("ada",))}),
        {"devs": {"policies": ["aws:AdministratorAccess"]}},
        {"forbidden_policies": ["aws:Administrator*"]},
    ),
    "only_in": Case(
        lambda: account({"ada": ()}, {"devs": ("/", (), ("ada",))}),
        {"devs": {"policies": ["aws:AdministratorAccess"]}},
        {"only_in": {"aws:AdministratorAccess": ["break-glass"]}},
    ),
    "forbidden_access": Case(
        lambda: account({"ada": ()}, {"devs": ("/", (), ("ada",))}),
        {"devs": {"policies": ["aws:AmazonS3FullAccess"]}},
        {
            "forbidden_access": [
                {"actions": ["s3:PutBucketPolicy"], "except": ["break-glass"], "reason": "SEC-12"}
            ]
        },
    ),
    "no_escalation": Case(
        lambda: account({"ada": ()}, {"devs": ("/", (), ("ada",))}),
        {"devs": {"policies": ["aws:IAMFullAccess"]}},
        {"no_escalation": {"except": ["break-glass"]}},
    ),
    "conflicts": Case(
        lambda: account({"ada": ()}, {"devs": ("/", (), ("ada",)), "ops": ("/", (), ())}),
        {"ops": {"members": ["ada"]}},
        {"conflicts": [["devs", "ops"]]},
    ),
    "keep_caller": Case(
        lambda: account({"ada": (), "bob": ()}, {"devs": ("/", (READ,), ("ada", "bob"))}),
        {"devs": {"members": ["bob"]}},
    ),
}


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    case = CASES[request.param]
    with desk(tmp_path, case.live()) as found:
        found.write(case.groups, guardrails=case.rails, **case.rest)
        found.serving.cloud.bind("ada", Identity(found.iam, ADA))
        found.env["AWS_ACCESS_KEY_ID"] = "ada"
        yield found


def writes(office: Desk) -> int:
    return len(office.serving.log.writes())


def test_every_rule_that_can_block_is_tried() -> None:
    assert set(CASES) == set(guardrails.NAMES) - {"containment"}


@pytest.mark.parametrize(("office", "rule"), [(rule, rule) for rule in CASES], indirect=["office"])
def test_a_rule_blocks_until_it_is_allowed_by_name(office: Desk, rule: str) -> None:
    done = office.run("apply", "--auto-approve")
    assert (done.returncode, writes(office)) == (3, 0)
    assert f"blocked by {rule}; nothing was changed. To override: --allow {rule}" in done.stderr
    other = "containment"
    assert office.run("apply", "--auto-approve", "--allow", other).returncode == 3
    assert office.run("apply", "--auto-approve", "--allow", rule).returncode == 0
    assert writes(office) > 0
    assert office.run("plan", "--detailed-exitcode").returncode == 0


@pytest.mark.parametrize(("office", "rule"), [(rule, rule) for rule in CASES], indirect=["office"])
def test_a_saved_plan_is_judged_again_and_carries_no_override(office: Desk, rule: str) -> None:
    assert office.run("plan", "--enforce", "--out", "plan.json").returncode == 3
    done = office.run("apply", "plan.json")
    assert (done.returncode, writes(office)) == (3, 0)
    assert f"blocked by {rule}" in done.stderr
    assert office.run("plan", "--enforce", "--allow", rule, "--out", "allowed.json").returncode == 0
    assert (office.run("apply", "allowed.json").returncode, writes(office)) == (3, 0)
    done = office.run("apply", "allowed.json", "--allow", rule)
    assert done.returncode == 0 and f"allowed: {rule}: " in done.stderr
    assert writes(office) > 0


@pytest.mark.parametrize("office", ["keep_caller"], indirect=True)
def test_a_saved_plan_is_judged_for_who_applies_it_and_not_for_who_made_it(office: Desk) -> None:
    office.env["AWS_ACCESS_KEY_ID"] = "root"
    assert office.run("plan", "--enforce", "--out", "plan.json").returncode == 0
    office.env["AWS_ACCESS_KEY_ID"] = "ada"
    done = office.run("apply", "plan.json")
    assert (done.returncode, writes(office)) == (3, 0)
    assert "takes from ada, who applies it" in done.stderr


@pytest.mark.parametrize("office", ["min_members"], indirect=True)
def test_a_saved_plan_is_judged_on_what_is_live_now(office: Desk) -> None:
    office.iam.call("CreateUser", {"UserName": "cyd"})
    office.iam.call("AddUserToGroup", {"GroupName": "devs", "UserName": "cyd"})
    office.write({"devs": {"members": ["bob", "cyd"]}}, guardrails=CASES["min_members"].rails)
    assert office.run("plan", "--enforce", "--out", "plan.json").returncode == 0
    office.iam.call("RemoveUserFromGroup", {"GroupName": "devs", "UserName": "cyd"})
    done = office.run("apply", "plan.json")
    assert (done.returncode, writes(office)) == (3, 0)
    assert "devs would have 1 member, at least 2 wanted" in done.stderr


def test_an_unknown_rule_is_refused_with_the_ones_there_are(tmp_path: Path) -> None:
    with desk(tmp_path, account()) as office:
        office.write({})
        done = office.run("plan", "--allow", "max_removal")
        assert done.returncode == 1
        assert "--allow max_removal: no such guardrail; did you mean 'max_removals'?" in done.stderr
        done = office.run("plan", "--allow", "everything")
        assert done.returncode == 1
        assert "--allow everything: no such guardrail; there are max_removals," in done.stderr


def test_containment_is_left_out_until_the_command_line_takes_it(tmp_path: Path) -> None:
    deny = aws("AWSDenyAll")
    groups = {"cells": ("/", (deny,), ("bob",)), "devs": ("/", (), ("bob",))}
    with desk(tmp_path, account({"ada": (), "bob": ()}, groups)) as office:
        office.write({"cells": {"policies": ["aws:AWSDenyAll"], "members": []}, "devs": {"members": []}})
        done = office.run("apply", "--auto-approve")
        assert done.returncode == 0 and "bob stays in cells, contained by aws:AWSDenyAll" in done.stderr
        assert office.iam.facts().memberships == {("cells", "bob")}
        office.run("plan", "--allow", "containment", "--out", "plan.json")
        assert office.run("apply", "plan.json").returncode == 4
        assert office.iam.facts().memberships == {("cells", "bob")}
        done = office.run("apply", "plan.json", "--allow", "containment")
        assert done.returncode == 0 and "allowed: containment: takes containment from bob" in done.stderr
        assert office.iam.facts().memberships == set()
