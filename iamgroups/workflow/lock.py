"""Keep two applies of one account from overlapping. Must not take a lock for anything but an apply."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from iamgroups.applying import Stop
from iamgroups.applying.file_lock import FileLock, lock_file
from iamgroups.state.config import Config
from iamgroups.state.live import Account
from iamgroups.state.lock import Lock


class Locker(Protocol):
    """What makes the lock that `settings.lock` names; `iam.Connection` does."""

    def lock(self, where: str, owner: str) -> Lock:
        """Return the lock, not taken yet."""


@contextmanager
def locked(config: Config, locker: Locker, account: Account, timeout: float, stop: Stop) -> Iterator[None]:
    """Hold the account's lock: the one `settings.lock` names, else one on this machine alone.

    Waits up to `timeout` seconds; once the lock is lost, `stop` says so.
    Raises: LockError, UsageError, AccountError.
    """
    where, owner = config.settings.lock, account.caller_arn
    lock = locker.lock(where, owner) if where else FileLock(lock_file(account), owner)
    lock.take(timeout)
    stop.lost = lambda: lock.lost
    try:
        yield
    finally:
        lock.release()
