"""Prove an apply: what it changed shows in a new reading of the account. Must not read it itself."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from queue import Empty, SimpleQueue

from iamgroups.applying.result import Result
from iamgroups.applying.stop import Stop
from iamgroups.planning import Change
from iamgroups.policy.meaning import same
from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    InlineUser,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.live import LiveGroup, LiveState

FIRST_PAUSE = 1.0  # seconds; each further one is twice as long
TICK = 0.2


def unproven(changes: Iterable[Change], live: LiveState) -> tuple[Change, ...]:
    """Return the changes that do not show; what could not be read does not show."""
    return tuple(change for change in changes if _shows(change, live) is not (change.action != "delete"))


def prove(
    result: Result,
    read: Callable[[], LiveState],
    *,
    stop: Stop,
    limit: float = 60.0,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Read the account until all that was done shows, for at most `limit` seconds; usually once.

    Returns the result with what does not show. Raises whatever `read` raises.
    """
    left = tuple(change for change, _ in result.having("done", "already"))
    deadline, pause = now() + limit, FIRST_PAUSE
    while left and not stop.reason:
        live = _unless_stopped(read, stop)
        if live is None:
            break
        left = unproven(left, live)
        if not left or now() >= deadline:
            break
        until = min(deadline, now() + pause)
        while now() < until and not stop.reason:
            sleep(TICK)
        pause *= 2
    return replace(result, unproven=left, stopped=result.stopped or stop.reason)


def _unless_stopped(read: Callable[[], LiveState], stop: Stop) -> LiveState | None:
    """Read on a thread of its own: a stop does not wait for an IAM that has fallen silent."""
    ended: SimpleQueue[LiveState | BaseException] = SimpleQueue()

    def work() -> None:
        try:
            ended.put(read())
        except BaseException as error:  # noqa: BLE001  a thread cannot raise: the caller does
            ended.put(error)

    threading.Thread(target=work, name="proof", daemon=True).start()
    while not stop.reason:
        with contextlib.suppress(Empty):
            answer = ended.get(timeout=TICK)
            if isinstance(answer, BaseException):
                raise answer
            return answer
    return None


def _shows(change: Change, live: LiveState) -> bool | None:
    """Tell whether the fact shows; None when it cannot be told."""
    match change.fact:
        case GroupFact() as fact:
            group = live.group(fact.name)
            return group is not None and (
                change.action == "delete" or (group.name, group.path) == (fact.name, fact.path)
            )
        case Attachment() as fact:
            group = _group(change, fact.group, live)
            return group is not None and _among(fact.arn, group.policies)
        case Membership() as fact:
            group = _group(change, fact.group, live)
            return group is not None and _among(fact.user, group.members)
        case InlineGroup() as fact:
            group = _group(change, fact.group, live)
            return group is not None and _among(fact.policy, group.inline)
        case Direct() as fact:
            user = live.user(fact.user)
            return user is not None and _among(fact.arn, user.policies)
        case InlineUser() as fact:
            user = live.user(fact.user)
            return user is not None and _among(fact.policy, user.inline)
        case PolicyFact() | PolicyVersionFact() as fact:
            return _policy_shows(change, fact, live)


def _group(change: Change, name: str, live: LiveState) -> LiveGroup | None:
    """Return the group by its new name, or by the one it still bears where the rename failed."""
    return live.group(name) or (live.group(change.group_now) if change.group_now else None)


def _among(name: str, names: Iterable[str] | None) -> bool | None:
    return None if names is None else name in names


def _policy_shows(change: Change, fact: PolicyFact | PolicyVersionFact, live: LiveState) -> bool | None:
    policy = live.policies.get(fact.arn)
    if policy is None:
        return False if live.local_listed else None
    if isinstance(fact, PolicyVersionFact):
        # Versions are listed only where a plan needs them; otherwise IAM's answer has to do.
        return policy.versions is not None and fact.version in policy.versions
    if change.action == "delete":
        return True
    return None if policy.document is None else same(policy.document, json.loads(fact.document))
