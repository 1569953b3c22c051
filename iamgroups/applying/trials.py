"""What becomes of each change under way: settled, tried again later, looked at. Must not send or wait.

The table of docs/applying.md is in `verdict`; here its verdicts are carried out.
"""

from heapq import heappop, heappush
from random import Random

from iamgroups.applying.ledger import Ledger
from iamgroups.applying.order import Order
from iamgroups.applying.pace import Pace, backoff
from iamgroups.applying.stop import Stop
from iamgroups.applying.trial import Trial
from iamgroups.applying.verdict import Verdict, after_look, judge, made, names
from iamgroups.applying.workers import Answer, Unsent
from iamgroups.planning import Change
from iamgroups.results.applied import Outcome
from iamgroups.state.fate import CallFailed, Fate


class Trials:
    """The changes that were started and have not ended. `sent` counts write requests that left."""

    def __init__(
        self, order: Order, ledger: Ledger, pace: Pace, *, stop: Stop, retry_for: float, random: Random
    ) -> None:
        self._order = order
        self._ledger = ledger
        self._pace = pace
        self._stop = stop
        self._retry_for = retry_for
        self._random = random
        self._open: dict[int, Trial] = {}
        self._due: list[tuple[float, int]] = []
        self._made: set[str] = set()
        self.sent = 0
        self.waiting = ""

    def of(self, index: int, change: Change, now: float) -> Trial:
        """Return the trial of a change that is about to be sent or looked at."""
        trial = self._open.setdefault(index, Trial(index, change, since=now))
        trial.sent = now
        return trial

    def due(self, now: float) -> float | None:
        """Make ready what has paused long enough; return when the next has, None when none pauses."""
        while self._due and self._due[0][0] <= now:
            self._order.offer(heappop(self._due)[1])
        return self._due[0][0] if self._due else None

    @property
    def paused(self) -> bool:
        """Tell whether any change waits to be tried again."""
        return bool(self._due)

    def answered(self, index: int, answer: Answer, at: float) -> None:
        """Judge an answer that came at a time."""
        trial = self._open[index]
        self._ledger.answer(trial, answer)
        if isinstance(answer, Unsent):
            trial.attempts -= not trial.look
            return
        self.sent += not trial.look
        if isinstance(answer, CallFailed):
            self._pace.failed(answer.fate, at, trial.sent)
            (self._look_failed if trial.look else self._send_failed)(trial, answer, at)
            return
        self._pace.accepted(at)
        if isinstance(answer, bool):
            self._looked(trial, answer, at)
        else:
            self._settle(trial, Outcome(trial.change, "done"))

    def abandon(self, flying: set[int]) -> None:
        """Settle what a stop left open; what was never sent is not touched. `flying`: no answer came."""
        for trial in tuple(self._open.values()):
            open_write = trial.index in flying and not trial.look
            self.sent += open_write
            if open_write or trial.lost:
                self._settle(trial, trial.untold())
            elif trial.failed is not None:
                self._settle(trial, trial.given_up("; stopped before it was tried again"))

    def _send_failed(self, trial: Trial, failed: CallFailed, now: float) -> None:
        trial.failed = failed
        trial.lost |= failed.fate is Fate.UNANSWERED
        match judge(trial.change, failed, trial.lost, self._fresh(trial)):
            case Verdict.RETRY:
                self._later(trial, now)
            case Verdict.LOOK:
                trial.look = True
                # An answer that was lost may be of a write that is still being made.
                if failed.fate is Fate.UNANSWERED:
                    self._later(trial, now)
                else:
                    self._order.offer(trial.index)
            case Verdict.FAIL:
                self._settle(trial, trial.given_up())
            case Verdict.STOP:
                self._stop.request("credentials", failed.message)

    def _looked(self, trial: Trial, shown: bool, now: float) -> None:
        trial.look = False
        if shown == (trial.change.action != "delete"):
            self._settle(trial, Outcome(trial.change, "done" if trial.lost else "already"))
            return
        verdict = after_look(trial.change, trial.failure, trial.lost, self._fresh(trial))
        if verdict is Verdict.RETRY and not trial.last:
            self._later(trial, now)
        else:
            self._settle(trial, trial.given_up())

    def _look_failed(self, trial: Trial, failed: CallFailed, now: float) -> None:
        if failed.fate is Fate.EXPIRED:
            self._stop.request("credentials", failed.message)
        elif failed.fate in (Fate.THROTTLED, Fate.BUSY, Fate.UNANSWERED) and not trial.last:
            self._later(trial, now)
        else:
            self._settle(trial, trial.untold() if trial.lost else trial.given_up())

    def _fresh(self, trial: Trial) -> bool:
        return not self._made.isdisjoint(names(trial.change))

    def _later(self, trial: Trial, now: float) -> None:
        """Try again after a pause; past the limit look one last time, if it may have been done."""
        deadline = trial.since + self._retry_for
        if now < deadline:
            pause = backoff(trial.attempts, self._random.random())
            heappush(self._due, (min(deadline, now + pause), trial.index))
            self.waiting = trial.waits_because
        elif trial.lost:
            trial.look = trial.last = True
            self._order.offer(trial.index)
        else:
            self._settle(trial, trial.given_up())

    def _settle(self, trial: Trial, outcome: Outcome) -> None:
        """End a change, and skip what waited for one that did not succeed."""
        del self._open[trial.index]
        self._ledger.settle(trial.index, outcome)
        if outcome.succeeded:
            self._made.update(made(trial.change))
            self._order.succeeded(trial.index)
            return
        for index in self._order.failed(trial.index):
            self._ledger.skip(index, trial.change.address)
