"""The registry, and what holds for every rule."""

import random
from typing import Any

from iamgroups.guardrails.lists import counted, listed


def busy(scene: Any, names: list[str]) -> Any:
    """Break most rules at once, in the order given."""
    for name in names:
        scene.live(name, ["a", "b"], ["aws:A"]).remove(name)
    scene.rails |= {
        "protected_groups": tuple(map(scene.pattern, ["g1", "g2"])),
        "min_members": {scene.pattern("g3"): 1},
        "forbidden_policies": (scene.pattern("aws:X"),),
        "only_in": {scene.pattern("aws:Y"): (scene.pattern("g1"),)},
        "conflicts": ((scene.pattern("n1"), scene.pattern("n2")),),
    }
    return scene.declare("n1", ["a"], ["aws:X", "aws:Y"]).declare("n2", ["a"])


def test_the_same_plan_gives_the_same_findings_in_the_same_order(scene: Any) -> None:
    names = ["g1", "g2", "g3"]
    expected = busy(scene, names).judge()
    random.Random(1).shuffle(names)
    other = busy(type(scene)(), names)
    other.removed = list(scene.removed)
    assert other.judge() == expected
    assert {finding.rule for finding in expected} == {
        "max_group_deletes", "protected_groups", "min_members", "forbidden_policies", "only_in", "conflicts"
    }  # fmt: skip


def test_blocking_findings_come_first(scene: Any) -> None:
    scene.live("old", ["a"], ["aws:X"])
    flags = [finding.blocking for finding in busy(scene, ["g1", "g2", "g3"]).judge()]
    assert flags == sorted(flags, reverse=True)
    assert not flags[-1]


def test_an_empty_plan_is_never_blocked(scene: Any) -> None:
    scene.rails |= {
        "keep_caller": True,
        "protected_groups": (scene.pattern("g1"),),
        "min_members": {scene.pattern("g1"): 5},
        "forbidden_policies": (scene.pattern("aws:A"),),
        "only_in": {scene.pattern("aws:A"): ()},
        "conflicts": ((scene.pattern("g1"), scene.pattern("g2")),),
    }
    scene.live("g1", ["a"], ["aws:A"]).live("g2", ["a"], None).live("g3", None)
    assert not scene.plan().changes
    findings = scene.judge()
    assert findings
    assert not any(finding.blocking for finding in findings)


def test_long_lists_are_cut_short_and_counted() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["b", "a"]) == "a and b"
    assert listed("abcde") == "a, b, c, d and e"
    assert listed("abcdefg") == "a, b, c, d, e, f and g"
    assert counted(1, "policy") == "1 policy"
    assert counted(3, "policy") == "3 policies"
