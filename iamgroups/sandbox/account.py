"""The in-memory IAM: one account that answers and refuses as AWS does.

iam = StrictIam("123456789012")
iam.call("CreateGroup", {"GroupName": "developers"})
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import RLock
from typing import Any, NamedTuple

from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.rules import OPERATIONS
from iamgroups.sandbox.service_model import service
from iamgroups.sandbox.store import EPOCH, Facts, Store


class Caller(NamedTuple):
    """Who calls: what sts:GetCallerIdentity answers about them."""

    arn: str
    id: str

    @property
    def user_name(self) -> str | None:
        """Return the IAM user's name, None for anybody else."""
        _, _, rest = self.arn.partition(":user/")
        return rest.rpartition("/")[2] if rest else None


class StrictIam:
    """One account's IAM. `call` may be used from several threads; answers are to be treated as read-only."""

    def __init__(
        self,
        account_id: str = "123456789012",
        partition: str = "aws",
        quotas: Mapping[str, int] | None = None,
        page_size: Callable[[int], int] = lambda asked: asked,
        clock: Callable[[], datetime] = lambda: EPOCH,
    ) -> None:
        """Make an empty account.

        `quotas`: GetAccountSummary's `...Quota` values that differ from a standard account's. `page_size`:
        entries asked for -> entries answered, for pages shorter than asked. `clock`: what CreateDate says.
        """
        self.store = Store(account_id, partition, quotas, page_size, clock)
        self._lock = RLock()

    @classmethod
    def of(cls, store: Store) -> "StrictIam":
        """Return the account that a store holds."""
        account = cls(store.account_id)
        account.store = store
        return account

    @property
    def account_id(self) -> str:
        """Return the account's 12 digits."""
        return self.store.account_id

    @property
    def partition(self) -> str:
        """Return the ARN partition: aws, aws-cn, aws-us-gov, ..."""
        return self.store.partition

    @property
    def root(self) -> Caller:
        """Return the account's root, who calls when nobody else is named."""
        return Caller(f"arn:{self.partition}:iam::{self.account_id}:root", self.account_id)

    def call(self, operation: str, params: Mapping[str, Any], caller: Caller | None = None) -> dict[str, Any]:
        """Do one operation, answer as boto3 does (documents as dicts); raises IamError, nothing done then."""
        caller = caller or self.root
        if operation == "GetCallerIdentity":
            return {"UserId": caller.id, "Account": self.account_id, "Arn": caller.arn}
        params = {name: value for name, value in params.items() if value is not None}
        if operation == "GetUser" and caller.user_name:
            params.setdefault("UserName", caller.user_name)
        service("iam").check(operation, params)
        if operation not in OPERATIONS:
            raise IamError("InvalidAction", f"The sandbox does not answer {operation}.")
        with self._lock:
            return OPERATIONS[operation](self.store, params)

    def facts(self) -> Facts:
        """Return who is in what and what holds which policy, as three sets of pairs."""
        with self._lock:
            return self.store.facts()

    def copy(self) -> "StrictIam":
        """Return an account that starts as this one is now and changes on its own."""
        with self._lock:
            return StrictIam.of(self.store.copy())
