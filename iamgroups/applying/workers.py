"""Threads that send what they are given and hand the answers back."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol

from iamgroups.applying.stop import Stop
from iamgroups.errors import AccountError, CredentialsError, UnreachableError
from iamgroups.state import Call, Fact
from iamgroups.state.failure import CallFailed, Failure


class Iam(Protocol):
    """One account's IAM. Used by several threads at once."""

    def send(self, call: Call) -> Mapping[str, Any]:
        """Send one attempt of one write, without retries of its own.

        Raises:
            CallFailed: it did not succeed, or no answer came.
        """

    def shows(self, fact: Fact) -> bool:
        """Read again whether the fact holds: a group at its path, a policy with its document.

        Raises:
            AccountError: it cannot be told.
        """


@dataclass(frozen=True, slots=True)
class Task:
    """One request: the write `call`, or without one the re-reading of `fact`."""

    index: int
    fact: Fact
    call: Call | None


class Unsent(NamedTuple):
    """The answer to a task that was still queued at a stop."""


Answer = Mapping[str, Any] | bool | CallFailed | Unsent


class Ended(NamedTuple):
    """A task with its answer; `at` is when it came."""

    task: Task
    answer: Answer
    at: float


class Team(Protocol):
    """Whoever sends, with the clock everything is timed by; tests bring one whose time is virtual."""

    def now(self) -> float:
        """Return seconds of a monotonic clock."""

    def start(self, task: Task) -> None:
        """Queue a task, to be sent in order as threads are free; after a stop it ends as Unsent."""

    def ended(self, timeout: float) -> list[Ended]:
        """Wait up to `timeout` seconds for an answer; return all that have come."""


class Workers:
    """A Team of daemon threads: a call that never ends cannot keep the process from ending."""

    def __init__(self, iam: Iam, threads: int, stop: Stop) -> None:
        self._iam = iam
        self._stop = stop
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._ended: SimpleQueue[Ended | BaseException] = SimpleQueue()
        self._threads = threads
        for number in range(threads):
            threading.Thread(target=self._work, name=f"apply-{number}", daemon=True).start()

    def now(self) -> float:
        """Return seconds of the monotonic clock."""
        return time.monotonic()

    def start(self, task: Task) -> None:
        """Queue a task."""
        self._tasks.put(task)

    def ended(self, timeout: float) -> list[Ended]:
        """Wait up to `timeout` seconds for an answer; return all that have come."""
        found: list[Ended] = []
        try:
            found.append(_raised(self._ended.get(timeout=timeout)))
            while True:
                found.append(_raised(self._ended.get_nowait()))
        except Empty:
            return found

    def close(self) -> None:
        """Let every thread end once the queue is empty."""
        for _ in range(self._threads):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                answer = Unsent() if self._stop.reason else self._send(task)
            except BaseException as error:  # noqa: BLE001  a thread cannot raise: the main thread does
                self._ended.put(error)
            else:
                self._ended.put(Ended(task, answer, self.now()))

    def _send(self, task: Task) -> Answer:
        try:
            return self._iam.shows(task.fact) if task.call is None else self._iam.send(task.call)
        except CallFailed as failed:
            return failed
        except AccountError as error:
            return look_failed(error)


def look_failed(error: AccountError) -> CallFailed:
    """Return a failed re-reading as a failed call, to be judged like one."""
    match error:
        case CredentialsError():
            failure = Failure.EXPIRED
        case UnreachableError():
            failure = Failure.UNANSWERED
        case _:
            failure = Failure.REFUSED
    return CallFailed("look", failure, type(error).__name__, str(error))


def _raised(ended: Ended | BaseException) -> Ended:
    if isinstance(ended, BaseException):
        raise ended
    return ended
