from typing import Any

import pytest

ADMIN = "aws:AdministratorAccess"


@pytest.fixture(autouse=True)
def _only_break_glass(scene: Any) -> None:
    scene.rails["only_in"] = {scene.pattern(ADMIN, 11): (scene.pattern("break-glass", 11),)}


def test_the_named_group_may_hold_it_and_gain_people(scene: Any) -> None:
    scene.live("break-glass", ["a"]).declare("break-glass", ["a", "b"], [ADMIN])
    assert scene.judge() == ()


def test_any_other_group_blocks(scene: Any) -> None:
    (finding,) = scene.live("devs").declare("devs", policies=[ADMIN]).judge()
    assert finding.blocking
    assert finding.message == ("devs would hold aws:AdministratorAccess, which belongs in break-glass only")
    assert finding.positions == (scene.declared[0].policies[0].position,)


def test_a_policy_may_be_written_with_its_whole_path(scene: Any) -> None:
    scene.rails["only_in"] = {scene.pattern("local:/ops/deploy", 11): ()}
    (finding,) = scene.live("devs").declare("devs", policies=["local:ops/deploy"]).judge()
    assert finding.blocking


def test_another_group_that_had_it_is_a_warning(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a"], [ADMIN]).judge()
    assert not finding.blocking


def test_taking_it_from_the_other_group_repairs(scene: Any) -> None:
    scene.live("devs", ["a"], [ADMIN]).declare("devs", ["a"], []).declare("break-glass", ["a"], [ADMIN])
    assert scene.judge() == ()


def test_more_people_in_the_other_group_worsen_it(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a"], [ADMIN]).declare("devs", ["a", "b"]).judge()
    assert finding.blocking


def test_the_named_group_may_be_renamed(scene: Any) -> None:
    scene.live("break-glass", ["a"], [ADMIN]).move("break-glass", "glass")
    assert scene.declare("glass", ["a", "b"], [ADMIN]).judge() == ()


def test_no_group_at_all_can_be_meant(scene: Any) -> None:
    scene.rails["only_in"] = {scene.pattern(ADMIN): ()}
    (finding,) = scene.declare("break-glass", policies=[ADMIN]).judge()
    assert finding.blocking
    assert finding.message.endswith("which belongs in no group")


def test_people_who_hold_it_directly_are_a_warning(scene: Any) -> None:
    (finding,) = scene.holds("zoe", ADMIN).holds("yan", ADMIN).judge()
    assert not finding.blocking
    assert finding.message == (
        "yan and zoe hold aws:AdministratorAccess directly, which belongs in break-glass only"
    )


def test_people_joining_a_group_whose_policies_are_unknown_block(scene: Any) -> None:
    (finding,) = scene.live("devs", ["a"], None).declare("devs", ["a", "b"]).judge()
    assert finding.blocking


def test_a_policy_held_only_for_a_moment_is_held(scene: Any) -> None:
    """Two people trade places while their groups trade policies: for a moment each holds both."""
    scene.live("g1", ["ann"], ["aws:P1"]).live("g2", ["bob"], ["aws:P2"])
    scene.declare("g1", ["bob"], ["aws:P2"]).declare("g2", ["ann"], ["aws:P1"])
    moment = scene.plan().moments[0]
    name = f"aws:{moment.policy.rpartition('/')[2]}"
    scene.rails["only_in"] = {scene.pattern(name): (scene.pattern("nobody"),)}
    (said,) = [finding for finding in scene.judge() if "for a moment" in finding.message]
    assert said.blocking
    assert said.message.startswith(f"{moment.user} would hold {name} for a moment")
    assert said.subjects == (moment.until,)
