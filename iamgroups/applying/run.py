"""Run a plan: one loop that starts what may start, hears what came back, and judges. Must not know threads.

Everything is decided here, on one thread. Per turn: what is ready is chosen and journalled, one commit makes
it and the answers heard so far durable, and only then is it sent. So an attempt is durable before it is sent,
and an outcome before anything that waits for it is.
"""

from heapq import heappop, heappush
from random import Random

from iamgroups.applying.journal import Journal
from iamgroups.applying.ledger import Ledger
from iamgroups.applying.order import Order
from iamgroups.applying.pace import Pace, backoff
from iamgroups.applying.port import Port
from iamgroups.applying.result import Outcome, Progress, Report, Result
from iamgroups.applying.stop import Stop
from iamgroups.applying.trial import Trial
from iamgroups.applying.verdict import Verdict, after_look, judge, made, names
from iamgroups.applying.workers import Answer, Ended, Task, Team, Unsent, Workers
from iamgroups.errors import UsageError
from iamgroups.planning import Plan
from iamgroups.state.fate import CallFailed, Fate

GRACE = 5.0  # seconds an open answer is waited for after a stop
TICK = 0.2  # seconds after which a stop is noticed at the latest
DONE = Outcome("done")
ALREADY = Outcome("already")


def unwatched(_: Progress) -> None:
    """Report to nobody."""


def apply(
    plan: Plan,
    port: Port,
    *,
    journal: Journal,
    stop: Stop,
    progress: Report = unwatched,
    concurrency: int = 10,
    retry_for: float = 120.0,
) -> Result:
    """Send every change of a plan, as concurrently as their needs allow, and say what became of each.

    `retry_for`: seconds one change is tried for. `progress` is called on the calling thread.

    Raises:
        UsageError: the journal cannot be written, and nothing was sent.
    """
    workers = Workers(port, concurrency, stop)
    run = Run(
        plan,
        workers,
        journal=journal,
        stop=stop,
        progress=progress,
        concurrency=concurrency,
        retry_for=retry_for,
        random=Random(),
    )
    try:
        return run.go()
    finally:
        workers.close()


class Run:
    """One apply. `random` is for the jitter, `team` sends and has the clock."""

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
        random: Random,
    ) -> None:
        self._plan = plan
        self._team = team
        self._journal = journal
        self._stop = stop
        self._concurrency = concurrency
        self._retry_for = retry_for
        self._random = random
        self._order = Order(plan.changes)
        self._ledger = Ledger(plan.changes, journal, progress)
        self._pace = Pace()
        self._trials: dict[int, Trial] = {}
        self._flying: set[int] = set()
        self._due: list[tuple[float, int]] = []
        self._made: set[str] = set()
        self._handed_over = False
        self._sent = 0
        self._waiting = ""

    def go(self) -> Result:
        """Run to the end, or until told to stop."""
        while self._ledger.left and not self._stop.reason:
            self._start()
            self._hear(self._team.ended(self._patience()))
        until = self._team.now() + GRACE
        while self._flying and (left := until - self._team.now()) > 0:
            self._hear(self._team.ended(min(left, TICK)))
        return self._finish()

    def _start(self) -> None:
        """Journal and send what may start now."""
        now = self._team.now()
        while self._due and self._due[0][0] <= now:
            self._order.offer(heappop(self._due)[1])
        # One call per thread may be queued ahead, so that no thread waits for the disk.
        room = self._concurrency * (2 if self._pace.free else 1)
        tasks: list[Task] = []
        while len(self._flying) < room and not self._pace.wait(now):
            index = self._order.take()
            if index is None:
                break
            self._pace.spend(now)
            self._flying.add(index)
            tasks.append(self._prepare(index, now))
        if self._commit():
            for task in tasks:
                self._handed_over = True
                self._team.start(task)
        else:
            self._hear([Ended(task, Unsent(), now) for task in tasks])

    def _prepare(self, index: int, now: float) -> Task:
        change = self._plan.changes[index]
        trial = self._trials.setdefault(index, Trial(index, change, since=now))
        trial.sent = now
        if trial.look:
            return Task(index, change.fact_now, None)
        trial.attempts += 1
        call = change.call
        self._ledger.attempt(trial, call)
        return Task(index, change.fact_now, call)

    def _commit(self) -> bool:
        """Make the journal durable; False when it cannot be, and then nothing is sent any more."""
        if self._stop.reason == "journal":
            return False
        try:
            self._journal.commit()
        except OSError as error:
            what = f"the journal {self._journal.path} cannot be written: {error.strerror}"
            if not self._handed_over:
                raise UsageError(f"{what}; nothing was sent") from error
            self._stop.request("journal", what)
            return False
        return True

    def _patience(self) -> float:
        """Return how long to wait for an answer before something else can be done."""
        now = self._team.now()
        due = self._due[0][0] - now if self._due else TICK
        return max(0.0, min(TICK, due, self._pace.wait(now) or TICK))

    def _hear(self, ended: list[Ended]) -> None:
        for task, answer, at in ended:
            self._flying.discard(task.index)
            self._order.release(task.index)
            self._judge(self._trials[task.index], answer, at)
        if ended:
            self._waiting = self._waiting if self._due or not self._pace.free else ""
            self._ledger.tell(len(self._flying), self._waiting)

    def _judge(self, trial: Trial, answer: Answer, at: float) -> None:
        self._ledger.answer(trial, answer)
        if isinstance(answer, Unsent):
            trial.attempts -= not trial.look
            return
        self._sent += not trial.look
        if isinstance(answer, CallFailed):
            self._slow_down(answer, at, trial.sent)
            (self._look_failed if trial.look else self._send_failed)(trial, answer)
            return
        self._pace.accepted(at)
        if isinstance(answer, bool):
            self._looked(trial, answer)
        else:
            self._settle(trial, DONE)

    def _slow_down(self, failed: CallFailed, at: float, sent: float) -> None:
        if failed.fate is Fate.THROTTLED:
            self._pace.throttled(at, sent)
        elif failed.fate is Fate.UNANSWERED:
            self._pace.unanswered(at, sent)
        else:
            self._pace.accepted(at)

    def _send_failed(self, trial: Trial, failed: CallFailed) -> None:
        trial.failed = failed
        trial.lost |= failed.fate is Fate.UNANSWERED
        match judge(trial.change, failed, trial.lost, self._fresh(trial)):
            case Verdict.RETRY:
                self._later(trial)
            case Verdict.LOOK:
                trial.look = True
                self._later(trial, at_once=failed.fate is not Fate.UNANSWERED)
            case Verdict.FAIL:
                self._settle(trial, trial.given_up())
            case Verdict.STOP:
                self._stop.request("credentials", failed.message)

    def _looked(self, trial: Trial, shown: bool) -> None:
        trial.look = False
        if shown == (trial.change.action != "delete"):
            self._settle(trial, DONE if trial.lost else ALREADY)
            return
        verdict = after_look(trial.change, trial.failure, trial.lost, self._fresh(trial))
        if verdict is Verdict.RETRY and not trial.last:
            self._later(trial)
        else:
            self._settle(trial, trial.given_up())

    def _look_failed(self, trial: Trial, failed: CallFailed) -> None:
        if failed.fate is Fate.EXPIRED:
            self._stop.request("credentials", failed.message)
        elif failed.fate in (Fate.THROTTLED, Fate.BUSY, Fate.UNANSWERED) and not trial.last:
            self._later(trial)
        else:
            self._settle(trial, trial.untold() if trial.lost else trial.given_up())

    def _fresh(self, trial: Trial) -> bool:
        return not self._made.isdisjoint(names(trial.change))

    def _later(self, trial: Trial, at_once: bool = False) -> None:
        """Try again after a pause; past the limit look one last time, if it may have been done."""
        now = self._team.now()
        deadline = trial.since + self._retry_for
        if at_once:
            self._order.offer(trial.index)
        elif now < deadline:
            pause = backoff(trial.attempts, self._random.random())
            heappush(self._due, (min(deadline, now + pause), trial.index))
            self._waiting = trial.waits_because
        elif trial.lost:
            trial.look = trial.last = True
            self._order.offer(trial.index)
        else:
            self._settle(trial, trial.given_up())

    def _settle(self, trial: Trial, outcome: Outcome) -> None:
        """End a change, and skip what waited for one that did not succeed."""
        del self._trials[trial.index]
        self._ledger.settle(trial.index, outcome)
        if outcome in (DONE, ALREADY):
            self._made.update(made(trial.change))
            self._order.succeeded(trial.index)
            return
        for index in self._order.failed(trial.index):
            self._ledger.settle(index, Outcome("skipped", because=trial.change.address))

    def _finish(self) -> Result:
        """Settle what a stop left open; what was never sent is only counted."""
        for trial in tuple(self._trials.values()):
            open_write = trial.index in self._flying and not trial.look
            self._sent += open_write
            if open_write or trial.lost:
                self._settle(trial, trial.untold())
            elif trial.failed is not None:
                self._settle(trial, trial.given_up("; stopped before it was tried again"))
        result = Result(self._plan, self._ledger.outcomes, self._sent, self._stop.reason, self._stop.detail)
        self._journal.write({"event": "end", "stopped": result.stopped, "counts": dict(result.counts)})
        self._commit()
        return result
