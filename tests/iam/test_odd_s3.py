"""What calls itself S3 and is not quite: every oddity is one error, within the time allowed."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.response import StreamingBody

from iamgroups.errors import AccountError, LockError
from iamgroups.iam.s3_lock import S3Lock, unlock
from iamgroups.iam.transport import Transport
from iamgroups.state.failure import CallFailed, Failure
from iamgroups.state.lock import LockRecord

WHERE = "s3://locks/iam"
HELD = (
    LockRecord("theirs", "somebody", "elsewhere", 1, lease=60, taken="2026-01-01T00:00:00Z").dump().encode()
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def got(body: bytes = HELD, announced: int | None = None, **told: Any) -> dict[str, Any]:
    """Return what botocore answers to GetObject; a value of None is left out."""
    headers = {"date": told.pop("date", "Thu, 01 Jan 2026 00:00:00 GMT")}
    stream = StreamingBody(io.BytesIO(body), len(body) if announced is None else announced)
    whole = {"ETag": '"1"', "LastModified": datetime(2026, 1, 1, tzinfo=UTC), **told}
    answer = {key: value for key, value in whole.items() if value is not None}
    return {"Body": stream, "ResponseMetadata": {"HTTPHeaders": headers}, **answer}


class OddS3(Transport):
    """Answers every read alike and refuses every conditional write, unless told otherwise."""

    def __init__(
        self,
        read: Callable[[], Mapping[str, Any]],
        write: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
    ) -> None:
        self._read = read
        self._write = write
        self.sent = 0

    def until_answered(
        self, operation: str, params: Mapping[str, Any], service: str = "iam", limit: float | None = None
    ) -> Mapping[str, Any]:
        self.sent += 1
        assert self.sent < 100, "it never ends"
        if operation == "GetObject":
            return self._read()
        if self._write:
            return self._write(params)
        raise CallFailed(operation, Failure.REFUSED, "PreconditionFailed", "held")


def missing() -> Mapping[str, Any]:
    raise CallFailed("GetObject", Failure.ABSENT, "NoSuchKey", "not there")


def take(s3: OddS3) -> None:
    S3Lock(s3, WHERE, "us").take(timeout=0)


@pytest.mark.parametrize(
    "told",
    [
        {"LastModified": None},
        {"LastModified": "yesterday"},
        {"LastModified": datetime(2026, 1, 1)},
        {"date": "not a date"},
        {"date": ""},
        {"date": "Thu, 01 Jan 2026 00:00:00"},
        {"LastModified": datetime(2099, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
def test_a_held_lock_stays_held_whatever_dates_s3_tells(told: dict[str, Any]) -> None:
    with pytest.raises(LockError, match="is locked by somebody"):
        take(OddS3(lambda: got(**told)))


def test_a_lease_that_ended_long_ago_is_still_taken_over() -> None:
    def write(params: Mapping[str, Any]) -> Mapping[str, Any]:
        if "IfNoneMatch" in params:
            raise CallFailed("PutObject", Failure.REFUSED, "PreconditionFailed", "held")
        return {"ETag": '"2"'}

    lock = S3Lock(OddS3(lambda: got(LastModified=LONG_AGO), write), WHERE, "us")
    lock.take(timeout=0)
    assert not lock.lost
    lock.release()


@pytest.mark.parametrize("odd", [OddS3(lambda: got(ETag=None)), OddS3(missing, lambda _: {})])
def test_an_s3_without_etags_cannot_hold_a_lock(odd: OddS3) -> None:
    with pytest.raises(AccountError, match=f"{WHERE}.*ETag.*conditional writes"):
        take(odd)


def test_an_object_that_is_there_and_is_not_ends_in_an_error() -> None:
    with pytest.raises(AccountError, match="it is there and that it is not"):
        take(OddS3(missing))


@pytest.mark.parametrize("kept", [0, 1, len(HELD) // 2, len(HELD) - 1])
def test_a_lock_that_is_cut_short_is_not_called_something_else(kept: int) -> None:
    with pytest.raises(AccountError, match="the lock s3://locks/iam") as failed:
        take(OddS3(lambda: got(HELD[:kept], announced=len(HELD))))
    assert "name another key" not in str(failed.value)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"id": 7}', b"[" * 60_000, b"x" * 70_000])
def test_what_iamgroups_did_not_write_is_never_to_be_removed(body: bytes) -> None:
    with pytest.raises((LockError, AccountError)) as failed:
        take(OddS3(lambda: got(body)))
    assert "move it away" not in str(failed.value)
    with pytest.raises((LockError, AccountError)):
        unlock(OddS3(lambda: got(body)), WHERE, "theirs")
