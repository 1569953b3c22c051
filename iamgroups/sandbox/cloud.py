"""Several accounts and whose access key belongs where: what sts answers.

A key nobody made is the root of the first account, so that any dummy credentials work.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any, NamedTuple

from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.authorization import Permission, allowed, held_by
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import unique_id
from iamgroups.sandbox.required_permissions import caller_context, required
from iamgroups.sandbox.service_model import service
from iamgroups.state.names import fold

_ROLE_ARN = re.compile(
    r"arn:aws[a-z-]*:iam::(?P<account>[0-9]{12}):role(?P<path>/.*?)(?P<name>[^/]+)", re.ASCII
)


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

    def __init__(self, home: StrictIam, enforce: bool = False) -> None:
        self.home = home
        self.enforce = enforce
        self.accounts = {home.account_id: home}
        # Of an account that is made on first use nobody has said which roles it has: it has them all.
        self._described = {home.account_id}
        self._keys: dict[str, Identity] = {}
        self._revoked: set[str] = set()
        self._lock = Lock()
        self._made = 0

    def account(self, account_id: str) -> StrictIam:
        """Return an account; an empty one is made on first use."""
        with self._lock:
            if account_id not in self.accounts:
                self.accounts[account_id] = StrictIam(
                    account_id, self.home.partition, clock=self.home.store.clock
                )
            return self.accounts[account_id]

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
            self._check_role(params, identity)
            return self._assume_role(params)
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

    def _check_role(self, params: Mapping[str, Any], identity: Identity) -> None:
        context = caller_context(identity.caller, identity.account.account_id)
        self.check(identity, Permission("sts:AssumeRole", params["RoleArn"], context))
        match = _ROLE_ARN.fullmatch(params["RoleArn"])
        open_to_all = match and match["account"] not in self._described and not self.enforce
        if (
            match
            and not open_to_all
            and fold(match["name"]) not in self.account(match["account"]).store.roles
        ):
            raise IamError(
                "AccessDenied", f"User: {identity.caller.arn} is not authorized to perform: sts:AssumeRole"
            )

    def _assume_role(self, params: Mapping[str, Any]) -> dict[str, Any]:
        match = _ROLE_ARN.fullmatch(params["RoleArn"])
        if match is None:
            raise IamError("ValidationError", f"{params['RoleArn']} is invalid")
        account, session = self.account(match["account"]), params["RoleSessionName"]
        role = account.store.roles.get(fold(match["name"]))
        role_id = role.id if role else unique_id("AROA", params["RoleArn"])
        arn = f"arn:{account.partition}:sts::{account.account_id}:assumed-role/{match['name']}/{session}"
        expires = datetime.now(UTC) + timedelta(seconds=params.get("DurationSeconds", 3600))
        self._made += 1
        key = unique_id("ASIA", f"{arn}/{self._made}")[:20]
        caller = Caller(arn, f"{role_id}:{session}")
        self.bind(key, Identity(account, caller, expires))
        return {
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": unique_id("", key) * 2,
                "SessionToken": unique_id("", arn) * 4,
                "Expiration": expires,
            },
            "AssumedRoleUser": {"AssumedRoleId": caller.id, "Arn": arn},
        }
