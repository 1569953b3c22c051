"""An account as a snapshot describes it: planning needs no credentials."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from iamgroups.errors import AccountError, UsageError
from iamgroups.planning.to_read import ToRead
from iamgroups.state.live import Account, LiveState, OnRead
from iamgroups.state.snapshot import parse_account


@dataclass(frozen=True)
class Offline:
    """A Reader of a snapshot; what the snapshot lacks cannot be read."""

    live: LiveState
    source: str

    def identify(self) -> Account:
        """Return the account the snapshot is of, and who took it."""
        return self.live.account

    def read(self, account: Account, progress: OnRead | None = None) -> LiveState:
        """Return the snapshot."""
        return self.live

    def complete(self, live: LiveState, to_read: ToRead) -> LiveState:
        """Refuse. Raises: AccountError."""
        raise AccountError(
            f"{self.source} does not hold everything this plan needs: take a new snapshot, with credentials "
            "that may also list and read policies"
        )

    def documents(self, live: LiveState, arns: Collection[str]) -> LiveState:
        """Return the same: what the snapshot does not hold stays unknown."""
        return live

    def role_policies(self, role: str) -> frozenset[str] | None:
        """Return None: a snapshot knows no roles."""
        return None


def read_snapshot(path: str) -> Offline:
    """Return the account that a snapshot or the AWS CLI's output describes. Raises: UsageError."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from error
    return Offline(parse_account(data, path), path)
