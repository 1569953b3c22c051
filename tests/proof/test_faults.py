"""Every fault with every kind of write, through the installed command over HTTP."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from iamgroups.sandbox.request_log import LoggedRequest
from tests.proof.goal import Goal
from tests.proof.situation import KINDS
from tests.proof.story import Story, story, tells_the_truth

SAMPLE = 14
SEED = 20261124

Rule = Mapping[str, Any]


class Fault(NamedTuple):
    """Rules that meet the write they are made for; `passes`: it is overcome within one apply."""

    rules: tuple[Rule, ...]
    passes: bool = True


def error(code: str, times: int = 1, **more: Any) -> Rule:
    return {"fault": "error", "code": code, "to": times, **more}


FAULTS = {
    "throttled once": Fault((error("Throttling"),)),
    "throttled many times": Fault((error("Throttling", 6),)),
    "a token bucket": Fault(({"fault": "throttle", "rate": 2, "burst": 1},)),
    "429": Fault((error("TooManyRequests", status=429),)),
    "503": Fault((error("ServiceUnavailable"),)),
    "a burst of 503": Fault((error("ServiceUnavailable", 4),)),
    "500": Fault((error("InternalFailure"),)),
    "500, and done": Fault((error("ServiceFailure", applied=True),)),
    "500 twice, done at once": Fault((error("ServiceFailure", applied=True), error("InternalFailure"))),
    "reset before": Fault(({"fault": "reset", "to": 1},)),
    "reset after": Fault(({"fault": "reset", "to": 1, "applied": True},)),
    "reset after, then throttled": Fault(({"fault": "reset", "to": 1, "applied": True}, error("Throttling"))),
    "slow": Fault(({"fault": "slow", "seconds": 2},)),
    "busy": Fault((error("ConcurrentModification", 2),)),
    "unmodifiable for a while": Fault((error("EntityTemporarilyUnmodifiable", 2),)),
    "overlapping": Fault(({"fault": "overlap", "seconds": 0.2},)),
    "not visible yet": Fault(({"fault": "unborn", "seconds": 1.5},)),
    "reset after, and stale readings": Fault(
        ({"fault": "reset", "to": 1, "applied": True}, {"fault": "stale", "seconds": 1, "kind": "read"})
    ),
    "denied": Fault((error("AccessDenied", 99),), passes=False),
    "a quota": Fault((error("LimitExceeded", 99),), passes=False),
    "expired credentials": Fault((error("ExpiredToken", 99),), passes=False),
}
# What somebody else did cannot be told from ours, or leaves no room for it.
NOT_SHARED = ("CreateGroup", "CreatePolicy", "CreatePolicyVersion")
NAMES = ("GroupName", "UserName", "PolicyArn", "PolicyName", "NewGroupName", "VersionId")
CELLS = [(fault, kind) for fault in (*FAULTS, "somebody else did it") for kind in KINDS]


def aimed(rules: tuple[Rule, ...], target: LoggedRequest) -> list[Rule]:
    """Let rules meet one write only, by its names; those for reads stay as they are."""
    params = {name: target.params[name] for name in NAMES if name in target.params}
    return [
        rule if rule.get("kind") == "read" else {**rule, "operations": [target.operation], "params": params}
        for rule in rules
    ]


def rules_for(fault: str, target: LoggedRequest) -> tuple[list[Rule], bool]:
    if fault == "somebody else did it":
        calls = [{"operation": target.operation, "params": dict(target.params)}]
        return aimed(
            ({"fault": "change", "to": 1, "calls": calls},), target
        ), target.operation not in NOT_SHARED
    return aimed(FAULTS[fault].rules, target), FAULTS[fault].passes


def judged(told: Story, goal: Goal, target: LoggedRequest, passes: bool) -> None:
    first = told.run()
    assert any(entry.operation == target.operation for entry in first.writes)
    tells_the_truth(first)
    assert first.code == (0 if passes else 5), (first.code, first.out, first.err)
    if passes:
        goal.is_reached(told)
    told.calm()
    again = told.run()
    assert again.code == 0, again.err
    assert not (passes and again.writes)
    tells_the_truth(again)
    goal.is_reached(told)
    for policy in told.iam.store.policies.values():
        assert len(policy.versions) <= 5


def check(fault: str, kind: str, goal: Goal, folder: Path) -> None:
    target = goal.target(kind)
    rules, passes = rules_for(fault, target)
    with story(folder, goal.size, *rules) as told:
        judged(told, goal, target, passes)


@pytest.mark.parametrize(("fault", "kind"), Random(SEED).sample(CELLS, SAMPLE))
def test_a_sample_of_every_fault_with_every_write(fault: str, kind: str, goal: Goal, tmp_path: Path) -> None:
    check(fault, kind, goal, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize(("fault", "kind"), CELLS)
def test_every_fault_with_every_write(fault: str, kind: str, goal: Goal, tmp_path: Path) -> None:
    check(fault, kind, goal, tmp_path)
