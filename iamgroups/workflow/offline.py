"""An account as a snapshot describes it: planning needs no credentials."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from iamgroups.bounded import read_whole
from iamgroups.collection import no_collection
from iamgroups.errors import AccountError
from iamgroups.planning.to_read import ToRead
from iamgroups.state.live import Account, LiveState, OnRead
from iamgroups.state.names import is_aws_managed, natural, short
from iamgroups.state.snapshot import MAX_BYTES, parse_account

SHOWN = 5  # names in an error


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
        """Return the same where only documents of AWS are missing. Raises: AccountError."""
        if to_read == ToRead(documents=frozenset(filter(is_aws_managed, to_read.documents))):
            return replace(live, frozen=True)
        raise AccountError(
            f"{self.source} does not say what this needs to know of {_wanted(to_read)}: take it with "
            "`iamgroups snapshot`, by credentials that may list and read policies"
        )

    def documents(self, live: LiveState, arns: Collection[str]) -> LiveState:
        """Return the same: what the snapshot does not hold stays unknown."""
        return live

    def role_policies(self, role: str) -> frozenset[str] | None:
        """Return None: a snapshot knows no roles."""
        return None


def _wanted(to_read: ToRead) -> str:
    """Return `the account's own policies, aws:A, aws:B and 7 more`."""
    policies = to_read.aws | to_read.details | to_read.documents | to_read.versions
    named = sorted({spec if spec.startswith("aws:") else short(spec) for spec in policies}, key=natural)
    names = [*(["the account's own policies"] if to_read.local else []), *named]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def read_snapshot(path: str) -> Offline:
    """Return the account that a snapshot or the AWS CLI's output describes. Raises: UsageError."""
    data = read_whole(path, MAX_BYTES)
    with no_collection():
        return Offline(parse_account(data, path), path)
