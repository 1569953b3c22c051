"""Against moto's S3, over HTTP."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iamgroups.errors import AccessDeniedError, AccountError, LockError, UsageError
from iamgroups.iam import Connection
from iamgroups.iam.credentials import Login
from iamgroups.iam.errors import call_failed
from iamgroups.iam.lock_object import LockObject
from iamgroups.iam.s3_lock import S3Lock, _now, unlock
from iamgroups.iam.session import clients
from iamgroups.iam.shared import Shared
from iamgroups.iam.transport import Transport
from iamgroups.state.failure import CallFailed, Failure
from iamgroups.state.lock import LockRecord

WHERE = "s3://locks/team/iamgroups.lock"
OWNER = "arn:aws:sts::123456789012:assumed-role/deploy/ci"


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def transport(s3: str) -> Transport:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        environment.setenv("AWS_ENDPOINT_URL_S3", s3)
        made = clients(Login(), "us-east-1", Shared(), connections=20, timeout=5)
        made.get("s3").create_bucket(Bucket="locks")
    return Transport(made, concurrency=10, retry_for=5)


@pytest.fixture(autouse=True)
def _no_lock_yet(transport: Transport) -> None:
    transport.clients.get("s3").delete_object(Bucket="locks", Key="team/iamgroups.lock")


def content(transport: Transport) -> dict[str, Any]:
    body = transport.clients.get("s3").get_object(Bucket="locks", Key="team/iamgroups.lock")["Body"].read()
    found: dict[str, Any] = json.loads(body)
    return found


def age(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Make S3 say that every lock was renewed so many seconds ago."""
    read = LockObject.read

    def aged(self: LockObject, limit: float | None = None) -> Any:
        found = read(self, limit)
        return found and type(found)(found.text, found.etag, seconds)

    monkeypatch.setattr(LockObject, "read", aged)


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def test_a_lock_says_who_holds_it_and_is_free_after_release(transport: Transport) -> None:
    lock = S3Lock(transport, WHERE, OWNER)
    assert lock.lost
    lock.take()
    assert not lock.lost
    told = content(transport)
    assert (told["id"], told["owner"], told["pid"]) == (lock.id, OWNER, os.getpid())
    assert (told["lease"], told["released"]) == (60, False)
    other = S3Lock(transport, WHERE, "someone else")
    with pytest.raises(LockError, match=rf"{WHERE} is locked by {OWNER} on .*unlock {lock.id}"):
        other.take()
    assert lock.release()
    assert lock.lost
    assert content(transport)["released"] is True
    other.take()
    assert other.release()


def test_a_waiting_apply_takes_the_lock_when_it_is_released(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iamgroups.iam.s3_lock.POLL", 0.05)
    first, second = S3Lock(transport, WHERE, OWNER), S3Lock(transport, WHERE, OWNER)
    first.take()
    threading.Timer(0.3, first.release).start()
    second.take(timeout=20)
    assert not second.lost
    second.release()


@pytest.mark.parametrize("state", ["absent", "released", "expired"])
def test_of_many_that_race_one_wins(
    transport: Transport, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    if state != "absent":
        held = LockRecord("f" * 32, OWNER, lease=60, released=state == "released")
        assert LockObject(transport, WHERE).write(held, {"IfNoneMatch": "*"})
    locks = [S3Lock(transport, WHERE, f"racer {index}") for index in range(12)]
    if state == "expired":
        read = LockObject.read

        def aged(self: LockObject, limit: float | None = None) -> Any:
            found = read(self, limit)
            old = found is not None and '"id": "ffff' in found.text
            return type(found)(found.text, found.etag, 100.0) if found is not None and old else found

        monkeypatch.setattr(LockObject, "read", aged)
    barrier = threading.Barrier(len(locks))

    def race(lock: S3Lock) -> bool:
        barrier.wait()
        try:
            lock.take()
        except LockError:
            return False
        return True

    with ThreadPoolExecutor(len(locks)) as pool:
        won = list(pool.map(race, locks))
    assert won.count(True) == 1
    winner = locks[won.index(True)]
    assert content(transport)["id"] == winner.id
    assert winner.release()


def test_a_dead_holder_s_lock_is_taken_over_after_its_lease(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = S3Lock(transport, WHERE, "dead", lease=60)
    dead.take()
    dead._ended.set()
    for seconds in (30, 62):  # S3 tells whole seconds: 62 may be little more than 60
        age(monkeypatch, seconds)
        with pytest.raises(LockError):
            S3Lock(transport, WHERE, OWNER).take()
    age(monkeypatch, 63)
    lock = S3Lock(transport, WHERE, OWNER)
    lock.take()
    assert content(transport)["id"] == lock.id
    lock.release()


def test_renewing_keeps_the_lock_and_losing_it_is_told(transport: Transport) -> None:
    lock = S3Lock(transport, WHERE, OWNER, lease=3)
    lock.take()
    wait_for(lambda: content(transport)["renewals"] >= 3)
    assert not lock.lost
    thief = LockRecord("a" * 32, "thief", lease=60)
    transport.clients.get("s3").put_object(Bucket="locks", Key="team/iamgroups.lock", Body=thief.dump())
    wait_for(lambda: lock.lost)
    assert not lock.release()
    assert content(transport)["id"] == "a" * 32


def test_every_renewal_changes_the_etag(transport: Transport) -> None:
    lock = S3Lock(transport, WHERE, OWNER, lease=3)
    lock.take()
    first = lock._etag
    wait_for(lambda: lock._etag != first)
    assert not LockObject(transport, WHERE).write(LockRecord("b" * 32), {"IfMatch": first})
    assert lock.release()


def test_a_lock_that_cannot_be_renewed_is_lost_when_its_lease_ends(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = S3Lock(transport, WHERE, OWNER, lease=1)
    lock.take()

    def failing(*_: Any, **__: Any) -> None:
        raise AccountError("S3 is away")

    monkeypatch.setattr(LockObject, "write", failing)
    wait_for(lambda: lock.lost)
    assert not lock.release()


def test_a_renewal_that_finds_no_s3_ends_with_the_lease(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others respect the lock for its lease and no longer; neither does its holder, nor a try to renew it."""
    lock = S3Lock(transport, WHERE, OWNER, lease=3)
    lock.take()
    end, tries = lock._good_until, list[float]()

    def silent(self: LockObject, record: object, condition: object, limit: float) -> None:
        tries.append(_now() + limit)
        time.sleep(limit)
        raise AccountError("S3 is away")

    monkeypatch.setattr(LockObject, "write", silent)
    wait_for(lambda: lock.lost)
    assert len(tries) > 1
    assert max(tries) <= end + 0.05
    assert lock._renewing is not None
    lock._renewing.join(timeout=1.5)
    assert not lock._renewing.is_alive()


class LosesAnswers(Transport):
    """Every write is applied; its answer is lost, once for each body."""

    def __init__(self, inner: Transport) -> None:
        super().__init__(inner.clients, concurrency=1, retry_for=5)
        self._sent: set[bytes] = set()

    def once(self, operation: str, params: Mapping[str, Any], service: str = "iam") -> Mapping[str, Any]:
        answer = super().once(operation, params, service)
        if operation == "PutObject" and params["Body"] not in self._sent:
            self._sent.add(params["Body"])
            raise CallFailed(operation, Failure.UNANSWERED, "ReadTimeoutError", "lost")
        return answer


def test_a_refusal_that_carries_our_own_id_is_ours(transport: Transport) -> None:
    lock = S3Lock(LosesAnswers(transport), WHERE, OWNER, lease=3)
    lock.take()
    assert not lock.lost
    wait_for(lambda: content(transport)["renewals"] >= 2)
    assert not lock.lost
    assert lock.release()
    assert content(transport)["released"] is True


class Conflicts(Transport):
    """S3 tells the first write that another one is under way on the same key; `meanwhile` is that one."""

    def __init__(self, inner: Transport, meanwhile: Callable[[], object]) -> None:
        super().__init__(inner.clients, concurrency=1, retry_for=5)
        self._meanwhile: list[Callable[[], object]] = [meanwhile]

    def once(self, operation: str, params: Mapping[str, Any], service: str = "iam") -> Mapping[str, Any]:
        if operation == "PutObject" and self._meanwhile:
            self._meanwhile.pop()()
            told = {"Code": "ConditionalRequestConflict", "Message": "a conflicting operation is under way"}
            answer = {"Error": told, "ResponseMetadata": {"HTTPStatusCode": 409}}
            raise call_failed(operation, ClientError(answer, operation))
        return super().once(operation, params, service)


def test_of_two_writes_at_the_same_moment_the_other_one_may_win(transport: Transport) -> None:
    other = S3Lock(transport, WHERE, "somebody else")
    with pytest.raises(LockError, match="is locked by somebody else"):
        S3Lock(Conflicts(transport, other.take), WHERE, OWNER).take()
    assert other.release()


def test_a_conflict_after_which_nobody_holds_the_lock_is_tried_again(transport: Transport) -> None:
    lock = S3Lock(Conflicts(transport, lambda: None), WHERE, OWNER)
    lock.take()
    assert content(transport)["id"] == lock.id
    assert lock.release()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), AccountError("S3 is away")])
def test_a_taking_that_is_interrupted_holds_nothing(
    transport: Transport, monkeypatch: pytest.MonkeyPatch, interruption: BaseException
) -> None:
    write = LockObject.write

    def interrupted(*arguments: Any, **more: Any) -> str:
        write(*arguments, **more)
        monkeypatch.setattr(LockObject, "write", write)
        raise interruption

    lock = S3Lock(transport, WHERE, OWNER)
    monkeypatch.setattr(LockObject, "write", interrupted)
    with pytest.raises(type(interruption)):
        lock.take()
    assert lock.lost
    assert content(transport)["released"] is True


def test_a_renewal_that_comes_after_the_release_changes_nothing(transport: Transport) -> None:
    lock = S3Lock(transport, WHERE, OWNER)
    lock.take()
    assert lock.release()
    assert not lock._put({"IfMatch": lock._etag}, 1)
    assert content(transport)["released"] is True


def test_unlock_ends_a_hold_by_its_id_alone(transport: Transport) -> None:
    lock = S3Lock(transport, WHERE, OWNER, lease=3)
    with pytest.raises(LockError, match="is not locked"):
        unlock(transport, WHERE, lock.id)
    lock.take()
    with pytest.raises(LockError, match=f"not locked under the id 'nope', but by {OWNER}"):
        unlock(transport, WHERE, "nope")
    assert unlock(transport, WHERE, lock.id).owner == OWNER
    with pytest.raises(LockError, match="is not locked"):
        unlock(transport, WHERE, lock.id)
    wait_for(lambda: lock.lost)


def test_an_object_that_is_not_a_lock_is_left_alone(transport: Transport) -> None:
    transport.clients.get("s3").put_object(Bucket="locks", Key="team/iamgroups.lock", Body=b"precious")
    with pytest.raises(LockError, match="did not write: name another key"):
        S3Lock(transport, WHERE, OWNER).take()


def test_a_bucket_that_does_not_exist_is_an_account_error(transport: Transport) -> None:
    with pytest.raises(AccountError) as refused:
        S3Lock(transport, "s3://nowhere/key", OWNER).take()
    assert str(refused.value) == (
        "AWS refused PutObject: the lock s3://nowhere/key (settings.lock): The specified bucket does not "
        "exist (NoSuchBucket): create the bucket, or correct settings.lock"
    )


def test_a_denied_bucket_names_the_permission(script: Any, connection: Connection) -> None:
    class Denies(Transport):
        def once(self, operation: str, params: Mapping[str, Any], service: str = "iam") -> Mapping[str, Any]:
            raise CallFailed(operation, Failure.REFUSED, "AccessDenied", "no")

    denies = Denies(connection._transport.clients, concurrency=1, retry_for=1)
    with pytest.raises(AccessDeniedError) as denied:
        S3Lock(denies, WHERE, OWNER).take()
    assert denied.value.action == "s3:PutObject"
    assert str(denied.value) == f"s3:PutObject is missing: the lock {WHERE} (settings.lock): no"


@pytest.mark.parametrize("where", ["", "s3://", "s3://bucket", "s3://bucket/", "https://x/y", "bucket/key"])
def test_a_lock_elsewhere_than_in_s3_is_a_usage_error(connection: Connection, where: str) -> None:
    with pytest.raises(UsageError, match="s3://bucket/key"):
        connection.lock(where, OWNER)


HOLDER = """
import sys, time
from iamgroups.iam.errors import call_failed
from iamgroups.iam.s3_lock import S3Lock
from iamgroups.iam import connect
connection = connect(region="us-east-1")
lock = S3Lock(connection._transport, sys.argv[1], "a process", lease=2)
lock.take(timeout=30)
print(lock.id, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_the_lock_of_a_killed_process_is_taken_over(transport: Transport, s3: str, end: int) -> None:
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL_S3": s3,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, WHERE], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    try:
        taken = holder.stdout.readline().strip()
        assert content(transport)["id"] == taken
        with pytest.raises(LockError, match="a process"):
            S3Lock(transport, WHERE, OWNER).take()
        holder.send_signal(end)
        lock = S3Lock(transport, WHERE, OWNER)
        lock.take(timeout=30)
        assert content(transport)["id"] == lock.id
        assert lock.release()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
