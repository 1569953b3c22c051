"""What became of an apply, as every format shows it. Must not format it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from iamgroups.planning import Change
from iamgroups.state.live import Account


class Outcome(NamedTuple):
    """What became of one change: `status` is done, already, failed, skipped, unknown or not_started.

    `message` says why it failed, `because` is the address of the change it waited for. `shows` is whether
    IAM showed it afterwards, None when that was not looked for.
    """

    change: Change
    status: str
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
    """An apply that ended. `left`: what is wanted and not in the saved plan. `stopped`: what ended it early.

    `sent` counts write requests; `exit_code` is the process's.
    """

    account: Account
    digest: str
    outcomes: Sequence[Outcome]
    exit_code: int
    sent: int = 0
    stopped: str = ""
    detail: str = ""
    journal: str = ""
    left: Sequence[Change] = ()

    @property
    def made(self) -> list[Change]:
        """Return the changes that were made."""
        return [outcome.change for outcome in self.outcomes if outcome.succeeded]

    def having(self, status: str) -> list[Outcome]:
        """Return the outcomes of one status, in plan order."""
        return [outcome for outcome in self.outcomes if outcome.status == status]

    @property
    def not_showing(self) -> list[Outcome]:
        """Return what IAM took and did not show afterwards."""
        return [outcome for outcome in self.outcomes if outcome.succeeded and outcome.shows is False]
