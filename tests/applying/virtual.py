"""A team whose time is virtual: as many calls under way as threads, in order, nothing waits for real."""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from typing import Any

from iamgroups.applying import ApplyProgress, Journal, Stop
from iamgroups.applying.run import Run
from iamgroups.applying.workers import Answer, Ended, Iam, Task, Unsent, look_failed
from iamgroups.errors import AccountError
from iamgroups.planning.plan import Plan
from iamgroups.results.applied import Applied
from iamgroups.state.change import Change
from iamgroups.state.failure import CallFailed
from iamgroups.state.live import Account as Identity

IDENTITY = Identity("123456789012", "aws", "arn:aws:iam::123456789012:user/ops")


class VirtualTeam:
    def __init__(self, iam: Iam, threads: int, latency: Callable[[Task], float], stop: Stop) -> None:
        self._stop = stop
        self._iam = iam
        self._threads = threads
        self._latency = latency
        self._now = 0.0
        self._number = 0
        self._queue: deque[Task] = deque()
        self._under_way: list[tuple[float, int, Task, Answer]] = []
        self.at_each_start: Callable[[list[Task]], None] = lambda _tasks: None
        self.most = 0

    def now(self) -> float:
        return self._now

    def start(self, task: Task) -> None:
        self._queue.append(task)
        self._fill()

    def ended(self, timeout: float) -> list[Ended]:
        if self._stop.reason and self._queue:
            unsent = [Ended(task, Unsent(), self._now) for task in self._queue]
            self._queue.clear()
            return unsent
        if not self._under_way or self._under_way[0][0] > self._now + timeout:
            self._now += max(timeout, 1e-6)
            return []
        self._now = max(self._now, self._under_way[0][0])
        found = []
        while self._under_way and self._under_way[0][0] <= self._now:
            at, _, task, answer = heappop(self._under_way)
            found.append(Ended(task, answer, at))
        self._fill()
        return found

    def _fill(self) -> None:
        while self._queue and not self._stop.reason and len(self._under_way) < self._threads:
            task = self._queue.popleft()
            self._number += 1
            at = self._now + self._latency(task)
            heappush(self._under_way, (at, self._number, task, self._answer(task)))
            self.most = max(self.most, len(self._under_way))
            self.at_each_start([entry[2] for entry in self._under_way])

    def _answer(self, task: Task) -> Answer:
        try:
            return self._iam.shows(task.fact) if task.call is None else self._iam.send(task.call)
        except CallFailed as failed:
            return failed
        except AccountError as error:
            return look_failed(error)


def a_plan(*changes: Change) -> Plan:
    return Plan(IDENTITY, "c" * 64, changes)


class Bench:
    """Runs plans in virtual time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs = 0
        self.stop = Stop()
        self.reports: list[ApplyProgress] = []

    @property
    def journal_path(self) -> Path:
        return self._folder / f"{self._runs}.jsonl"

    def run(
        self,
        plan: Plan,
        iam: Iam,
        *,
        threads: int = 10,
        latency: Callable[[Task], float] = lambda _: 0.03,
        watch: Callable[[list[Task]], None] = lambda _: None,
        seed: int = 7,
        **options: Any,
    ) -> Applied:
        self._runs += 1
        self.stop = options.pop("stop", Stop())
        self.team = VirtualTeam(iam, threads, latency, self.stop)
        self.team.at_each_start = watch
        journal = Journal(self.journal_path, IDENTITY.id, plan.digest)
        run = Run(
            plan,
            self.team,
            journal=journal,
            stop=self.stop,
            progress=self.reports.append,
            concurrency=threads,
            retry_for=options.pop("retry_for", 120.0),
            random=Random(seed),
            ending=options.pop("ending", {}),
        )
        try:
            return run.go()
        finally:
            journal.close()
