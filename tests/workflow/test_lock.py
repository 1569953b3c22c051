"""The lock of an apply, and what its loss stops."""

from dataclasses import dataclass, replace

import pytest

from iamgroups.applying import Stop
from iamgroups.state.config import Settings
from iamgroups.workflow.apply import locked
from tests.accounts import ACCOUNT, config


@dataclass
class Lease:
    """A lock that ends when told."""

    id: str = "1"
    where: str = "s3://locks/key"
    lost: bool = True

    def take(self, timeout: float = 0.0) -> None:
        self.lost = False

    def release(self) -> bool:
        self.lost = True
        return True

    def lock(self, where: str, owner: str) -> "Lease":
        assert (where, owner) == (self.where, ACCOUNT.caller_arn)
        return self


def test_the_loss_of_the_lock_stops_the_apply_that_holds_it() -> None:
    lease, stop = Lease(), Stop()
    wanted = replace(config(), settings=Settings(lock=lease.where))
    with locked(wanted, lease, ACCOUNT, 0.0, stop):
        assert stop.reason == ""
        lease.lost = True
        assert stop.reason == "lock"
        lease.lost = False
        assert stop.reason == "lock"


def test_a_lock_file_is_held_until_the_end(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    stop = Stop()
    with locked(config(), Lease(), ACCOUNT, 0.0, stop):
        assert stop.reason == ""
    assert stop.reason == "lock"
