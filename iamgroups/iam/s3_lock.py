"""A lock in S3, by conditional writes: two applies on any two machines never overlap.

The object is taken with If-None-Match and renewed, released and taken over with If-Match. Releasing leaves
an object that says nobody holds it: not every kind of bucket can delete on a condition, and so
s3:PutObject and s3:GetObject suffice. Ages are told by S3's clock alone, never by two machines' clocks.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

import os
import socket
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from iamgroups.errors import AccountError, LockError
from iamgroups.iam.lock_object import LockObject
from iamgroups.iam.transport import Transport
from iamgroups.state.lock import LockRecord

LEASE = 60  # seconds
CLOCK_STEP = 2.0  # seconds: S3 tells whole ones
CONTRADICTIONS = 5  # answers in a row that no writer explains
POLL = 2.0  # seconds between looks at a lock that somebody else holds
# A suspended Linux's monotonic clock stands still, its boot clock does not.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def _now() -> float:
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


class S3Lock:
    """A lock with a lease, renewed at a third of its life while it is held."""

    def __init__(self, transport: Transport, where: str, owner: str, lease: int = LEASE) -> None:
        self._object = LockObject(transport, where)
        self._record = LockRecord(uuid.uuid4().hex, owner, socket.gethostname(), os.getpid(), lease=lease)
        self._etag = ""
        self._good_until = 0.0
        self._ended = threading.Event()
        self._renewing: threading.Thread | None = None

    @property
    def id(self) -> str:
        """Return what `unlock` takes."""
        return self._record.id

    @property
    def where(self) -> str:
        """Return s3://bucket/key."""
        return self._object.where

    @property
    def lost(self) -> bool:
        """Tell whether somebody else may hold the lock by now."""
        return _now() >= self._good_until

    def take(self, timeout: float = 0.0) -> None:
        """Take the lock, waiting up to `timeout` seconds. Raises: LockError, AccountError."""
        self._record = replace(self._record, taken=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        try:
            self._wait(timeout)
        except (KeyboardInterrupt, AccountError):
            # The object may be ours already: the answer that says so is what was not waited for.
            self.release()
            raise
        self._renewing = threading.Thread(target=self._renew, daemon=True)
        self._renewing.start()

    def release(self) -> bool:
        """Give the lock back, even one whose taking was interrupted.

        False when it was not ours any more, or S3 is away and the lease has to end it.
        """
        self._ended.set()
        if self._renewing is not None:
            self._renewing.join(timeout=1)
        self._good_until = 0.0
        try:
            found = self._object.read(limit=1)
            if found is None or not found.held_by(self.id):
                return False
            free = replace(self._record, released=True)
            return self._object.write(free, {"IfMatch": found.etag}, limit=1) is not None
        except AccountError:
            return False

    def _wait(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while (holder := self._try()) is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise LockError(
                    f"{self.where} is locked by {holder}: wait (--lock-timeout), or, when that process is "
                    f"certainly dead, run `iamgroups unlock {holder.id}`"
                )
            time.sleep(min(POLL, left))

    def _try(self) -> LockRecord | None:
        """Try to take the lock; return who holds it, None when we do."""
        third = self._record.lease / 3
        for _ in range(CONTRADICTIONS):
            if self._put({"IfNoneMatch": "*"}, third):
                return None
            found = self._object.read(third)
            if found is None:
                continue
            if (holder := found.record) is None:
                raise LockError(
                    f"{self.where} holds something that iamgroups did not write: name another key in "
                    "settings.lock"
                )
            if not holder.released and found.age <= holder.lease + CLOCK_STEP:
                return holder
            if self._put({"IfMatch": found.etag}, third):
                return None
        raise AccountError(
            f"the lock {self.where} (settings.lock): S3 says that it is there and that it is not. A lock "
            "needs an S3 with conditional writes"
        )

    def _put(self, condition: Mapping[str, str], limit: float) -> bool:
        """Write our record, trying for `limit` seconds; False when somebody else's write came first."""
        # The lease counts from before the request left: S3 can only have counted it from later.
        began = _now()
        etag = self._object.write(self._record, condition, limit)
        if etag is not None:
            self._etag, self._good_until = etag, began + self._record.lease
        return etag is not None

    def _renew(self) -> None:
        """Renew until the lock is released or lost; a failing S3 is asked again while the lease lasts."""
        third = pause = self._record.lease / 3
        while not self._ended.wait(pause) and not self.lost:
            self._record = replace(self._record, renewals=self._record.renewals + 1)
            try:
                if not self._put({"IfMatch": self._etag}, min(third, self._good_until - _now())):
                    self._good_until = 0.0
                pause = third
            except AccountError:
                pause = min(POLL, third / 4)


def unlock(transport: Transport, where: str, lock_id: str) -> LockRecord:
    """End a dead process's hold on the lock; return who held it.

    Raises: LockError when the lock is not held under that id, AccountError.
    """
    lock = LockObject(transport, where)
    found = lock.read()
    holder = found.record if found is not None else None
    if found is None or holder is None or holder.released:
        raise LockError(f"{where} is not locked")
    # The id goes, so that the holder, should it live, finds the lock lost.
    free = LockRecord(released=True, taken=holder.taken)
    if holder.id != lock_id or lock.write(free, {"IfMatch": found.etag}) is None:
        raise LockError(f"{where} is not locked under the id {lock_id!a}, but by {holder}")
    return holder
