"""Several accounts and whose access key belongs where: what sts answers.

A key nobody made is the root of the first account, so that any dummy credentials work.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.authorization import Permission, allowed, held_by
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Role, unique_id
from iamgroups.sandbox.required_permissions import caller_context, required
from iamgroups.sandbox.service_model import service
from iamgroups.state.names import fold


class Identity(NamedTuple):
    """Whose key it is: the account it works in, the caller, and when it expires.

    `policies`: documents that the key is held to, whatever the account says; None: see `Cloud.enforce`.
    """

    account: StrictIam
    caller: Caller
    expires: datetime | None = None
    policies: Sequence[Mapping[str, Any]] | None = None


class Cloud:
    """Accounts side by side, isolated from each other. `home` is where dummy credentials work.

    `enforce`: users and roles may do what the account's own policies allow them; otherwise everything. The
    root, and so every dummy credential, may do everything.
    """

    def __init__(self, home: StrictIam, others: Iterable[StrictIam] = (), *, enforce: bool = False) -> None:
        self.home = home
        self.enforce = enforce
        self.accounts = {account.account_id: account for account in (home, *others)}
        self._keys: dict[str, Identity] = {}
        self._revoked: set[str] = set()
        self._sessions = count(1)

    def bind(self, access_key: str, identity: Identity) -> None:
        """Let an access key stand for somebody."""
        self._keys[access_key] = identity

    def identify(self, access_key: str) -> Identity:
        """Return whose key this is; raises IamError ExpiredToken or InvalidClientTokenId."""
        if access_key in self._revoked:
            raise IamError("InvalidClientTokenId", "The security token included in the request is invalid.")
        identity = self._keys.get(access_key) or Identity(self.home, self.home.root)
        if identity.expires and identity.expires <= datetime.now(UTC):
            raise IamError("ExpiredToken", "The security token included in the request is expired")
        return identity

    def call(self, operation: str, params: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
        """Do one IAM or STS operation as somebody; raises IamError."""
        if operation == "AssumeRole":
            service("sts").check(operation, params)
            return self._assume_role(params, identity)
        if operation != "GetCallerIdentity":
            for permission in required(identity.account, operation, params, identity.caller):
                self.check(identity, permission)
        answer = identity.account.call(operation, params, identity.caller)
        if operation == "CreateAccessKey":
            made = answer["AccessKey"]
            user = identity.account.call("GetUser", {"UserName": made["UserName"]})["User"]
            caller = Caller(user["Arn"], user["UserId"])
            self.bind(made["AccessKeyId"], Identity(identity.account, caller))
        elif operation == "DeleteAccessKey":
            self._revoked.add(params["AccessKeyId"])
        return answer

    def check(self, identity: Identity, permission: Permission) -> None:
        """Raise IamError AccessDenied unless this identity may do that."""
        if not self.permits(identity, permission):
            raise IamError(
                "AccessDenied",
                f"User: {identity.caller.arn} is not authorized to perform: {permission.action} "
                f"on resource: {permission.resource} because no identity-based policy allows "
                f"the {permission.action} action",
            )

    def permits(self, identity: Identity, permission: Permission) -> bool:
        """Tell whether this identity may do that."""
        if identity.policies is not None:
            return allowed(identity.policies, permission)
        if not self.enforce or identity.caller == identity.account.root:
            return True
        held = held_by(identity.account.store, identity.caller)
        bounded = held.boundary is None or allowed([held.boundary], permission)
        return bounded and allowed(held.policies, permission)

    def _assume_role(self, params: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
        """Answer with a key of the role; raises IamError AccessDenied for a role that does not exist."""
        arn, session = params["RoleArn"], params["RoleSessionName"]
        context = caller_context(identity.caller, identity.account.account_id)
        self.check(identity, Permission("sts:AssumeRole", arn, context))
        found = self._role(arn)
        if found is None:
            refused = f"User: {identity.caller.arn} is not authorized to perform: sts:AssumeRole"
            raise IamError("AccessDenied", f"{refused} on resource: {arn}")
        account, role = found
        shown = f"arn:{account.partition}:sts::{account.account_id}:assumed-role/{role.name}/{session}"
        expires = datetime.now(UTC) + timedelta(seconds=params.get("DurationSeconds", 3600))
        key = unique_id("ASIA", f"{shown}/{next(self._sessions)}")[:20]
        caller = Caller(shown, f"{role.id}:{session}")
        self.bind(key, Identity(account, caller, expires))
        return {
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": unique_id("", key) * 2,
                "SessionToken": unique_id("", shown) * 4,
                "Expiration": expires,
            },
            "AssumedRoleUser": {"AssumedRoleId": caller.id, "Arn": shown},
        }

    def _role(self, arn: str) -> tuple[StrictIam, Role] | None:
        """Return a role with its account; None when there is none of exactly this ARN."""
        account_id, _, name = arn.removeprefix("arn:").partition(":role/")
        account = self.accounts.get(account_id.rpartition(":")[2])
        role = account.store.roles.get(fold(name.rpartition("/")[2])) if account else None
        return (account, role) if account and role and role.arn == arn else None
