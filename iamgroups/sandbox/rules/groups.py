"""Groups: create, rename or move, delete, read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Group
from iamgroups.sandbox.rules.operation import Operation, Params, listing, within
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


def create_group(store: Store, params: Params) -> dict[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html."""
    name, path = params["GroupName"], params.get("Path", "/")
    _must_be_free(store, name)
    within(store, "GroupsQuota", len(store.groups) + 1, "GroupsPerAccount")
    group = Group(name, path, store.new_id("AGPA"), store.arn("group", path, name), store.clock())
    store.put(group)
    return {"Group": group.brief}


def update_group(store: Store, params: Params) -> dict[str, Any]:
    """Rename, move, or both: id, members and policies stay, the ARN changes."""
    group = store.group(params["GroupName"])
    name, path = params.get("NewGroupName", group.name), params.get("NewPath", group.path)
    # A name that differs in case only is taken too: by the group itself.
    if name != group.name:
        _must_be_free(store, name)
    del store.groups[fold(group.name)]
    store.put(replace(group, name=name, path=path, arn=store.arn("group", path, name)))
    for member in group.members if name != group.name else ():
        user = store.user(member)
        store.put(replace(user, groups=tuple(name if own == group.name else own for own in user.groups)))
    return {}


def delete_group(store: Store, params: Params) -> dict[str, Any]:
    """Delete an empty group; DeleteConflict for any other."""
    group = store.group(params["GroupName"])
    if group.inline:
        raise IamError("DeleteConflict", "Cannot delete entity, must delete policies first.")
    if group.attached:
        raise IamError("DeleteConflict", "Cannot delete entity, must detach all policies first.")
    if group.members:
        raise IamError("DeleteConflict", "Cannot delete entity, must remove users from group first.")
    del store.groups[fold(group.name)]
    return {}


def get_group(store: Store, params: Params) -> dict[str, Any]:
    """Answer the group and one page of its members."""
    group = store.group(params["GroupName"])
    members = ((fold(name), store.user(name).brief) for name in group.members)
    return {"Group": group.brief, **listing(store, params, "Users", members)}


def list_groups(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of the groups below PathPrefix."""
    prefix = params.get("PathPrefix", "/")
    groups = ((key, group.brief) for key, group in store.groups.items() if group.path.startswith(prefix))
    return listing(store, params, "Groups", groups)


def _must_be_free(store: Store, name: str) -> None:
    if fold(name) in store.groups:
        raise IamError("EntityAlreadyExists", f"Group with name {name} already exists.")


OPERATIONS: Mapping[str, Operation] = {
    "CreateGroup": create_group,
    "UpdateGroup": update_group,
    "DeleteGroup": delete_group,
    "GetGroup": get_group,
    "ListGroups": list_groups,
}
