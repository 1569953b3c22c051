"""What an apply comes to: one outcome per change, and the exit code."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from iamgroups.planning.plan import Plan
from iamgroups.state.change import Change

OutcomeStatus = Literal["done", "already", "failed", "skipped", "unknown", "not_started"]
StopReason = Literal["", "signal", "lock", "credentials", "journal"]


class Outcome(NamedTuple):
    """What became of one change.

    done: IAM made it. already: the account had it before. failed: `code` and `message` say why. skipped: it
    depends on the change at `because`, which did not succeed. unknown: sent, without an answer. not_started:
    not sent when the apply stopped. `shows`: whether IAM showed it afterwards, None where that was not read.
    """

    change: Change
    status: OutcomeStatus
    code: str = ""
    message: str = ""
    because: str = ""
    shows: bool | None = None

    @property
    def succeeded(self) -> bool:
        """Return whether the change is made, as far as IAM's answer goes."""
        return self.status in ("done", "already")


@dataclass(frozen=True)
class Applied:
    """An apply that ended.

    `outcomes` are in the order of the plan. `sent` counts write requests, retries included. `stopped` says
    what ended it early and `detail` why, in words. `unproved`: the account could not be read afterwards.
    `left`: the account still lacks it, and the saved plan did not hold it.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...] = ()
    sent: int = 0
    stopped: StopReason = ""
    detail: str = ""
    unproved: bool = False
    journal: str = ""
    left: Sequence[Change] = ()

    @cached_property
    def counts(self) -> Counter[OutcomeStatus]:
        """How many changes ended with each status."""
        return Counter(outcome.status for outcome in self.outcomes)

    @property
    def made(self) -> list[Change]:
        """Return the changes that were made."""
        return [outcome.change for outcome in self.outcomes if outcome.succeeded]

    @property
    def not_showing(self) -> list[Outcome]:
        """Return what was made, and was not visible afterwards."""
        return [outcome for outcome in self.outcomes if outcome.succeeded and outcome.shows is False]

    @property
    def complete(self) -> bool:
        """Whether every change is made, and nothing is known to be invisible."""
        return not (self.unproved or self.not_showing) and len(self.made) == len(self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 done, 130 after a signal, 5 a write was sent and something is left, 1 before the first write."""
        if self.stopped == "signal":
            return 130
        if self.complete:
            return 0
        return 5 if self.sent or self.unproved else 1

    def having(self, status: OutcomeStatus) -> list[Outcome]:
        """Return the outcomes of one status, in the plan's order."""
        return [outcome for outcome in self.outcomes if outcome.status == status]
