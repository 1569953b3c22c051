"""What makes a plan another plan, and what does not: the digest is what a reviewer approves."""

from dataclasses import replace
from typing import Any

import pytest

from iamgroups.planning.note import Moment, Note
from iamgroups.planning.plan import Plan
from iamgroups.state import GroupFact, Membership
from iamgroups.state.change import Change
from tests.accounts import ACCOUNT, at

MADE = Change("create", GroupFact("devs", "/"), at(1))
JOINED = Change("create", Membership("devs", "ann"), at(2), needs=("group/devs",))
MOVED = Change("update", GroupFact("ops", "/x/"), at(3), before=GroupFact("ops", "/"))
PLAN = Plan(ACCOUNT, "c" * 64, (MADE, JOINED, MOVED), (Moment("loss", "ann", "arn"),))


@pytest.mark.parametrize(
    "other",
    [
        {"account": replace(ACCOUNT, id="210987654321")},
        {"changes": (MADE, JOINED)},
        {"changes": (MADE, MOVED, JOINED)},
        {"changes": (MADE, replace(JOINED, needs=()), MOVED)},
        {"changes": (MADE, replace(JOINED, needs=("group/devs", "group/ops")), MOVED)},
        {"changes": (MADE, replace(JOINED, group_now="old"), MOVED)},
        {"changes": (replace(MADE, fact=GroupFact("devs", "/x/")), JOINED, MOVED)},
        {"changes": (MADE, replace(JOINED, action="delete"), MOVED)},
        {"changes": (MADE, JOINED, replace(MOVED, before=GroupFact("ops", "/y/")))},
        {"moments": ()},
        {"moments": (Moment("excess", "ann", "arn"),)},
    ],
)
def test_what_is_done_or_waited_for_or_announced_makes_another_plan(other: dict[str, Any]) -> None:
    assert replace(PLAN, **other).digest != PLAN.digest


@pytest.mark.parametrize(
    "other",
    [
        {"config_digest": "e" * 64},
        {"notes": (Note("ends-soon", "group/devs", "soon"),)},
        {"came_along": ("group/devs",)},
        {"account": replace(ACCOUNT, caller_arn="arn:aws:iam::123456789012:user/other")},
        {"changes": (replace(MADE, position=at(9), why="moved down"), JOINED, MOVED)},
    ],
)
def test_what_is_said_beside_the_changes_makes_no_other_plan(other: dict[str, Any]) -> None:
    assert replace(PLAN, **other).digest == PLAN.digest
