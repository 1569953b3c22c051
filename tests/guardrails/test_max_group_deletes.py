from typing import Any


def test_one_deleted_group_passes(scene: Any) -> None:
    assert scene.live("a").remove("a").judge() == ()


def test_a_second_deleted_group_blocks_and_names_both_lines(scene: Any) -> None:
    (finding,) = scene.live("a").live("b").remove("a").remove("b").judge()
    assert finding.rule == "max_group_deletes"
    assert finding.blocking
    assert finding.message == "deletes 2 groups, at most 1 at once: a and b"
    assert finding.positions == tuple(entry.position for entry in scene.removed)
    assert finding.subjects == ("group/a", "group/b")


def test_the_limit_is_a_setting(scene: Any) -> None:
    scene.rails["max_group_deletes"] = 0
    assert scene.live("a").remove("a").judge()[0].message == "deletes 1 group, at most 0 at once: a"


def test_renames_are_no_deletes(scene: Any) -> None:
    scene.rails["max_group_deletes"] = 0
    scene.live("a").live("b").move("a", "x").move("b", "y").declare("x").declare("y")
    assert len(scene.plan().changes) == 2
    assert scene.judge() == ()
