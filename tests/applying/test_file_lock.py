import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from iamgroups.applying.file_lock import FileLock, lock_file
from iamgroups.applying.state_folder import state_folder
from iamgroups.errors import LockError, UsageError
from iamgroups.state.live import Account
from iamgroups.state.lock import LockRecord

ACCOUNT = Account("123456789012", "aws", "arn:aws:iam::123456789012:user/ops")

HOLDER = """
import sys, time
from pathlib import Path
from iamgroups.applying.file_lock import FileLock
FileLock(Path(sys.argv[1]), "a process").take()
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_apply_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "x" / "a.lock", "ops"), FileLock(tmp_path / "x" / "a.lock", "dev")
    assert first.lost
    first.take()
    assert not first.lost
    with pytest.raises(LockError, match=rf"a\.lock is locked by ops on .*process {os.getpid()}.*{first.id}"):
        second.take()
    assert first.release()
    second.take()
    assert (first.lost, second.lost) == (True, False)
    second.release()


def test_a_waiting_apply_takes_the_lock_when_it_is_released(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "a.lock", "ops"), FileLock(tmp_path / "a.lock", "dev")
    first.take()
    threading.Timer(0.3, first.release).start()
    second.take(timeout=20)
    second.release()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_ends_leaves_no_lock(tmp_path: Path, end: int) -> None:
    path = tmp_path / "a.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockError, match="a process"):
            FileLock(path, "ops").take()
        holder.send_signal(end)
        holder.wait()
        lock = FileLock(path, "ops")
        lock.take()
        lock.release()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_a_folder_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="XDG_STATE_HOME"):
        FileLock(tmp_path / "file" / "a.lock", "ops").take()


def test_what_somebody_else_wrote_into_the_file_is_not_repeated(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "a.lock", "ops")
    lock.take()
    (tmp_path / "a.lock").write_text("\x1b[31m")
    with pytest.raises(LockError, match="by another process"):
        FileLock(tmp_path / "a.lock", "dev").take()
    lock.release()


def test_accounts_and_endpoints_have_locks_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert lock_file(ACCOUNT) == tmp_path / "iamgroups" / "locks" / "aws-123456789012.lock"
    local = Account(ACCOUNT.id, "aws", "arn", endpoint="http://127.0.0.1:5000")
    assert lock_file(local).parent == lock_file(ACCOUNT).parent
    assert lock_file(local) != lock_file(ACCOUNT)
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_folder() == Path.home() / ".local" / "state" / "iamgroups"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "iamgroups-lock"}', "[" * 100_000])
def test_garbage_is_not_a_lock(text: str) -> None:
    assert LockRecord.load(text) is None


def test_a_holder_cannot_write_on_the_terminal() -> None:
    record = LockRecord("id", "\x1b[2Jops\nsecond line", "host", 1, "now")
    assert LockRecord.load(record.dump()) == record
    assert str(record).isprintable()
