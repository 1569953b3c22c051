"""A lock in S3, by conditional writes: two applies on any two machines never overlap. Must not guess.

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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from iamgroups.errors import AccountError, LockError, UsageError
from iamgroups.iam.fates import account_error, call_failed
from iamgroups.iam.transport import Transport
from iamgroups.state.fate import CallFailed
from iamgroups.state.lock import LockRecord

LEASE = 60  # seconds
CLOCK_STEP = 2.0  # seconds: S3 tells whole ones
MAX_BYTES = 65_536
POLL = 2.0  # seconds between looks at a lock that somebody else holds
CONDITION_FAILED = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409", "NoSuchKey", "404")
# A suspended machine's monotonic clock stands still, its boot clock does not.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)


def _now() -> float:
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)


@dataclass(frozen=True, slots=True)
class Found:
    """The lock object as S3 has it; `age` in seconds since its last renewal."""

    text: str
    etag: str
    age: float

    @property
    def record(self) -> LockRecord | None:
        """Who holds it; None when the object is not a lock."""
        return LockRecord.load(self.text)

    def held_by(self, lock_id: str) -> bool:
        """Tell whether the lock is held under this id."""
        return (record := self.record) is not None and record.id == lock_id and not record.released


class LockObject:
    """One S3 object, read and written on conditions."""

    def __init__(self, transport: Transport, where: str) -> None:
        parts = urlsplit(where)
        key = parts.path.lstrip("/")
        if parts.scheme != "s3" or not parts.netloc or not key:
            raise UsageError(f"settings.lock {where} is not s3://bucket/key")
        self.where = where
        self._transport = transport
        self._name = {"Bucket": parts.netloc, "Key": key}

    def read(self, limit: float | None = None) -> Found | None:
        """Return the object, None when there is none. Raises: AccountError."""
        try:
            answer = self._transport.until_answered("GetObject", self._name, "s3", limit)
        except CallFailed as failed:
            if failed.code in ("NoSuchKey", "404"):
                return None
            raise account_error(failed) from failed
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        now = parsedate_to_datetime(told) if told else datetime.now(UTC)
        return Found(_text(answer["Body"]), answer["ETag"], (now - answer["LastModified"]).total_seconds())

    def write(
        self, record: LockRecord, condition: Mapping[str, str], limit: float | None = None
    ) -> str | None:
        """Write the record on a condition; return the ETag, None when somebody else's write came first.

        An answer may get lost: what is found under our own id is ours. Raises: AccountError.
        """
        body = record.dump()
        for _ in range(3):
            params = {**self._name, "Body": body.encode(), "ContentType": "application/json", **condition}
            try:
                return str(self._transport.until_answered("PutObject", params, "s3", limit)["ETag"])
            except CallFailed as failed:
                if failed.code not in CONDITION_FAILED:
                    raise account_error(failed) from failed
            found = self.read(limit)
            if found is None:
                return None
            if found.text == body:
                return found.etag
            if not found.held_by(record.id):
                return None
            condition = {"IfMatch": found.etag}
        return None


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

    def take(self, timeout: float = 0.0, on_lost: Callable[[], None] | None = None) -> None:
        """Take the lock, waiting up to `timeout` seconds. Raises: LockError, AccountError."""
        self._record = replace(self._record, taken=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        try:
            self._wait(timeout)
        except (KeyboardInterrupt, AccountError):
            # The object may be ours already: the answer that says so is what was not waited for.
            self.release()
            raise
        self._renewing = threading.Thread(target=self._renew, args=(on_lost,), daemon=True)
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
        while not self._put({"IfNoneMatch": "*"}):
            found = self._object.read()
            if found is None:
                continue
            if (holder := found.record) is None:
                raise LockError(f"{self.where} holds something that is not a lock: move it away")
            if not holder.released and found.age <= holder.lease + CLOCK_STEP:
                return holder
            if self._put({"IfMatch": found.etag}):
                return None
        return None

    def _put(self, condition: Mapping[str, str]) -> bool:
        """Write our record; False when somebody else's write came first."""
        began = _now()
        etag = self._object.write(self._record, condition, limit=self._record.lease / 3)
        if etag is not None:
            self._etag, self._good_until = etag, began + self._record.lease
        return etag is not None

    def _renew(self, on_lost: Callable[[], None] | None) -> None:
        """Renew until the lock is released or lost; a failing S3 is asked again while the lease lasts."""
        while not self._ended.wait(self._record.lease / 3):
            self._record = replace(self._record, renewals=self._record.renewals + 1)
            try:
                if not self._put({"IfMatch": self._etag}):
                    self._good_until = 0.0
            except AccountError:
                continue
            finally:
                if self.lost and not self._ended.is_set():
                    self._ended.set()
                    if on_lost is not None:
                        on_lost()


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


def _text(body: Any) -> str:
    """Read a streamed body. Raises: AccountError when it breaks off."""
    from botocore.exceptions import BotoCoreError

    try:
        return str(body.read(MAX_BYTES).decode("utf-8", "replace"))
    except BotoCoreError as error:
        raise account_error(call_failed("GetObject", error)) from error
