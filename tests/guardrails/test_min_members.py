from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from iamgroups import guardrails
from iamgroups.planning.select import select_part


@pytest.fixture(autouse=True)
def _two_wanted(scene: Any) -> None:
    scene.rails["min_members"] = {scene.pattern("oncall", 7): 2}


def test_enough_members_pass(scene: Any) -> None:
    assert scene.live("oncall", ["a", "b", "c"]).declare("oncall", ["a", "b"]).judge() == ()


def test_leaving_too_few_blocks_at_the_lines_that_take_them(scene: Any) -> None:
    (finding,) = scene.live("oncall", ["a", "b"]).declare("oncall", ["a"]).judge()
    assert finding.blocking
    assert finding.message == "oncall would have 1 member, at least 2 wanted"
    assert finding.positions == (scene.declared[0].members_position,)


def test_too_few_already_is_a_warning_at_the_group(scene: Any) -> None:
    (finding,) = scene.live("oncall", ["a"]).declare("oncall", ["a"]).judge()
    assert not finding.blocking
    assert finding.message == "oncall has 1 member, at least 2 wanted"
    assert finding.positions == (scene.declared[0].position,)


def test_repairing_half_of_it_is_a_warning(scene: Any) -> None:
    (finding,) = scene.live("oncall").declare("oncall", ["a"]).judge()
    assert not finding.blocking


def test_taking_one_of_too_few_worsens_it(scene: Any) -> None:
    (finding,) = scene.live("oncall", ["a"]).declare("oncall", []).judge()
    assert finding.blocking


def test_exchanging_people_passes(scene: Any) -> None:
    assert scene.live("oncall", ["a", "b"]).declare("oncall", ["c", "d"]).judge() == ()


def test_deleting_the_group_blocks(scene: Any) -> None:
    (finding,) = scene.live("oncall", ["a", "b"]).remove("oncall").judge()
    assert finding.blocking
    assert finding.positions == (scene.removed[0].position,)


def test_a_rename_is_followed(scene: Any) -> None:
    scene.live("oncall", ["a", "b"]).move("oncall", "first-line").declare("first-line", ["a"])
    (finding,) = scene.judge()
    assert finding.blocking
    assert finding.message == "first-line would have 1 member, at least 2 wanted"


def test_the_new_name_protects_the_group_that_moves_to_it(scene: Any) -> None:
    scene.rails["min_members"] = {scene.pattern("first-line"): 2}
    scene.live("oncall", ["a", "b"]).move("oncall", "first-line").declare("first-line", ["a"])
    assert scene.judge()[0].blocking


def test_names_compare_ignoring_case(scene: Any) -> None:
    scene.rails["min_members"] = {scene.pattern("OnCall"): 2}
    assert scene.live("oncall", ["a", "b"]).declare("oncall", ["a"]).judge()[0].blocking


def test_a_group_that_does_not_exist_is_a_warning_at_the_guardrail(scene: Any) -> None:
    (finding,) = scene.judge()
    assert not finding.blocking
    assert finding.message == "oncall has 0 members, at least 2 wanted: there is no such group"
    assert finding.positions == (scene.pattern("oncall", 7).position,)


def test_members_that_could_not_be_read_are_no_pass(scene: Any) -> None:
    (finding,) = scene.live("oncall", None).judge()
    assert not finding.blocking
    assert finding.message == "cannot tell how many members oncall has: they could not be read"


def test_deleting_a_group_whose_members_could_not_be_read_blocks(scene: Any) -> None:
    scene.settings = replace(scene.settings, path="/team/", undeclared_groups="delete")
    scene.live("oncall", None, path="/team/")
    (finding,) = (found for found in scene.judge() if found.rule == "min_members")
    assert finding.blocking
    assert finding.message == "cannot tell how many members oncall has: they could not be read"


def test_the_old_name_protects_a_group_of_another_spelling_whose_rename_is_done(scene: Any) -> None:
    scene.live("First-Line", ["a", "b"]).move("oncall", "first-line").declare("first-line", ["a"])
    (finding,) = scene.judge()
    assert finding.blocking
    assert finding.message == "First-Line would have 1 member, at least 2 wanted"


def test_the_new_name_protects_a_group_whose_rename_was_not_selected(scene: Any) -> None:
    scene.rails["min_members"] = {scene.pattern("first-line"): 2}
    over = ("b", date(2026, 1, 1))
    scene.live("oncall", ["a", "b"]).move("oncall", "first-line").declare("first-line", ["a", over])
    part = select_part(scene.plan(), scene.config, scene.state, time="expired")
    (finding,) = guardrails.judge(part, scene.config, scene.state)
    assert finding.blocking
    assert finding.message == "oncall would have 1 member, at least 2 wanted"
