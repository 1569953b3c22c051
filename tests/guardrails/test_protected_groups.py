from dataclasses import replace
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _protected(scene: Any) -> None:
    scene.rails["protected_groups"] = (scene.pattern("break-glass", 5),)
    scene.rails["max_removals"] = {"floor": 1000}
    scene.live("break-glass", ["a", "b", "c"], ["aws:AdministratorAccess"])


def test_adding_and_exchanging_people_passes(scene: Any) -> None:
    assert scene.declare("break-glass", ["b", "d"], ["aws:AdministratorAccess"]).judge() == ()


def test_more_policies_pass(scene: Any) -> None:
    assert scene.declare("break-glass", policies=["aws:AdministratorAccess", "aws:B"]).judge() == ()


def test_deleting_it_blocks_although_no_file_declares_it(scene: Any) -> None:
    finding, fewer = scene.remove("break-glass").judge()
    assert finding.blocking
    assert fewer.blocking
    assert finding.message == (
        "break-glass is protected: the plan deletes it and detaches aws:AdministratorAccess"
    )
    assert finding.positions == (scene.removed[0].position,)


def test_renaming_it_blocks(scene: Any) -> None:
    (finding,) = scene.move("break-glass", "glass").declare("glass").judge()
    assert finding.message == "break-glass is protected: the plan renames it to glass"


def test_renaming_it_blocks_when_the_guardrail_already_says_the_new_name(scene: Any) -> None:
    scene.rails["protected_groups"] = (scene.pattern("glass"),)
    (finding,) = scene.move("break-glass", "glass").declare("glass").judge()
    assert finding.blocking


def test_the_old_name_still_protects_after_the_rename(scene: Any) -> None:
    scene.live("glass", ["a"], ["aws:AdministratorAccess"])
    del scene.groups["break-glass"]
    scene.move("break-glass", "glass").declare("glass", [])
    (finding,) = scene.judge()
    assert finding.blocking
    assert finding.message == "glass would have 0 members, at least 1 wanted"


def test_moving_it_blocks(scene: Any) -> None:
    (finding,) = scene.declare("break-glass", path="/x/").judge()
    assert finding.message == "break-glass is protected: the plan moves it to /x/"


def test_detaching_any_policy_blocks(scene: Any) -> None:
    (finding,) = scene.declare("break-glass", policies=["aws:B"]).judge()
    assert finding.message == "break-glass is protected: the plan detaches aws:AdministratorAccess"
    assert finding.positions == (scene.declared[0].policies_position,)


def test_deleting_an_inline_policy_blocks(scene: Any) -> None:
    scene.settings = replace(scene.settings, inline_policies="delete")
    scene.live("break-glass", ["a"], inline=["extra"])
    (finding,) = scene.declare("break-glass").judge()
    assert finding.message == "break-glass is protected: the plan deletes its inline policy extra"


def test_emptying_it_blocks(scene: Any) -> None:
    (finding,) = scene.declare("break-glass", []).judge()
    assert finding.message == "break-glass would have 0 members, at least 1 wanted"


def test_its_min_members_hold_here_too(scene: Any) -> None:
    scene.rails["min_members"] = {scene.pattern("break-glass"): 3}
    findings = scene.declare("break-glass", ["a", "b"]).judge()
    assert [(finding.rule, finding.blocking) for finding in findings] == [
        ("protected_groups", True),
        ("min_members", True),
    ]


def test_an_empty_one_is_a_warning_and_filling_it_passes(scene: Any) -> None:
    scene.live("break-glass").declare("break-glass", [])
    (finding,) = scene.judge()
    assert not finding.blocking
    scene.declared.clear()
    assert scene.declare("break-glass", ["a"]).judge() == ()


def test_one_that_does_not_exist_is_a_warning(scene: Any) -> None:
    scene.groups.clear()
    (finding,) = scene.judge()
    assert not finding.blocking
    assert finding.message == "break-glass is protected, but there is no such group"


def test_members_that_could_not_be_read_are_a_warning_while_nobody_leaves(scene: Any) -> None:
    (finding,) = scene.live("break-glass", None).judge()
    assert not finding.blocking
    assert "cannot tell" in finding.message
