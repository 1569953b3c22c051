"""Run a plan: one loop that starts what may start, hears what came back, and decides what follows.

Only this thread decides. Per turn: what is ready is chosen and journalled, one commit makes
it and the answers heard so far durable, and only then is it sent. So an attempt is durable before it is sent,
and an outcome before anything that waits for it is.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

from iamgroups.applying.journal import Journal
from iamgroups.applying.outcomes import ApplyProgress, Outcomes, Report
from iamgroups.applying.pace import Pace
from iamgroups.applying.retry import Retries
from iamgroups.applying.schedule import Schedule
from iamgroups.applying.stop import Stop
from iamgroups.applying.workers import Ended, Iam, Task, Team, Unsent, Workers
from iamgroups.errors import UsageError
from iamgroups.planning.plan import Plan
from iamgroups.results.applied import Applied

GRACE = 5.0  # seconds an open answer is waited for after a stop
TICK = 0.2  # seconds after which a stop is noticed at the latest


def unwatched(_: ApplyProgress) -> None:
    """Report to nobody."""


def apply(
    plan: Plan,
    iam: Iam,
    *,
    journal: Journal,
    stop: Stop,
    progress: Report = unwatched,
    concurrency: int = 10,
    retry_for: float = 120.0,
    ending: Mapping[str, Any] | None = None,
) -> Applied:
    """Send every change of a plan, as concurrently as their needs allow, and say what became of each.

    `ending`: address of an inline policy that ends -> its document, for the journal.
    `retry_for`: seconds one change is tried for. `progress` is called on the calling thread.

    Raises:
        UsageError: the journal cannot be written, and nothing was sent.
    """
    workers = Workers(iam, concurrency, stop)
    run = Run(
        plan,
        workers,
        journal=journal,
        stop=stop,
        progress=progress,
        concurrency=concurrency,
        retry_for=retry_for,
        random=Random(),
        ending=ending or {},
    )
    try:
        return run.go()
    finally:
        workers.close()


class Run:
    """One apply. `team` are the threads that send, with the clock. `random` is for the jitter of pauses."""

    def __init__(
        self,
        plan: Plan,
        team: Team,
        *,
        journal: Journal,
        stop: Stop,
        progress: Report,
        concurrency: int,
        retry_for: float,
        ending: Mapping[str, Any],
        random: Random,
    ) -> None:
        self._plan = plan
        self._team = team
        self._journal = journal
        self._stop = stop
        self._concurrency = concurrency
        self._schedule = Schedule(plan.changes)
        self._outcomes = Outcomes(plan.changes, journal, progress, ending)
        self._pace = Pace()
        self._retries = Retries(
            self._schedule, self._outcomes, self._pace, stop=stop, retry_for=retry_for, random=random
        )
        self._flying: set[int] = set()
        self._has_sent = False
        self._unwritable = False

    def go(self) -> Applied:
        """Run to the end, or until told to stop."""
        while self._outcomes.left and not self._stop.reason:
            due = self._retries.due(self._team.now())
            self._start()
            self._hear(self._team.ended(self._patience(due)))
        until = self._team.now() + GRACE
        while self._flying and (left := until - self._team.now()) > 0:
            self._hear(self._team.ended(min(left, TICK)))
        return self._finish()

    def _start(self) -> None:
        """Journal and send what may start now."""
        now = self._team.now()
        # One call per thread may be queued ahead, so that no thread waits for the disk.
        room = self._concurrency * (2 if self._pace.free else 1)
        tasks: list[Task] = []
        while len(self._flying) < room and not self._pace.wait(now):
            index = self._schedule.take()
            if index is None:
                break
            self._pace.spend(now)
            self._flying.add(index)
            tasks.append(self._prepare(index, now))
        if self._commit():
            for task in tasks:
                self._has_sent = True
                self._team.start(task)
        else:
            self._hear([Ended(task, Unsent(), now) for task in tasks])

    def _prepare(self, index: int, now: float) -> Task:
        """Return the next request for a change: its write, or a look whether it is there already."""
        change = self._plan.changes[index]
        attempt = self._retries.of(index, change, now)
        if attempt.look:
            return Task(index, change.fact_now, None)
        attempt.count += 1
        call = change.call
        self._outcomes.sending(attempt, call)
        return Task(index, change.fact_now, call)

    def _commit(self) -> bool:
        """Make the journal durable; False when it cannot be, and then nothing is sent any more."""
        if self._unwritable:
            return False
        try:
            self._journal.commit()
        except OSError as error:
            what = f"the journal {self._journal.path} cannot be written: {error.strerror}"
            if not self._has_sent:
                raise UsageError(f"{what}; nothing was sent") from error
            self._unwritable = True
            self._stop.request("journal", what)
            return False
        return True

    def _patience(self, due: float | None) -> float:
        """Return how long to wait for an answer before something else can be done."""
        now = self._team.now()
        paused = TICK if due is None else due - now
        return max(0.0, min(TICK, paused, self._pace.wait(now) or TICK))

    def _hear(self, ended: list[Ended]) -> None:
        """Take in answers: `Retries` decides what follows from each."""
        for task, answer, at in ended:
            self._flying.discard(task.index)
            self._schedule.release(task.index)
            self._retries.answered(task.index, answer, at)
        if ended:
            waits = self._retries.paused or not self._pace.free
            self._outcomes.tell(len(self._flying), self._retries.waiting if waits else "")

    def _finish(self) -> Applied:
        self._retries.abandon(self._flying)
        outcomes, sent = self._outcomes.outcomes, self._retries.sent
        applied = Applied(
            self._plan, outcomes, sent, self._stop.reason, self._stop.detail, journal=str(self._journal.path)
        )
        self._journal.write({"event": "end", "stopped": applied.stopped, "counts": dict(applied.counts)})
        self._commit()
        return applied
