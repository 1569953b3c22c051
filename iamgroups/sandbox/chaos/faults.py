"""Faults of one call: throttled, refused, lost, late."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.request_log import LoggedRequest
from iamgroups.state.call import Call


class Lost(Exception):
    """No answer goes out. `silent`: the connection stays open; otherwise it is reset."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent
        super().__init__("silence" if silent else "reset")


@dataclass
class Interference:
    """What the rules do to one call.

    `delay`: seconds. `end`: how the call ends, after it was done when `applied`. `seen`: what a read
    sees. `others`: calls somebody else makes first. `afterwards`: to be called when it is over.
    """

    delay: float = 0.0
    end: IamError | Lost | None = None
    applied: bool = False
    seen: StrictIam | None = None
    others: list[Call] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)


class Fault(Protocol):
    """What a rule does with the calls it meets."""

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Say what happens to a call that the rule picked; tell whether anything does."""
        ...

    def writing(self, entry: LoggedRequest, account: StrictIam) -> None:
        """Be told of every write, right before it is done."""


class Once:
    """A fault that writes do not concern."""

    def writing(self, entry: LoggedRequest, account: StrictIam) -> None:
        """Do nothing."""


class Throttle(Once):
    """A token bucket: `rate` calls a second, `burst` at once."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._rate: float = rule["rate"]
        self._burst: float = rule.get("burst", max(1, rule["rate"]))
        self._tokens = float(self._burst)
        self._filled = time.monotonic()

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Refuse when the bucket is empty."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            interference.end = IamError("Throttling", "Rate exceeded")
            return True
        self._tokens -= 1
        return False


class Refuse(Once):
    """Any error; `applied`: the call was done all the same, as behind a 500."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        message = rule.get("message", "The embedded IAM was told to refuse this call.")
        self._error = (rule["code"], message, rule.get("status"))
        self._applied = rule.get("applied", False)

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Refuse."""
        interference.end, interference.applied = IamError(*self._error), self._applied
        return True


class Lose(Once):
    """The answer gets lost: the connection is reset, or stays open for ever."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._silent = rule["fault"] == "silence"
        self._applied = rule.get("applied", False)

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Lose it."""
        interference.end, interference.applied = Lost(self._silent), self._applied
        return True


class Slow(Once):
    """The answer comes late."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._seconds: float = rule["seconds"]

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Delay it."""
        interference.delay += self._seconds
        return True


class ConcurrentChange(Once):
    """Somebody else changes the account just before."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._calls = [Call(call["operation"], call["params"]) for call in rule["calls"]]

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Let them."""
        interference.others.extend(self._calls)
        return True
