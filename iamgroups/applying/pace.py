"""How fast an apply may send: one rate for all calls, cut when IAM complains, growing back.

IAM's request rates are unpublished and several token buckets apply at once, so the rate is found by asking:
additive increase, multiplicative decrease, with a fast climb back to the last rate that worked.
Times are seconds of any monotonic clock; rates are requests a second.
"""

import math
from collections import deque

from iamgroups.state.failure import Failure

WINDOW = 1.0  # what was accepted in the last second is the measured rate
CUT = 0.8
TOLERATED = 0.05  # the share of throttled calls at which the rate is right: trying them again costs less
SLOWEST = 0.5
FREE = 1000.0  # faster than ten threads can send: no limit any more
CREDIT = 0.05  # a late wake-up may be made up for, no more


class Pace:
    """One account's rate; unlimited until IAM complains."""

    def __init__(self) -> None:
        self.rate = math.inf
        self._climb_to = math.inf
        self._first = math.inf
        self._next = 0.0
        self._grown = 0.0
        self._cut_at = -math.inf
        self._accepted: deque[float] = deque()
        self._throttled: deque[float] = deque()
        self._unanswered: deque[float] = deque()

    @property
    def free(self) -> bool:
        """Whether nothing limits us."""
        return self.rate == math.inf

    def wait(self, now: float) -> float:
        """Return the seconds until the next call may be sent, 0 when it may be now."""
        return 0.0 if self.free else max(0.0, self._next - now)

    def spend(self, now: float) -> None:
        """Take the slot of one call."""
        if not self.free:
            self._grow(now)
            self._next = max(self._next, now - CREDIT) + 1 / self.rate

    def accepted(self, now: float) -> None:
        """Count a call that IAM answered, with whatever answer."""
        self._first = min(self._first, now)
        _note(self._accepted, now)

    def failed(self, failure: Failure, now: float, sent: float) -> None:
        """Count a call that did not succeed; `sent` is when it was sent."""
        if failure is Failure.THROTTLED:
            self.throttled(now, sent)
        elif failure is Failure.UNANSWERED:
            self.unanswered(now, sent)
        else:
            self.accepted(now)

    def throttled(self, now: float, sent: float) -> None:
        """Slow down to what was accepted, unless the call was sent before the last time we did."""
        if sent < self._cut_at:
            return
        measured = _note(self._throttled, now)
        accepted = _recent(self._accepted, now)
        if measured > TOLERATED * (measured + accepted):
            # What a first cut measures says little; until the next one the rate doubles every second.
            first = self.free
            self._cut(now, CUT * min(self.rate, accepted / self._observed(now)))
            self._climb_to = math.inf if first else self.rate

    def unanswered(self, now: float, sent: float) -> None:
        """Slow down when calls without an answer are more than a few: one lost connection is no overload."""
        if sent < self._cut_at:
            return
        unanswered, accepted = _note(self._unanswered, now), _recent(self._accepted, now)
        if unanswered >= 3 and 2 * unanswered >= accepted:
            self._cut(now, min(self.rate, accepted / self._observed(now)) / 2)

    def _observed(self, now: float) -> float:
        return min(WINDOW, max(0.05, now - self._first))

    def _cut(self, now: float, rate: float) -> None:
        self.rate = max(SLOWEST, rate)
        self._cut_at = self._grown = now
        self._next = now + 1 / self.rate
        self._throttled.clear()
        self._unanswered.clear()

    def _grow(self, now: float) -> None:
        """Climb back fast to a rate that worked, then by 4 % a second, faster the longer nobody complains."""
        passed, self._grown = now - self._grown, now
        if self.rate < self._climb_to:
            self.rate = min(self._climb_to, self.rate * 2**passed)
        else:
            quiet = min(40.0, now - self._cut_at)
            self.rate *= math.exp(min(20.0, 0.04 * passed * 2 ** (quiet / 4)))
        if self.rate > FREE:
            self.rate = math.inf


def backoff(attempt: int, random: float) -> float:
    """Return the seconds before the next attempt: full jitter, at most 20 s. `random` is in 0..1.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    return float(random * min(20.0, 0.25 * 2**attempt))


def _note(times: "deque[float]", now: float) -> int:
    times.append(now)
    return _recent(times, now)


def _recent(times: "deque[float]", now: float) -> int:
    while times and times[0] < now - WINDOW:
        times.popleft()
    return len(times)
