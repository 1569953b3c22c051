"""The journal: what was sent and what came of it, durable before anything depends on it.

JSON lines (schemas/journal.schema.json), append-only: a header, then per attempt `attempt` and `answer`,
`look` for a re-reading, `settled` once per change that ended, `end` last. An `attempt` without an `answer`
may or may not have been done.
"""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from iamgroups import __version__
from iamgroups.applying.state_folder import make_private, state_folder
from iamgroups.errors import UsageError

FORMAT_VERSION = 1
Record = Mapping[str, Any]


def default_path(account_id: str, digest: str, now: datetime) -> Path:
    """Return where a journal lies unless told otherwise: in the user's state folder."""
    return state_folder() / account_id / f"{now:%Y%m%dT%H%M%S.%fZ}-{digest[:8]}.jsonl"


def prune(account_id: str, keep: int) -> None:
    """Remove the oldest journals of an account in the state folder, but for the last `keep` of them."""
    found = sorted((state_folder() / account_id).glob("*.jsonl"))
    for path in found[: max(0, len(found) - keep)]:
        with suppress(OSError):
            path.unlink()


class Journal:
    """An open journal. `write` buffers, `commit` makes durable; both belong to one thread."""

    def __init__(
        self, path: Path, account_id: str, digest: str, clock: Callable[[], datetime] | None = None
    ) -> None:
        """Create the file (mode 0600) and make its header durable.

        Raises:
            UsageError: it exists already, or cannot be written.
        """
        self.path = path
        self._clock = clock or (lambda: datetime.now(UTC))
        self._lines: list[str] = []
        self.write(
            {
                "event": "header",
                "format_version": FORMAT_VERSION,
                "account": account_id,
                "plan": digest,
                "version": __version__,
            }
        )
        if path.exists():
            raise UsageError(
                f"{path} exists: a journal is never overwritten; name another file with --journal"
            )
        try:
            make_private(path.parent)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            self.commit()
            _sync_folder(path.parent)
        except OSError as error:
            self.close()
            raise _unwritable(path, error) from error

    def write(self, record: Record) -> None:
        """Append a record to what the next `commit` makes durable."""
        time = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._lines.append(json.dumps({"time": time, **record}, separators=(",", ":")) + "\n")

    def commit(self) -> None:
        """Make every record durable.

        Raises:
            OSError: they may not be (a full disk); nothing must depend on them.
        """
        if not self._lines:
            return
        left = "".join(self._lines).encode()
        self._lines.clear()
        while left:
            left = left[os.write(self._file, left) :]
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file; what was not committed is lost."""
        os.close(self._file)


def _unwritable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"the journal {path} cannot be written: {error.strerror}; nothing was sent. "
        "Free the disk or name another file with --journal"
    )


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened, nor need it be
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
