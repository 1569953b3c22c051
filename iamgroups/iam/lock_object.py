"""The lock as an object in S3: read, and written on conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from iamgroups.errors import AccountError, UsageError
from iamgroups.iam.errors import account_error, call_failed
from iamgroups.iam.transport import Transport
from iamgroups.state.failure import CallFailed
from iamgroups.state.lock import LockRecord

MAX_BYTES = 65_536
CONDITION_FAILED = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409", "NoSuchKey", "404")


@dataclass(frozen=True, slots=True)
class Found:
    """The lock object as S3 has it; `age` in seconds since its last renewal, 0 where S3 tells no dates."""

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
            raise self._error(failed) from failed
        text = self._text(answer["Body"])
        return Found(text, self._etag(answer), _age(answer))

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
                return self._etag(self._transport.until_answered("PutObject", params, "s3", limit))
            except CallFailed as failed:
                if failed.code not in CONDITION_FAILED:
                    raise self._error(failed) from failed
            found = self.read(limit)
            if found is None:
                return None
            if found.text == body:
                return found.etag
            if not found.held_by(record.id):
                return None
            condition = {"IfMatch": found.etag}
        return None

    def _etag(self, answer: Mapping[str, Any]) -> str:
        etag = answer.get("ETag")
        if not etag:
            raise AccountError(
                f"the lock {self.where} (settings.lock): S3 answers without an ETag. A lock needs an S3 with "
                "conditional writes"
            )
        return str(etag)

    def _text(self, body: Any) -> str:
        """Read a streamed body. Raises: AccountError when it breaks off."""
        from botocore.exceptions import BotoCoreError

        try:
            text = str(body.read(MAX_BYTES).decode("utf-8", "replace"))
            # Only at its end does botocore compare what came with what was announced.
            body.read(1)
            return text
        except BotoCoreError as error:
            raise self._error(call_failed("GetObject", error)) from error

    def _error(self, failed: CallFailed) -> AccountError:
        """Return what a person is told, with the name of the lock: S3 says no more than what it refuses."""
        told = f"the lock {self.where} (settings.lock): {failed.message}"
        return account_error(CallFailed(failed.operation, failed.failure, failed.code, told))


def _age(answer: Mapping[str, Any]) -> float:
    """Return the seconds since the object was written, by S3's clock; 0 where S3 does not tell."""
    written = answer.get("LastModified")
    if not isinstance(written, datetime):
        return 0.0
    try:
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, TypeError, ValueError):
        return 0.0
    return (_in_utc(now) - _in_utc(written)).total_seconds()


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
