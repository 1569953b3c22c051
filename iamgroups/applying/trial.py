"""A change under way: how often it was sent and what is known of it. Must not decide."""

from dataclasses import dataclass

from iamgroups.planning import Change
from iamgroups.results.applied import Outcome
from iamgroups.state.fate import CallFailed, Fate


@dataclass(slots=True)
class Trial:
    """A change that was started and has not ended.

    `since` is when it was first sent, `sent` when last. `lost`: some attempt got no answer: it may be done.
    `look`: next it is re-read, not sent. `last`: its time is over, only that look is left.
    """

    index: int
    change: Change
    since: float
    sent: float = 0.0
    attempts: int = 0
    lost: bool = False
    look: bool = False
    last: bool = False
    failed: CallFailed | None = None

    @property
    def failure(self) -> CallFailed:
        """Return why it was not done yet."""
        assert self.failed is not None, "only asked after a failed attempt"
        return self.failed

    def given_up(self, why: str = "") -> Outcome:
        """Return `failed` with its last failure."""
        tries = f"; tried {self.attempts} times" if self.attempts > 1 else ""
        return Outcome(self.change, "failed", self.failure.code, self.failure.message + tries + why)

    def untold(self) -> Outcome:
        """Return `unknown`: it may have been done, and nothing told."""
        if self.failed is None:
            return Outcome(self.change, "unknown", message="no answer came before the apply stopped")
        return Outcome(self.change, "unknown", self.failed.code, self.failed.message)

    @property
    def waits_because(self) -> str:
        """Say in words what it waits for."""
        match self.failure.fate:
            case Fate.THROTTLED:
                return f"IAM asks us to slow down ({self.failure.code})"
            case Fate.UNANSWERED:
                return f"IAM does not answer ({self.failure.code})"
            case Fate.ABSENT:
                return f"IAM does not show yet what {self.change.address} needs"
            case _:
                return f"IAM is busy with {self.change.address} ({self.failure.code})"
