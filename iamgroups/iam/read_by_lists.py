"""Read the account by its list calls, where GetAccountAuthorizationDetails is denied.

Far more requests, but smaller permissions. What is denied here too is None in the result: unknown.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from iamgroups.errors import AccessDeniedError
from iamgroups.iam.parallel import both, gather
from iamgroups.iam.transport import Transport
from iamgroups.state.live import LiveGroup, LiveUser
from iamgroups.state.names import fold

# A permission that was refused this often and never given is not asked for again for every other user.
ENOUGH_REFUSALS = 10


def read(
    transport: Transport, tell: Callable[[str], None]
) -> tuple[dict[str, LiveGroup], dict[str, LiveUser], tuple[str, ...]]:
    """Return groups and users by folded name, and the actions that are denied.

    Tags, permissions boundaries and inline documents are not read.
    Raises: AccessDeniedError where not even the names can be listed.
    """
    names = both(
        lambda: _all(transport, "ListGroups", "Groups"), lambda: _all(transport, "ListUsers", "Users")
    )
    asking = _Asking(transport)
    groups: list[Callable[[], LiveGroup | LiveUser | None]] = [
        partial(_group, asking, told) for told in names[0]
    ]
    users: list[Callable[[], LiveGroup | LiveUser | None]] = [
        partial(_user, asking, told) for told in names[1]
    ]
    tell(f"{len(users)} users, {len(groups)} groups; reading them one by one")
    found = gather([*groups, *users], transport.concurrency)
    read_groups = {fold(entity.name): entity for entity in found if isinstance(entity, LiveGroup)}
    read_users = {fold(entity.name): entity for entity in found if isinstance(entity, LiveUser)}
    read_users |= _strays(transport, asking, read_groups, read_users)
    return read_groups, read_users, tuple(sorted(asking.denied))


def _strays(
    transport: Transport,
    asking: "_Asking",
    groups: Mapping[str, LiveGroup],
    users: Mapping[str, LiveUser],
) -> dict[str, LiveUser]:
    """Return the members that ListUsers did not tell of: they came, or were renamed, after it."""
    named = {fold(member) for group in groups.values() for member in group.members or ()} - users.keys()
    listed = _all(transport, "ListUsers", "Users") if named else []
    found = (_user(asking, told) for told in listed if fold(told["UserName"]) in named)
    return {fold(user.name): user for user in found if user}


def _all(transport: Transport, operation: str, key: str) -> list[Mapping[str, Any]]:
    try:
        return [told for page in transport.pages(operation) for told in page.get(key, ())]
    except AccessDeniedError as denied:
        raise AccessDeniedError(
            f"the account cannot be read: iam:GetAccountAuthorizationDetails is missing, and {denied.action} "
            "too. Grant the first, or else ListUsers, ListGroups, GetGroup, ListAttachedGroupPolicies, "
            "ListGroupPolicies, ListAttachedUserPolicies and ListUserPolicies",
            "iam:GetAccountAuthorizationDetails",
        ) from denied


class _Gone(Exception):
    """What was listed a moment ago has been deleted."""


class _Asking:
    """Lists what belongs to one entity; remembers what is denied."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._refusals: Counter[str] = Counter()
        self._given: set[str] = set()
        self._lock = threading.Lock()
        self.denied: set[str] = set()

    def names(self, operation: str, params: Mapping[str, str], key: str, field: str = "") -> Any:
        """Return a frozenset of the listed names, or of each one's `field`; None where that is denied."""
        with self._lock:
            if self._refusals[operation] >= ENOUGH_REFUSALS and operation not in self._given:
                return None
        try:
            pages = list(self._transport.pages(operation, params))
        except AccessDeniedError as denied:
            with self._lock:
                self._refusals[operation] += 1
                self.denied.add(denied.action)
            return None
        if not pages:
            raise _Gone
        with self._lock:
            self._given.add(operation)
        return frozenset(told[field] if field else told for page in pages for told in page.get(key, ()))

    def inline(self, operation: str, params: Mapping[str, str]) -> dict[str, Any] | None:
        """Return inline policy name -> None, for its document is not read; None where that is denied."""
        names = self.names(operation, params, "PolicyNames")
        return None if names is None else dict.fromkeys(sorted(names))


def _group(asking: _Asking, told: Mapping[str, Any]) -> LiveGroup | None:
    name = {"GroupName": told["GroupName"]}
    try:
        return LiveGroup(
            name=told["GroupName"],
            path=told["Path"],
            id=told["GroupId"],
            arn=told["Arn"],
            members=asking.names("GetGroup", name, "Users", "UserName"),
            policies=asking.names("ListAttachedGroupPolicies", name, "AttachedPolicies", "PolicyArn"),
            inline=asking.inline("ListGroupPolicies", name),
        )
    except _Gone:
        return None


def _user(asking: _Asking, told: Mapping[str, Any]) -> LiveUser | None:
    name = {"UserName": told["UserName"]}
    try:
        return LiveUser(
            name=told["UserName"],
            path=told["Path"],
            id=told["UserId"],
            arn=told["Arn"],
            policies=asking.names("ListAttachedUserPolicies", name, "AttachedPolicies", "PolicyArn"),
            inline=asking.inline("ListUserPolicies", name),
            tags=None,
        )
    except _Gone:
        return None
