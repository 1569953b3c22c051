"""What a lock says of its holder, and what every lock can do."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LockRecord:
    """Who holds a lock: the text of the lock object or file.

    `taken` is ISO 8601, UTC; `lease` (seconds) is how long the lock outlives its last renewal, 0 when it
    ends with its process. `renewals` makes every renewal differ, and with it S3's ETag.
    """

    id: str = ""
    owner: str = ""
    host: str = ""
    pid: int = 0
    taken: str = ""
    lease: int = 0
    renewals: int = 0
    released: bool = False

    def dump(self) -> str:
        """Return the record as JSON."""
        return json.dumps({"kind": "iamgroups-lock", **asdict(self)})

    @classmethod
    def load(cls, text: str) -> "LockRecord | None":
        """Read what `dump` wrote; None for anything else."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(data, dict) or data.pop("kind", None) != "iamgroups-lock":
            return None
        known = {field.name: type(field.default) for field in fields(cls)}
        if any(type(data.get(name)) is not kind for name, kind in known.items()):
            return None
        return cls(**{name: data[name] for name in known})

    def __str__(self) -> str:
        """Say who holds the lock, for an error message; control characters are escaped."""
        told = f"{self.owner} on {self.host} (process {self.pid}) since {self.taken}, id {self.id}"
        return told.encode("unicode_escape").decode("ascii")


class Lock(Protocol):
    """A lock that one apply holds."""

    @property
    def id(self) -> str:
        """Return what `unlock` takes."""

    @property
    def where(self) -> str:
        """Return the object or file."""

    @property
    def lost(self) -> bool:
        """Tell whether somebody else may hold the lock by now: then no new call may begin."""

    def take(self, timeout: float = 0.0) -> None:
        """Take the lock, waiting up to `timeout` seconds.

        Raises: LockError, saying who holds it; AccountError or UsageError where it cannot be reached.
        """

    def release(self) -> bool:
        """Give the lock back; False when that did not work and only its lease will end it."""
