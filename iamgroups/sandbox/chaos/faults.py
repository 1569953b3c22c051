"""Faults of one call: throttled, refused, lost, late. Must not depend on what the account holds."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.trouble import Lost, Trouble
from iamgroups.sandbox.log import Entry
from iamgroups.sandbox.refusal import IamError
from iamgroups.state.call import Call


class Fault(Protocol):
    """What a rule does with the calls it meets."""

    def meet(self, entry: Entry, account: StrictIam, trouble: Trouble) -> bool:
        """Add to the trouble of a call that the rule picked; tell whether there was any to add."""
        ...

    def writing(self, entry: Entry, account: StrictIam) -> None:
        """Be told of every write, right before it is done."""


class Once:
    """A fault that writes do not concern."""

    def writing(self, entry: Entry, account: StrictIam) -> None:
        """Do nothing."""


class Throttle(Once):
    """A token bucket: `rate` calls a second, `burst` at once."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._rate: float = rule["rate"]
        self._burst: float = rule.get("burst", max(1, rule["rate"]))
        self._tokens = float(self._burst)
        self._filled = time.monotonic()

    def meet(self, entry: Entry, account: StrictIam, trouble: Trouble) -> bool:
        """Refuse when the bucket is empty."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            trouble.end = IamError("Throttling", "Rate exceeded")
            return True
        self._tokens -= 1
        return False


class Refuse(Once):
    """Any error; `applied`: the call was done all the same, as behind a 500."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        message = rule.get("message", "The embedded IAM was told to refuse this call.")
        self._error = (rule["code"], message, rule.get("status"))
        self._applied = rule.get("applied", False)

    def meet(self, entry: Entry, account: StrictIam, trouble: Trouble) -> bool:
        """Refuse."""
        trouble.end, trouble.applied = IamError(*self._error), self._applied
        return True


class Lose(Once):
    """The answer gets lost: the connection is reset, or stays open for ever."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._silent = rule["fault"] == "silence"
        self._applied = rule.get("applied", False)

    def meet(self, entry: Entry, account: StrictIam, trouble: Trouble) -> bool:
        """Lose it."""
        trouble.end, trouble.applied = Lost(self._silent), self._applied
        return True


class Slow(Once):
    """The answer comes late."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._seconds: float = rule["seconds"]

    def meet(self, entry: Entry, account: StrictIam, trouble: Trouble) -> bool:
        """Delay it."""
        trouble.delay += self._seconds
        return True


class Change(Once):
    """Somebody else changes the account just before."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._calls = [Call(call["operation"], call["params"]) for call in rule["calls"]]

    def meet(self, entry: Entry, account: StrictIam, trouble: Trouble) -> bool:
        """Let them."""
        trouble.others.extend(self._calls)
        return True
