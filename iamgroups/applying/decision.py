"""What to do about a write that did not succeed: the table of docs/applying.md. Pure."""

from dataclasses import dataclass
from enum import Enum

from iamgroups.results.applied import Outcome
from iamgroups.state.change import Change
from iamgroups.state.failure import CallFailed, Failure
from iamgroups.state.names import fold


@dataclass(slots=True)
class Attempt:
    """A change that was started and has not ended.

    `since` is when it was first sent, `sent` when last. `lost`: some attempt got no answer: it may be done.
    `look`: next it is re-read, not sent. `last`: its time is over, only that look is left.
    """

    index: int
    change: Change
    since: float
    sent: float = 0.0
    count: int = 0
    lost: bool = False
    look: bool = False
    last: bool = False
    failed: CallFailed | None = None

    @property
    def error(self) -> CallFailed:
        """Return why it was not done yet."""
        assert self.failed is not None, "only asked after a failed attempt"
        return self.failed

    def given_up(self, why: str = "") -> Outcome:
        """Return `failed` with its last failure."""
        tries = f"; tried {self.count} times" if self.count > 1 else ""
        return Outcome(self.change, "failed", self.error.code, self.error.message + tries + why)

    def untold(self) -> Outcome:
        """Return `unknown`: it may have been done, and nothing told."""
        if self.failed is None:
            return Outcome(self.change, "unknown", message="no answer came before the apply stopped")
        return Outcome(self.change, "unknown", self.failed.code, self.failed.message)

    @property
    def waits_because(self) -> str:
        """Say in words what it waits for."""
        match self.error.failure:
            case Failure.THROTTLED:
                return f"IAM asks us to slow down ({self.error.code})"
            case Failure.UNANSWERED:
                return f"IAM does not answer ({self.error.code})"
            case Failure.ABSENT:
                return f"IAM does not show yet what {self.change.address} needs"
            case _:
                return f"IAM is busy with {self.change.address} ({self.error.code})"


class Decision(Enum):
    """What follows a failed attempt."""

    RETRY = "retry"  # send again, after a pause
    LOOK = "look"  # re-read first: the change may be in place
    FAIL = "fail"
    STOP = "stop"  # nothing else can succeed either


def decide(change: Change, failed: CallFailed, lost: bool, fresh: bool) -> Decision:
    """Decide after a failed attempt of a change.

    `lost`: this or an earlier attempt got no answer, so that it may have been done. `fresh`: the change names
    something this run created, which IAM may not show everywhere yet.
    """
    match failed.failure:
        case Failure.THROTTLED | Failure.BUSY:
            return Decision.RETRY
        case Failure.EXPIRED:
            return Decision.STOP
        case Failure.UNANSWERED:
            # Sent twice, CreatePolicyVersion makes two versions; other writes are the same the second time.
            return Decision.LOOK if _makes_version(change) else Decision.RETRY
        case Failure.ABSENT if change.action != "create":
            return Decision.LOOK
        case Failure.ABSENT if fresh:
            return Decision.RETRY
    return Decision.LOOK if lost else Decision.FAIL


def after_look(change: Change, failed: CallFailed, lost: bool, fresh: bool) -> Decision:
    """Decide after a re-reading that does not show the change: the reading itself may be late."""
    match failed.failure:
        case Failure.UNANSWERED | Failure.EXISTS:
            return Decision.RETRY
        case Failure.ABSENT if change.action == "delete" or lost or fresh:
            return Decision.RETRY
        # What was lost may be what fills the quota.
        case Failure.REFUSED if lost and failed.code == "LimitExceeded":
            return Decision.RETRY
    return Decision.FAIL


def names(change: Change) -> frozenset[str]:
    """Return the groups and customer policies a change's call names, as keys that `made` also gives."""
    params = change.call.params
    keys = [f"group/{fold(str(params['GroupName']))}"] if "GroupName" in params else []
    return frozenset([*keys, str(params["PolicyArn"])] if "PolicyArn" in params else keys)


def made(change: Change) -> tuple[str, ...]:
    """Return the keys of the groups and policies that exist under a new name once the change is done."""
    makes, created = change.fact.kind.makes, change.action == "create"
    renamed = change.action == "update" and not change.fact.kind.versioned
    return (makes.of(change.fact),) if makes and (created or renamed) else ()


def _makes_version(change: Change) -> bool:
    return change.action == "update" and change.fact.kind.versioned
