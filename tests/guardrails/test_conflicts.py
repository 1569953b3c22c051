from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _conflict(scene: Any) -> None:
    scene.rails["conflicts"] = ((scene.pattern("approvers", 3), scene.pattern("submitters", 4)),)


def test_different_people_pass(scene: Any) -> None:
    assert scene.declare("approvers", ["a"]).declare("submitters", ["b"]).judge() == ()


def test_joining_the_second_group_blocks_at_the_line_that_names_the_person(scene: Any) -> None:
    scene.live("approvers", ["a"]).live("submitters").declare("submitters", ["b", "a"])
    (finding,) = scene.judge()
    assert finding.blocking
    assert finding.message == "a would combine approvers and submitters, which conflict"
    assert finding.positions == (scene.declared[0].members[1].position,)
    assert finding.subjects == ("membership/approvers/a", "membership/submitters/a")


def test_joining_both_at_once_blocks(scene: Any) -> None:
    (finding,) = scene.declare("approvers", ["a"]).declare("submitters", ["a"]).judge()
    assert finding.blocking
    assert len(finding.positions) == 2


def test_changing_sides_passes(scene: Any) -> None:
    scene.live("approvers", ["a"]).live("submitters").declare("approvers", []).declare("submitters", ["a"])
    assert scene.judge() == ()


def test_somebody_in_both_already_is_a_warning(scene: Any) -> None:
    (finding,) = scene.live("approvers", ["a"]).live("submitters", ["a"]).judge()
    assert not finding.blocking
    assert finding.message == "a combines approvers and submitters, which conflict"
    assert finding.positions == (scene.pattern("", 3).position,)


def test_ending_one_of_two_combinations_is_a_partial_repair(scene: Any) -> None:
    scene.live("approvers", ["a", "b"]).live("submitters", ["a", "b"]).declare("approvers", ["b"])
    (finding,) = scene.judge()
    assert not finding.blocking
    assert "b combines" in finding.message


def test_a_second_person_in_both_worsens_it(scene: Any) -> None:
    scene.live("approvers", ["a", "b"]).live("submitters", ["a"]).declare("submitters", ["a", "b"])
    blocking, warning = scene.judge()
    assert (blocking.blocking, warning.blocking) == (True, False)
    assert "b would combine" in blocking.message


def test_exchanging_one_conflict_for_another_blocks(scene: Any) -> None:
    scene.rails["conflicts"] = ((scene.pattern("x"), scene.pattern("y"), scene.pattern("z")),)
    scene.live("x", ["a"]).live("y", ["a"]).live("z").declare("y", []).declare("z", ["a"])
    (finding,) = scene.judge()
    assert finding.blocking


def test_renames_are_followed(scene: Any) -> None:
    scene.live("approvers", ["a"]).live("submitters").move("approvers", "deciders")
    scene.declare("deciders", ["a"]).declare("submitters", ["a"])
    (finding,) = scene.judge()
    assert finding.message == "a would combine deciders and submitters, which conflict"


def test_joining_while_the_other_group_is_unknown_blocks(scene: Any) -> None:
    (finding,) = scene.live("approvers", None).live("submitters").declare("submitters", ["a"]).judge()
    assert finding.blocking
    assert finding.message.startswith("cannot tell who is in approvers")


def test_an_unknown_group_is_a_warning_while_nobody_joins(scene: Any) -> None:
    (finding,) = scene.live("approvers", None).live("submitters").judge()
    assert not finding.blocking


def test_somebody_in_both_is_found_in_the_files_under_another_spelling(scene: Any) -> None:
    scene.live("approvers", ["Ann"]).live("submitters", ["Ann"]).declare("approvers", ["bob", "ann"])
    (finding,) = scene.judge()
    assert not finding.blocking
    assert finding.positions == (scene.declared[0].members[1].position,)
