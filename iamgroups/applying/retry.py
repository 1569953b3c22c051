"""What happens to each change under way: settled, sent again later, or read again.

The table of docs/applying.md is in `decision`; here its decisions are carried out.
"""

from heapq import heappop, heappush
from random import Random

from iamgroups.applying.decision import Attempt, Decision, after_look, decide, made, names
from iamgroups.applying.outcomes import Outcomes
from iamgroups.applying.pace import Pace, backoff
from iamgroups.applying.schedule import Schedule
from iamgroups.applying.stop import Stop
from iamgroups.applying.workers import Answer, Unsent
from iamgroups.results.applied import Outcome
from iamgroups.state.change import Change
from iamgroups.state.failure import CallFailed, Failure


class Retries:
    """The changes that were started and have not ended. `sent` counts write requests that left."""

    def __init__(
        self,
        schedule: Schedule,
        outcomes: Outcomes,
        pace: Pace,
        *,
        stop: Stop,
        retry_for: float,
        random: Random,
    ) -> None:
        self._schedule = schedule
        self._outcomes = outcomes
        self._pace = pace
        self._stop = stop
        self._retry_for = retry_for
        self._random = random
        self._open: dict[int, Attempt] = {}
        self._due: list[tuple[float, int]] = []
        self._made: set[str] = set()
        self.sent = 0
        self.waiting = ""

    def of(self, index: int, change: Change, now: float) -> Attempt:
        """Return the attempt of a change that is about to be sent or looked at."""
        attempt = self._open.setdefault(index, Attempt(index, change, since=now))
        attempt.sent = now
        return attempt

    def due(self, now: float) -> float | None:
        """Make ready what has paused long enough; return when the next has, None when none pauses."""
        while self._due and self._due[0][0] <= now:
            self._schedule.offer(heappop(self._due)[1])
        return self._due[0][0] if self._due else None

    @property
    def paused(self) -> bool:
        """Tell whether any change waits to be tried again."""
        return bool(self._due)

    def answered(self, index: int, answer: Answer, at: float) -> None:
        """Judge an answer that came at a time."""
        attempt = self._open[index]
        self._outcomes.answer(attempt, answer)
        if isinstance(answer, Unsent):
            attempt.count -= not attempt.look
            return
        self.sent += not attempt.look
        if isinstance(answer, CallFailed):
            self._pace.failed(answer.failure, at, attempt.sent)
            (self._look_failed if attempt.look else self._send_failed)(attempt, answer, at)
            return
        self._pace.accepted(at)
        if isinstance(answer, bool):
            self._looked(attempt, answer, at)
        else:
            self._settle(attempt, Outcome(attempt.change, "done"))

    def abandon(self, flying: set[int]) -> None:
        """Settle what a stop left open; what was never sent is not touched. `flying`: no answer came."""
        for attempt in tuple(self._open.values()):
            open_write = attempt.index in flying and not attempt.look
            self.sent += open_write
            if open_write or attempt.lost:
                self._settle(attempt, attempt.untold())
            elif attempt.failed is not None:
                self._settle(attempt, attempt.given_up("; stopped before it was tried again"))

    def _send_failed(self, attempt: Attempt, failed: CallFailed, now: float) -> None:
        attempt.failed = failed
        attempt.lost |= failed.failure is Failure.UNANSWERED
        match decide(attempt.change, failed, attempt.lost, self._fresh(attempt)):
            case Decision.RETRY:
                self._later(attempt, now)
            case Decision.LOOK:
                attempt.look = True
                # An answer that was lost may be of a write that is still being made.
                if failed.failure is Failure.UNANSWERED:
                    self._later(attempt, now)
                else:
                    self._schedule.offer(attempt.index)
            case Decision.FAIL:
                self._settle(attempt, attempt.given_up())
            case Decision.STOP:
                self._stop.request("credentials", failed.message)

    def _looked(self, attempt: Attempt, shown: bool, now: float) -> None:
        attempt.look = False
        if shown == (attempt.change.action != "delete"):
            self._settle(attempt, Outcome(attempt.change, "done" if attempt.lost else "already"))
            return
        decision = after_look(attempt.change, attempt.error, attempt.lost, self._fresh(attempt))
        if decision is Decision.RETRY and not attempt.last:
            self._later(attempt, now)
        else:
            self._settle(attempt, attempt.given_up())

    def _look_failed(self, attempt: Attempt, failed: CallFailed, now: float) -> None:
        if failed.failure is Failure.EXPIRED:
            self._stop.request("credentials", failed.message)
        elif failed.failure in (Failure.THROTTLED, Failure.BUSY, Failure.UNANSWERED) and not attempt.last:
            self._later(attempt, now)
        else:
            self._settle(attempt, attempt.untold() if attempt.lost else attempt.given_up())

    def _fresh(self, attempt: Attempt) -> bool:
        return not self._made.isdisjoint(names(attempt.change))

    def _later(self, attempt: Attempt, now: float) -> None:
        """Try again after a pause; past the limit look one last time, if it may have been done."""
        deadline = attempt.since + self._retry_for
        if now < deadline:
            pause = backoff(attempt.count, self._random.random())
            heappush(self._due, (min(deadline, now + pause), attempt.index))
            self.waiting = attempt.waits_because
        elif attempt.lost:
            attempt.look = attempt.last = True
            self._schedule.offer(attempt.index)
        else:
            self._settle(attempt, attempt.given_up())

    def _settle(self, attempt: Attempt, outcome: Outcome) -> None:
        """End a change, and skip what waited for one that did not succeed."""
        del self._open[attempt.index]
        self._outcomes.settle(attempt.index, outcome)
        if outcome.succeeded:
            self._made.update(made(attempt.change))
            self._schedule.succeeded(attempt.index)
            return
        for index in self._schedule.failed(attempt.index):
            self._outcomes.skip(index, attempt.change.address)
