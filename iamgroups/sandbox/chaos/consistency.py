"""Faults of an account whose copies lag behind.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (eventual consistency)
"""

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.faults import Interference, Once
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.request_log import LoggedRequest
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


class _Window:
    """How long something lasts: `seconds`, or so many `calls` (of any kind)."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._calls = "calls" in rule
        self.length: float = rule["calls"] if self._calls else rule["seconds"]

    def now(self, entry: LoggedRequest) -> float:
        return entry.number if self._calls else time.monotonic()


class Stale:
    """Reads see the account as it was a window ago."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._window = _Window(rule)
        self._past: dict[str, deque[tuple[float, Store]]] = {}

    def writing(self, entry: LoggedRequest, account: StrictIam) -> None:
        """Keep the account as it is before the write, and forget what no read can see any more."""
        past = self._past.setdefault(account.account_id, deque())
        now = self._window.now(entry)
        past.append((now, account.copy().store))
        while past[0][0] < now - self._window.length:
            past.popleft()

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Show a read the oldest state that still held a window ago."""
        since = self._window.now(entry) - self._window.length
        past = () if entry.writes else self._past.get(account.account_id, ())
        interference.seen = next((StrictIam.of(store) for until, store in past if until >= since), None)
        return interference.seen is not None


class Unborn:
    """What was created within the window is not there yet for any other call."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._window = _Window(rule)
        self._born: dict[tuple[str, str], float] = {}

    def writing(self, entry: LoggedRequest, account: StrictIam) -> None:
        """Note what is being created, if its name is free."""
        key = _making(entry, account)
        if key and not _exists(key, account.store):
            self._born[key] = self._window.now(entry)

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Refuse what names something too young."""
        for parameter in ("GroupName", "UserName", "PolicyArn"):
            named = (parameter, _key(parameter, entry.params))
            if named == _making(entry, account) or named not in self._born:
                continue
            if self._window.now(entry) - self._born[named] <= self._window.length:
                interference.end = IamError("NoSuchEntity", f"{entry.params[parameter]} cannot be found.")
        return interference.end is not None


def _making(entry: LoggedRequest, account: StrictIam) -> tuple[str, str] | None:
    """Return what a call creates: the parameter that will name it, and its key in the store."""
    match entry.operation:
        case "CreateGroup":
            return "GroupName", _key("GroupName", entry.params)
        case "UpdateGroup" if "NewGroupName" in entry.params:
            return "GroupName", _key("NewGroupName", entry.params)
        case "CreateUser":
            return "UserName", _key("UserName", entry.params)
        case "CreatePolicy":
            path, name = entry.params.get("Path", "/"), entry.params.get("PolicyName", "")
            return "PolicyArn", account.store.arn("policy", path, name)
    return None


def _key(parameter: str, params: Mapping[str, Any]) -> str:
    value = str(params.get(parameter, ""))
    return value if parameter == "PolicyArn" else fold(value)


def _exists(key: tuple[str, str], store: Store) -> bool:
    places: Mapping[str, Mapping[str, Any]] = {
        "GroupName": store.groups,
        "UserName": store.users,
        "PolicyArn": store.policies,
    }
    return key[1] in places[key[0]]


class Overlap(Once):
    """Two calls at once on one group or user: the second is refused."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._seconds: float = rule["seconds"]
        self._busy: set[tuple[str, str]] = set()

    def meet(self, entry: LoggedRequest, account: StrictIam, interference: Interference) -> bool:
        """Refuse while another call is at work there; otherwise take so long."""
        name = "GroupName" if "GroupName" in entry.params else "UserName"
        key = (account.account_id, f"{name}/{fold(str(entry.params.get(name, '')))}")
        if key in self._busy:
            interference.end = IamError("ConcurrentModification", "Another request is changing this entity.")
            return True
        self._busy.add(key)
        interference.delay += self._seconds
        interference.afterwards.append(lambda: self._busy.discard(key))
        return False
