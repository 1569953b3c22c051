"""`--exclude` leaves groups out, with all that depends on them; drift can be asked for some groups alone."""

from typing import Any

import pytest

from iamgroups.planning.drift import drift, of_groups
from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from tests.accounts import TODAY, config, group, live

ACCOUNT = live(
    {"devs": (["ann"], ["aws:A"]), "ops": (["bob"], ["aws:A"]), "old": ([], [])},
    users=["cyd"],
    policies=["aws:B"],
)


def part(declared: Config, account: LiveState = ACCOUNT, **chosen: Any) -> Plan:
    return select_part(make_plan(declared, account, TODAY), declared, account, **chosen)


def addresses(plan: Plan) -> list[str]:
    return [change.address for change in plan.changes]


DECLARED = config(
    group("devs", ["cyd"], ["aws:A"]), group("ops", ["bob"], ["aws:B"]), group("new", ["bob"], [])
)


@pytest.mark.parametrize(
    ("chosen", "left", "only"),
    [
        (
            {"excluded": ["DEVS"]},
            {"attachment/ops", "group/new", "membership/new"},
            "what is outside group DEVS",
        ),
        ({"excluded": ["devs", "new"]}, {"attachment/ops"}, "what is outside groups devs, new"),
        (
            {"groups": ["devs", "ops"], "excluded": ["ops"]},
            {"membership/devs"},
            "groups devs, ops outside group ops",
        ),
        ({"excluded": ["ops"], "time": "due"}, set(), "what is due outside group ops"),
    ],
)
def test_nothing_of_an_excluded_group_is_done(chosen: dict[str, Any], left: set[str], only: str) -> None:
    plan = part(DECLARED, **chosen)
    assert {
        address.rpartition("/")[0] if address.count("/") > 1 else address for address in addresses(plan)
    } == left
    assert plan.only == only


def test_what_depends_on_an_excluded_group_is_left_out_and_named() -> None:
    declared = config(group("devs", [], ["aws:A"]), group("ops", ["ann", "bob"], ["aws:A"]))
    assert addresses(part(declared)) == ["membership/ops/ann", "membership/devs/ann"]
    plan = part(declared, excluded=["ops"])
    assert addresses(plan) == []
    assert [note.message for note in plan.notes if note.code == "left-out"] == [
        "left out, because it depends on membership/ops/ann: ann is in devs"
    ]


def test_a_name_that_only_an_excluded_group_has_stops_nothing() -> None:
    declared = config(group("devs", ["zed"], ["aws:A"]), group("ops", ["bob"], ["aws:B"]))
    assert part(declared, excluded=["devs"]).problems == ()
    assert [one.missing for one in part(declared, excluded=["ops"]).problems] == ["user/zed"]


def test_drift_of_a_group_is_what_is_told_under_it() -> None:
    declared = config(group("devs", ["ann", "zed"], ["aws:B"]), group("ops", ["cyd"], ["aws:A"]))
    whole = drift(make_plan(declared, ACCOUNT, TODAY), declared, ACCOUNT, TODAY)
    assert [one.address for one in of_groups(whole, ["Devs"]).differences] == [
        "user/zed",
        "attachment/devs/aws:A",
        "attachment/devs/aws:B",
    ]
    assert [one.address for one in of_groups(whole, ["old"]).differences] == ["group/old"]
