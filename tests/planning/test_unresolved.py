"""A name that the account does not have stops what touches it, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_addresses, select_part
from iamgroups.state.config import Config, Member, Moved, UserDecl
from iamgroups.state.config import PolicyRef as Ref
from iamgroups.state.live import LiveState
from tests.accounts import TODAY, at, config, group, live

OVER = Member("mallory", at(30), expires=TODAY - timedelta(days=1))


def account() -> LiveState:
    return live({"admins": (["carol", "mallory"], []), "devs": ([], []), "old": ([], [])}, users=["alice"])


def wanted(**more: Any) -> Config:
    """Declare a group with somebody whose time is over, and one that names who or what does not exist."""
    devs = group("devs", ["alice", "zed"], ["aws:Nope"])
    return config(devs, group("admins", ["carol", OVER], []), **more)


def made(declared: Config) -> Plan:
    return make_plan(declared, account(), TODAY)


def addresses(plan: Plan) -> list[str]:
    return [change.address for change in plan.changes]


def warned(plan: Plan) -> list[str]:
    return [note.message for note in plan.notes if note.code == "unresolved"]


def test_a_plan_of_everything_is_refused() -> None:
    assert [problem.missing for problem in made(wanted()).problems] == ["user/zed", "policy/aws:Nope"]


@pytest.mark.parametrize("chosen", [{"time": "expired"}, {"groups": ["Admins"]}])
def test_a_part_that_does_not_touch_the_name_goes_on_and_warns(chosen: dict[str, Any]) -> None:
    part = select_part(made(wanted()), wanted(), account(), **chosen)
    assert addresses(part) == ["membership/admins/mallory"]
    assert part.problems == ()
    assert warned(part) == [
        "no IAM user zed in account 123456789012: not part of this plan",
        "no AWS managed policy aws:Nope in account 123456789012: not part of this plan",
    ]


def test_a_part_of_the_group_that_names_it_is_refused() -> None:
    part = select_part(made(wanted()), wanted(), account(), groups=["DEVS"])
    assert [problem.missing for problem in part.problems] == ["user/zed", "policy/aws:Nope"]
    assert warned(part) == []


def test_somebody_whose_time_is_over_leaves_the_very_group_that_names_it() -> None:
    declared = config(group("admins", ["carol", "zed", OVER], ["aws:Nope"]))
    part = select_part(made(declared), declared, account(), time="expired")
    assert (addresses(part), part.problems) == (["membership/admins/mallory"], ())
    assert len(warned(part)) == 2


def test_one_line_of_a_team_counts_for_every_group_that_has_the_team() -> None:
    zed = Member("zed", at(7), via="backend")
    declared = config(group("devs", [zed]), group("admins", ["carol", "mallory", zed]), group("old", []))
    whole = made(declared)
    assert len(whole.problems) == 1
    for name, number in (("devs", 1), ("admins", 1), ("old", 0)):
        assert len(select_part(whole, declared, account(), groups=[name]).problems) == number


def test_what_else_is_wrong_stops_the_part_that_touches_it() -> None:
    declared = wanted(moved=(Moved("old", "admins", at(60)),))
    for chosen, stopped in (({"groups": ["devs"]}, 2), ({"groups": ["old"]}, 1), ({"time": "expired"}, 1)):
        part = select_part(made(declared), declared, account(), **chosen)
        assert len(part.problems) == stopped, chosen


def test_a_policy_that_a_person_may_keep_and_that_does_not_exist_stops_no_group() -> None:
    kept = UserDecl("alice", at(50), (Ref("local:nope", at(51)),), "a reason")
    declared = config(group("admins", ["carol", OVER]), users=(kept,))
    assert len(made(declared).problems) == 1
    assert select_part(made(declared), declared, account(), groups=["admins"]).problems == ()


def test_what_was_saved_goes_on_when_somebody_else_is_gone_since() -> None:
    part = select_addresses(made(wanted()), wanted(), account(), {"membership/admins/mallory"})
    assert (addresses(part), part.problems) == (["membership/admins/mallory"], ())


def test_unknown_members_may_be_a_warning_everywhere() -> None:
    declared = config(group("devs", ["alice", "zed"]), settings={"unknown_members": "warn"})
    plan = made(declared)
    assert (plan.problems, addresses(plan)) == ((), ["membership/devs/alice"])
    (note,) = [note for note in plan.notes if note.code == "unknown-member"]
    assert (note.subject, note.reported, note.level) == ("membership/devs/zed", True, "warning")
