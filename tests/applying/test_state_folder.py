"""Nobody else reads or redirects what is in the state folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from iamgroups.applying import Journal, default_path, prune
from iamgroups.applying.file_lock import FileLock, lock_file
from iamgroups.applying.state_folder import state_folder
from iamgroups.errors import UsageError
from iamgroups.state.live import Account

ACCOUNT = Account("123456789012", "aws", "arn:aws:iam::123456789012:user/ops")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def open_journal(number: int = 0) -> Path:
    path = default_path(ACCOUNT.id, "0" * 64, NOW + timedelta(seconds=number))
    Journal(path, ACCOUNT.id, "0" * 64).close()
    return path


def lock() -> None:
    held = FileLock(lock_file(ACCOUNT), ACCOUNT.caller_arn)
    held.take()
    held.release()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_every_folder_and_file_is_the_users_alone() -> None:
    state_folder().mkdir(mode=0o755)
    journal = open_journal()
    lock()
    folders = [state_folder(), journal.parent, lock_file(ACCOUNT).parent]
    assert [mode(folder) for folder in folders] == [0o700] * 3
    assert (mode(journal), mode(lock_file(ACCOUNT))) == (0o600, 0o600)


@pytest.mark.parametrize("part", [".", "locks", ACCOUNT.id])
def test_a_folder_that_is_a_link_is_refused(tmp_path: Path, part: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = state_folder() / part
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="XDG_STATE_HOME"):
        lock() if part == "locks" else open_journal()
    assert list(elsewhere.iterdir()) == []


def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    lock_file(ACCOUNT).parent.mkdir(parents=True)
    lock_file(ACCOUNT).symlink_to(victim)
    with pytest.raises(UsageError, match="cannot be written"):
        lock()
    assert victim.read_text() == "kept"


def test_a_journal_is_not_written_over_a_link(tmp_path: Path) -> None:
    path = default_path(ACCOUNT.id, "0" * 64, NOW)
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "victim")
    with pytest.raises(UsageError):
        open_journal()
    assert not (tmp_path / "victim").exists()


def test_the_newest_journals_are_kept() -> None:
    made = [open_journal(number) for number in range(5)]
    prune(ACCOUNT.id, 3)
    assert [path.exists() for path in made] == [False, False, True, True, True]
