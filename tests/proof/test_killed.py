"""Ended at any request: the next apply converges, the lock is recoverable, the journal told the truth."""

import re
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import boto3
import pytest

from iamgroups.sandbox.chaos import Lost
from iamgroups.sandbox.request_log import LoggedRequest
from tests.journals import read_journal
from tests.proof.goal import Goal
from tests.proof.story import Run, Story, story, tells_the_truth

REQUESTS = 87
SEED = 20261124
INDICES = range(1, REQUESTS + 1)
STOP_WITHIN = 6.0  # seconds
IN_FLIGHT = 10

Case = tuple[int, int]


def signalled(told: Story, index: int, number: int, answered: bool) -> tuple[Run, float]:
    """Run an apply, signal it when its request `index` arrives, and measure how long it then took."""
    since: list[float] = []
    before = len(told.serving.log.entries)

    def aim(process: "subprocess.Popen[str]") -> None:
        def hook(entry: LoggedRequest) -> None:
            if entry.number == before + index:
                process.send_signal(number)
                since.append(time.monotonic())
            if entry.number >= before + index and not answered:
                raise Lost(silent=number != signal.SIGKILL)

        told.chaos.hook = hook

    run = told.run(with_process=aim)
    assert since, f"there was no request {index}: {run.err}"
    told.chaos.hook = None
    return run, run.ended - since[0]


def converges(told: Story, goal: Goal) -> None:
    again = told.run()
    assert again.code == 0, again.err
    tells_the_truth(again)
    goal.is_reached(told)


def killed(index: int, answered: bool, goal: Goal, folder: Path) -> None:
    with story(folder, goal.size) as told:
        run, _ = signalled(told, index, signal.SIGKILL, answered)
        assert run.code == -signal.SIGKILL
        tells_the_truth(run)
        converges(told, goal)


def interrupted(index: int, number: int, answered: bool, goal: Goal, folder: Path) -> None:
    with story(folder, goal.size, latency=0.01) as told:
        run, took = signalled(told, index, number, answered)
        assert (run.code, took < STOP_WITHIN) == (130, True), (run.code, took, run.err)
        later = [entry for entry in run.log if entry.number > index]
        assert len(later) <= 2 * IN_FLIGHT
        tells_the_truth(run)
        for journal in run.journals:
            assert read_journal(journal)[-1]["event"] == "end"
        converges(told, goal)


def test_the_apply_has_at_least_60_writes(long_goal: Goal) -> None:
    assert len(long_goal.writes) >= 60
    assert long_goal.requests == REQUESTS


KILLS = [(index, answered) for index in INDICES for answered in (True, False)]
SIGNALS = [
    (index, number, answered)
    for index in INDICES
    for number in (signal.SIGINT, signal.SIGTERM)
    for answered in (True, False)
]


@pytest.mark.parametrize(("index", "answered"), Random(SEED).sample(KILLS, 6))
def test_a_sample_of_kills(index: int, answered: bool, long_goal: Goal, tmp_path: Path) -> None:
    killed(index, answered, long_goal, tmp_path)


@pytest.mark.parametrize(
    ("index", "number", "answered"), [*Random(SEED).sample(SIGNALS, 5), (REQUESTS - 1, signal.SIGINT, False)]
)
def test_a_sample_of_signals(
    index: int, number: int, answered: bool, long_goal: Goal, tmp_path: Path
) -> None:
    interrupted(index, number, answered, long_goal, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize(("index", "answered"), KILLS)
def test_killed_at_every_request(index: int, answered: bool, long_goal: Goal, tmp_path: Path) -> None:
    killed(index, answered, long_goal, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize(("index", "number", "answered"), SIGNALS)
def test_signalled_at_every_request(
    index: int, number: int, answered: bool, long_goal: Goal, tmp_path: Path
) -> None:
    interrupted(index, number, answered, long_goal, tmp_path)


def lock_in(folder: Path) -> str:
    """Return the lock of one story; moto keeps buckets for as long as the process lives."""
    return f"s3://locks/{folder.name}"


def make_bucket(told: Story) -> None:
    """Make the bucket that `settings.lock` names."""
    boto3.client(
        "s3",
        endpoint_url=told.serving.url,
        region_name="us-east-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
    ).create_bucket(Bucket="locks")


def killed_while_holding_the_lock(index: int, goal: Goal, folder: Path) -> None:
    with story(folder, goal.size, lock=lock_in(folder)) as told:
        make_bucket(told)
        run, _ = signalled(told, index, signal.SIGKILL, answered=True)
        assert run.code == -signal.SIGKILL
        tells_the_truth(run)
        second = told.run()
        if second.code == 4:
            assert second.writes == []
            found = re.search(r"unlock ([0-9a-f]+)", second.err)
            assert found, second.err
            assert told.run("unlock", found[1]).code == 0
        converges(told, goal)


@pytest.mark.parametrize("index", [12, 60])
def test_the_lock_in_s3_of_a_killed_apply_is_recoverable(index: int, long_goal: Goal, tmp_path: Path) -> None:
    killed_while_holding_the_lock(index, long_goal, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("index", range(1, REQUESTS + 1, 3))
def test_the_lock_in_s3_is_recoverable_wherever_it_dies(index: int, long_goal: Goal, tmp_path: Path) -> None:
    killed_while_holding_the_lock(index, long_goal, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_lock_in_s3_of_an_interrupted_apply_is_released(
    number: int, long_goal: Goal, tmp_path: Path
) -> None:
    with story(tmp_path, long_goal.size, latency=0.01, lock=lock_in(tmp_path)) as told:
        make_bucket(told)
        run, _ = signalled(told, 50, number, answered=True)
        assert run.code == 130
        converges(told, long_goal)
