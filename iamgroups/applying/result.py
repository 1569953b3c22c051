"""What became of a plan: one outcome per change, and the exit code. Must not render it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from iamgroups.applying.stop import StopReason
from iamgroups.planning import Change, Plan

Status = Literal["done", "already", "failed", "skipped", "unknown", "not_started"]


class Outcome(NamedTuple):
    """What became of one change.

    done: IAM took it. already: it was so before we came. failed: `code` and `message` say why. skipped: it
    waited for the change at `because`, which did not succeed. unknown: sent, and no answer told. not_started:
    nothing was sent when the apply stopped.
    """

    status: Status
    code: str = ""
    message: str = ""
    because: str = ""


class Progress(NamedTuple):
    """How far an apply is. `waiting` says in words why it waits, "" while it does not."""

    finished: int
    total: int
    failed: int
    skipped: int
    in_flight: int
    waiting: str


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class Result:
    """What an apply did.

    `outcomes` are in the order of `plan.changes`. `sent` counts write requests, retries included.
    `stopped` says what ended it early, "" when nothing did; `detail` why, in words. `unproven`: what is done
    and does not show when the account is read again.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    sent: int
    stopped: StopReason = ""
    detail: str = ""
    unproven: tuple[Change, ...] = ()

    @cached_property
    def counts(self) -> Counter[Status]:
        """How many changes ended with each status."""
        return Counter(outcome.status for outcome in self.outcomes)

    @property
    def interrupted(self) -> bool:
        """Whether a signal ended it."""
        return self.stopped == "signal"

    @property
    def complete(self) -> bool:
        """Whether every change is done, and nothing is known not to show."""
        return not self.unproven and self.counts["done"] + self.counts["already"] == len(self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 done, 130 after a signal, 5 a write was sent and something is left, 1 before the first write."""
        if self.interrupted:
            return 130
        if self.complete:
            return 0
        return 5 if self.sent else 1

    def having(self, *statuses: Status) -> tuple[tuple[Change, Outcome], ...]:
        """Return the changes that ended so, in plan order."""
        pairs = zip(self.plan.changes, self.outcomes, strict=True)
        return tuple((change, outcome) for change, outcome in pairs if outcome.status in statuses)
