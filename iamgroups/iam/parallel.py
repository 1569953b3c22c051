"""Run a few calls at once.

A ThreadPoolExecutor would: it joins its threads at exit, however long IAM takes to answer them.
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
T = TypeVar("T")

TICK = 0.2  # seconds after which a signal is noticed at the latest


def both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Run two tasks at once; return both results. Raises: as `gather`."""
    one: list[A] = []
    other: list[B] = []
    gather([lambda: one.append(first()), lambda: other.append(second())], 2)
    return one[0], other[0]


def within(seconds: float, task: Callable[[], T]) -> T:
    """Run one task for at most so many seconds. Raises: TimeoutError, and the task goes on alone."""
    ended: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def work() -> None:
        try:
            ended.put((task(), None))
        except BaseException as error:  # noqa: BLE001 - raised again below
            ended.put((None, error))

    threading.Thread(target=work, daemon=True, name="iamgroups-bounded").start()
    result, error = _next(ended, seconds)
    if error is not None:
        raise error
    return result  # type: ignore[return-value]


def gather(tasks: Sequence[Callable[[], T]], width: int) -> list[T]:
    """Run the tasks on at most `width` threads; return their results in order.

    Raises: what the first task to fail raised; no further task is begun then, and none is waited for.
    """
    if len(tasks) == 1:
        return [tasks[0]()]
    ended: SimpleQueue[tuple[int, T | None, BaseException | None]] = SimpleQueue()
    waiting: SimpleQueue[int] = SimpleQueue()
    for index in range(len(tasks)):
        waiting.put(index)
    failed = threading.Event()

    def work() -> None:
        while not failed.is_set():
            try:
                index = waiting.get_nowait()
            except Empty:
                return
            try:
                ended.put((index, tasks[index](), None))
            except BaseException as error:  # noqa: BLE001 - raised again by whoever waits below
                ended.put((index, None, error))
                return

    for _ in range(min(width, len(tasks))):
        threading.Thread(target=work, daemon=True, name="iamgroups-read").start()
    results: dict[int, T] = {}
    try:
        while len(results) < len(tasks):
            index, result, error = _next(ended)
            if error is not None:
                raise error
            results[index] = result  # type: ignore[assignment]
    finally:
        failed.set()
    return [results[index] for index in range(len(tasks))]


def _next(ended: "SimpleQueue[T]", seconds: float = math.inf) -> T:
    """Return what comes next within so many seconds. Raises: TimeoutError.

    A signal that comes just before a thread begins to wait, or to another thread, does not wake it.
    """
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        with suppress(Empty):
            return ended.get(timeout=min(TICK, left))
    raise TimeoutError
