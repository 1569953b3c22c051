"""Prove an apply: what it changed shows in a new reading of the account."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from queue import Empty, SimpleQueue

from iamgroups.applying.stop import Stop
from iamgroups.results.applied import Applied
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState

FIRST_PAUSE = 1.0  # seconds; each further one is twice as long
TICK = 0.2


def unproven(changes: Iterable[Change], live: LiveState) -> tuple[Change, ...]:
    """Return the changes that do not show; what could not be read does not show."""
    return tuple(change for change in changes if _shows(change, live) is not (change.action != "delete"))


def prove(
    applied: Applied,
    read: Callable[[], LiveState],
    *,
    stop: Stop,
    limit: float = 60.0,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Applied:
    """Read the account until all that was done shows, for at most `limit` seconds; usually once.

    Return the same, and for each outcome whether its change shows. Raises: what `read` raises.
    """
    left = tuple(applied.made)
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
    if stop.reason:
        return replace(applied, stopped=applied.stopped or stop.reason, unproved=bool(left))
    hidden = {change.address for change in left}
    outcomes = (
        one._replace(shows=one.change.address not in hidden) if one.succeeded else one
        for one in applied.outcomes
    )
    return replace(applied, outcomes=tuple(outcomes))


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
    """Tell whether the fact shows; None when it cannot be told.

    Its group is looked for under the new name, and under the one it still bears where the rename failed.
    """
    owner = change.fact.owner
    renamed = owner.kind != "group" or live.group(owner.name) is not None
    fact = change.fact if renamed else change.fact_now
    return fact.shows(live, exactly=change.action != "delete")
