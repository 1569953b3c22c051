"""Who is in which group."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iamgroups.sandbox.rules.operation import Operation, Params, listing, within
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


def add_user_to_group(store: Store, params: Params) -> dict[str, Any]:
    """Add a user; a member already is no error."""
    group, user = store.group(params["GroupName"]), store.user(params["UserName"])
    if group.name not in user.groups:
        within(store, "GroupsPerUserQuota", len(user.groups) + 1, "GroupsPerUser")
        store.put(replace(group, members=(*group.members, user.name)))
        store.put(replace(user, groups=(*user.groups, group.name)))
    return {}


def remove_user_from_group(store: Store, params: Params) -> dict[str, Any]:
    """Remove a user; on AWS it is no error when they were not in it."""
    group, user = store.group(params["GroupName"]), store.user(params["UserName"])
    if group.name in user.groups:
        store.put(replace(group, members=tuple(name for name in group.members if name != user.name)))
        store.put(replace(user, groups=tuple(name for name in user.groups if name != group.name)))
    return {}


def list_groups_for_user(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of a user's groups."""
    user = store.user(params["UserName"])
    return listing(store, params, "Groups", ((fold(name), store.group(name).brief) for name in user.groups))


OPERATIONS: Mapping[str, Operation] = {
    "AddUserToGroup": add_user_to_group,
    "RemoveUserFromGroup": remove_user_from_group,
    "ListGroupsForUser": list_groups_for_user,
}
