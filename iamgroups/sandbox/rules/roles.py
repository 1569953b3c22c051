"""Roles, as little as an applying identity needs."""

from collections.abc import Mapping
from typing import Any

from iamgroups.sandbox.documents import accepted
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Role, extras
from iamgroups.sandbox.rules.operation import Operation, Params, listing, within
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


def create_role(store: Store, params: Params) -> dict[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html."""
    name, path = params["RoleName"], params.get("Path", "/")
    if fold(name) in store.roles:
        raise IamError("EntityAlreadyExists", f"Role with name {name} already exists.")
    within(store, "RolesQuota", len(store.roles) + 1, "RolesPerAccount")
    trust = accepted(params["AssumeRolePolicyDocument"], "trust", store.partition)
    role = Role(name, path, store.new_id("AROA"), store.arn("role", path, name), store.clock(), trust)
    store.put(role)
    return {"Role": role.brief}


def delete_role(store: Store, params: Params) -> dict[str, Any]:
    """Delete a role that holds no policy."""
    role = store.role(params["RoleName"])
    if role.inline or role.attached:
        raise IamError("DeleteConflict", "Cannot delete entity, must delete policies first.")
    del store.roles[fold(role.name)]
    return {}


def get_role(store: Store, params: Params) -> dict[str, Any]:
    """Answer one role."""
    role = store.role(params["RoleName"])
    return {"Role": {**role.brief, **extras(role)}}


def list_roles(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of the roles below PathPrefix."""
    prefix = params.get("PathPrefix", "/")
    roles = ((key, role.brief) for key, role in store.roles.items() if role.path.startswith(prefix))
    return listing(store, params, "Roles", roles)


OPERATIONS: Mapping[str, Operation] = {
    "CreateRole": create_role,
    "DeleteRole": delete_role,
    "GetRole": get_role,
    "ListRoles": list_roles,
}
