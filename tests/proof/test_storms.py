"""Many faults at once, whole disks and silent servers: what no single cell of the matrix shows."""

import re
import resource
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.journals import read_journal
from tests.proof.goal import Goal
from tests.proof.situation import KINDS
from tests.proof.story import portrait, story, tells_the_truth
from tests.proof.test_faults import aimed, error, judged

SEEDS = range(40)
MIXED: tuple[dict[str, Any], ...] = (
    {"fault": "reset"},
    {"fault": "reset", "applied": True},
    {"fault": "error", "code": "ServiceUnavailable"},
    {"fault": "error", "code": "InternalFailure", "applied": True},
    {"fault": "error", "code": "Throttling"},
    {"fault": "error", "code": "ConcurrentModification"},
    {"fault": "slow", "seconds": 0.2},
)


def a_storm(seed: int, goal: Goal, folder: Path) -> None:
    """One write in four meets trouble, and what is new shows late."""
    rules = [{**rule, "kind": "write", "probability": 0.04} for rule in MIXED]
    with story(folder, goal.size, *rules, {"fault": "unborn", "seconds": 0.5}, seed=seed) as told:
        run = told.run()
        assert run.code == 0, run.err
        assert sum(bool(entry.faults) for entry in run.writes) >= 3
        tells_the_truth(run)
        goal.is_reached(told)


def test_one_storm_is_weathered(long_goal: Goal, tmp_path: Path) -> None:
    a_storm(0, long_goal, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("seed", SEEDS)
def test_every_storm_is_weathered(seed: int, long_goal: Goal, tmp_path: Path) -> None:
    a_storm(seed, long_goal, tmp_path)


def disk(size: int) -> Callable[["subprocess.Popen[str]"], None]:
    """Return what gives a process a disk that is full once a file has `size` bytes."""
    return lambda process: resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size)) and None


@pytest.mark.parametrize("size", [100, 400])
def test_a_full_disk_stops_it_before_the_first_write(size: int, goal: Goal, tmp_path: Path) -> None:
    with story(tmp_path, goal.size) as told:
        run = told.run(with_process=disk(size))
        assert (run.code, run.writes) == (1, []), run.err
        assert re.search(r"cannot be written: File too large.*nothing was sent", run.err, re.DOTALL), run.err
        assert told.run().code == 0
        goal.is_reached(told)


def test_a_disk_that_fills_up_midway_stops_it_and_says_so(long_goal: Goal, tmp_path: Path) -> None:
    with story(tmp_path, long_goal.size) as told:
        run = told.run(with_process=disk(15_000))
        assert run.code == 5, run.err
        assert "cannot be written: File too large" in run.out + run.err
        assert 0 < len(run.writes) < len(long_goal.writes)
        (journal,) = run.journals
        attempted = sum(record["event"] == "attempt" for record in read_journal(journal))
        assert attempted >= len(run.writes)
        assert told.run().code == 0
        long_goal.is_reached(told)


def test_an_unwritable_journal_stops_it_before_the_first_write(goal: Goal, tmp_path: Path) -> None:
    with story(tmp_path, goal.size) as told:
        run = told.run(*told.arguments, "--journal", "/proc/version/journal.jsonl")
        assert (run.code, run.writes) == (1, []), run.err
        assert "cannot be written" in run.err


def a_silence(kind: str, applied: bool, goal: Goal, folder: Path) -> None:
    """The first answer to one write never comes, and the client has to give up waiting for it."""
    folder.mkdir()
    target = goal.target(kind)
    rule = {"fault": "silence", "to": 1, "applied": applied}
    with story(folder, goal.size, *aimed((rule,), target)) as told:
        judged(told, goal, target, passes=True)


@pytest.mark.proof
@pytest.mark.parametrize("applied", [False, True], ids=["not done", "done"])
def test_an_answer_that_never_comes_is_overcome_for_every_write(
    applied: bool, goal: Goal, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(len(KINDS)) as pool:
        waiting = {kind: pool.submit(a_silence, kind, applied, goal, tmp_path / kind) for kind in KINDS}
    assert {kind: str(future.exception()) for kind, future in waiting.items() if future.exception()} == {}


@pytest.mark.proof
def test_what_somebody_undoes_at_once_does_not_show_and_is_exit_5(goal: Goal, tmp_path: Path) -> None:
    made = goal.target("AddUserToGroup")
    undone = {
        "fault": "change",
        "operations": ["GetAccountAuthorizationDetails"],
        "nth": [3],
        "calls": [{"operation": "RemoveUserFromGroup", "params": dict(made.params)}],
    }
    with story(tmp_path, goal.size, undone) as told:
        run = told.run()
        assert run.code == 5
        assert f"membership/{made.params['GroupName']}/{made.params['UserName']}" in run.out
        told.calm()
        assert told.run().code == 0
        assert portrait(told.iam) == goal.portrait


@pytest.mark.proof
@pytest.mark.parametrize("rate", [5, 20])
def test_nothing_is_lost_to_a_token_bucket(rate: int, long_goal: Goal, tmp_path: Path) -> None:
    bucket = {"fault": "throttle", "kind": "write", "rate": rate, "burst": rate}
    with story(tmp_path, long_goal.size, bucket) as told:
        run = told.run()
        assert run.code == 0, run.err
        tells_the_truth(run)
        long_goal.is_reached(told)


def test_a_refusal_midway_leaves_a_clear_partial_result(long_goal: Goal, tmp_path: Path) -> None:
    rule = {**error("LimitExceeded", 99), "operations": ["AddUserToGroup"], "from": 10}
    with story(tmp_path, long_goal.size, rule) as told:
        run = told.run(*told.arguments, "--format", "json")
        assert run.code == 5
        assert '"LimitExceeded"' in run.out
        tells_the_truth(run)
        told.calm()
        assert told.run().code == 0
        long_goal.is_reached(told)
