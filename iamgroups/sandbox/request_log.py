"""What the sandbox was asked and what came of it: the server's side of every story."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from iamgroups.sandbox.account import StrictIam

SOMEBODY_ELSE = "somebody else"


@dataclass
class LoggedRequest:
    """One request. `number` counts arrivals from 1.

    `status` and `code`: what was answered; None when the connection was dropped or is still open. `applied`:
    the place among the writes that were done, from 1; None when it was refused or lost before. `faults`: the
    rules of a chaos file that it met. Nobody sent an entry whose `caller` is `SOMEBODY_ELSE`.
    """

    number: int
    service: str
    operation: str
    params: Mapping[str, Any]
    account: str = ""
    caller: str = ""
    status: int | None = None
    code: str = ""
    applied: int | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        """Tell whether the operation may change anything."""
        return not self.operation.startswith(("Get", "List", "Head", "AssumeRole"))


@dataclass
class Log:
    """Every request so far. Safe to use from several threads."""

    entries: list[LoggedRequest] = field(default_factory=list)
    _arrived: int = 0
    _lock: Lock = field(default_factory=Lock)

    def arrived(self, service: str, operation: str, params: Mapping[str, Any]) -> LoggedRequest:
        """Note a request and give it its number."""
        with self._lock:
            self._arrived += 1
            entry = LoggedRequest(self._arrived, service, operation, params)
            self.entries.append(entry)
            return entry

    def requests(self) -> Counter[str]:
        """Count the requests that came in, by operation."""
        return Counter(entry.operation for entry in list(self.entries) if entry.caller != SOMEBODY_ELSE)

    def writes(self) -> list[LoggedRequest]:
        """Return the IAM writes that were done, in the order they were done."""
        done = [
            entry for entry in list(self.entries) if entry.applied and entry.writes and entry.service == "iam"
        ]
        return sorted(done, key=lambda entry: entry.applied or 0)

    def clear(self) -> None:
        """Forget every entry; numbers go on."""
        with self._lock:
            self.entries.clear()


def replay(start: StrictIam, log: Log) -> Iterator[tuple[LoggedRequest, StrictIam]]:
    """Yield every write done in `start`'s account and that account right after it; `start` is untouched."""
    iam = start.copy()
    for entry in log.writes():
        if entry.account == iam.account_id:
            iam.call(entry.operation, entry.params)
            yield entry, iam
