"""Calls that run at once: how they end, and who hears a signal meanwhile."""

import signal
import threading
from collections.abc import Callable

import pytest

from iamgroups.iam.parallel import both, within

Wait = Callable[[Callable[[], None]], object]


@pytest.mark.parametrize(
    "wait",
    [lambda task: within(60, task), lambda task: both(task, lambda: None)],
    ids=["within", "both"],
)
def test_a_signal_that_does_not_wake_who_waits_is_heard_all_the_same(wait: Wait) -> None:
    heard, ended = threading.Event(), threading.Event()

    def hear_nothing_for_long() -> None:
        # It interrupts the waiting of the thread that it is sent to, which is not the main one here.
        signal.raise_signal(signal.SIGINT)
        heard.wait(30)
        ended.set()

    with pytest.raises(KeyboardInterrupt):
        wait(hear_nothing_for_long)
    assert not ended.is_set()
    heard.set()


def test_a_task_that_takes_too_long_is_given_up() -> None:
    hold = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.0, lambda: hold.wait(30))
    hold.set()
