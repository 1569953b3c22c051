"""What to do about a write that did not succeed: the table of docs/applying.md. Pure; must not do it."""

from enum import Enum

from iamgroups.planning import Change
from iamgroups.state.fate import CallFailed, Fate
from iamgroups.state.names import fold


class Verdict(Enum):
    """What follows a failed attempt."""

    RETRY = "retry"  # send again, after a pause
    LOOK = "look"  # re-read first: the change may be in place
    FAIL = "fail"
    STOP = "stop"  # nothing else can succeed either


def judge(change: Change, failed: CallFailed, lost: bool, fresh: bool) -> Verdict:
    """Decide after a failed attempt of a change.

    `lost`: this or an earlier attempt got no answer, so that it may have been done. `fresh`: the change names
    something this run created, which IAM may not show everywhere yet.
    """
    match failed.fate:
        case Fate.THROTTLED | Fate.BUSY:
            return Verdict.RETRY
        case Fate.EXPIRED:
            return Verdict.STOP
        case Fate.UNANSWERED:
            # Sent twice, CreatePolicyVersion makes two versions; other writes are the same the second time.
            return Verdict.LOOK if _makes_version(change) else Verdict.RETRY
        case Fate.ABSENT if change.action != "create":
            return Verdict.LOOK
        case Fate.ABSENT if fresh:
            return Verdict.RETRY
    return Verdict.LOOK if lost else Verdict.FAIL


def after_look(change: Change, failed: CallFailed, lost: bool, fresh: bool) -> Verdict:
    """Decide after a re-reading that does not show the change: the reading itself may be late."""
    match failed.fate:
        case Fate.UNANSWERED | Fate.EXISTS:
            return Verdict.RETRY
        case Fate.ABSENT if change.action == "delete" or lost or fresh:
            return Verdict.RETRY
        # What was lost may be what fills the quota.
        case Fate.REFUSED if lost and failed.code == "LimitExceeded":
            return Verdict.RETRY
    return Verdict.FAIL


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
