"""A lock file on this machine, where `settings.lock` names none.

The kernel releases it when its process ends, however it ends: a lock file is never stale.
"""

import contextlib
import os
import socket
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from iamgroups.applying.state_folder import make_private, state_folder
from iamgroups.errors import LockError, UsageError
from iamgroups.state.live import Account
from iamgroups.state.lock import LockRecord

POLL = 0.2  # seconds


def lock_file(account: Account) -> Path:
    """Return where applies to this account, at this endpoint, exclude each other."""
    endpoint = f"-{sha256(account.endpoint.encode()).hexdigest()[:8]}" if account.endpoint else ""
    return state_folder() / "locks" / f"{account.partition}-{account.id}{endpoint}.lock"


class FileLock:
    """A lock on this machine alone."""

    def __init__(self, path: Path, owner: str) -> None:
        self._path = path
        self._record = LockRecord(uuid.uuid4().hex, owner, socket.gethostname(), os.getpid())
        self._held: int | None = None

    @property
    def id(self) -> str:
        """Return the id of this holding."""
        return self._record.id

    @property
    def where(self) -> str:
        """Return the file."""
        return str(self._path)

    @property
    def lost(self) -> bool:
        """Tell whether somebody else may hold the lock by now; the kernel takes it from nobody."""
        return self._held is None

    def take(self, timeout: float = 0.0) -> None:
        """Take the lock, waiting up to `timeout` seconds. Raises: LockError, UsageError."""
        deadline = time.monotonic() + timeout
        while not self._try():
            left = deadline - time.monotonic()
            if left <= 0:
                holder = self._holder()
                raise LockError(f"{self._path} is locked by {holder}: wait for it (--lock-timeout)")
            time.sleep(min(POLL, left))

    def release(self) -> bool:
        """Give the lock back. The file stays: removing it could take a lock from whoever opens it now."""
        if self._held is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._held, 0)
            os.close(self._held)
            self._held = None
        return True

    def _try(self) -> bool:
        import fcntl

        taken = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            make_private(self._path.parent)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            file = os.open(self._path, flags, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.ftruncate(file, 0)
                os.write(file, replace(self._record, taken=taken).dump().encode())
            except OSError:
                os.close(file)
                raise
        except BlockingIOError:
            return False
        except OSError as error:
            raise UsageError(
                f"the lock file {self._path} cannot be written: {error.strerror}; XDG_STATE_HOME may name "
                "another folder"
            ) from error
        self._held = file
        return True

    def _holder(self) -> str:
        try:
            record = LockRecord.load(self._path.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            record = None
        return str(record) if record else "another process"
