"""Users and their access keys, as far as seeds and tests need them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import User, extras, unique_id
from iamgroups.sandbox.rules.operation import Operation, Params, listing, within
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


def create_user(store: Store, params: Params) -> dict[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html."""
    name, path = params["UserName"], params.get("Path", "/")
    if fold(name) in store.users:
        raise IamError("EntityAlreadyExists", f"User with name {name} already exists.")
    within(store, "UsersQuota", len(store.users) + 1, "UsersPerAccount")
    boundary = params.get("PermissionsBoundary")
    if boundary:
        store.policy(boundary)
    tags = tuple((tag["Key"], tag["Value"]) for tag in params.get("Tags", ()))
    user = User(
        name,
        path,
        store.new_id("AIDA"),
        store.arn("user", path, name),
        store.clock(),
        boundary=boundary,
        tags=tags,
    )
    store.put(user)
    return {"User": {**user.brief, **extras(user)}}


def delete_user(store: Store, params: Params) -> dict[str, Any]:
    """Delete a user who holds nothing; the API, unlike the console, detaches nothing by itself."""
    user = store.user(params["UserName"])
    for held, first in (
        (user.groups, "remove users from group"),
        (user.attached, "detach all policies"),
        (user.inline, "delete policies"),
        (user.keys, "delete access keys"),
    ):
        if held:
            raise IamError("DeleteConflict", f"Cannot delete entity, must {first} first.")
    del store.users[fold(user.name)]
    return {}


def get_user(store: Store, params: Params) -> dict[str, Any]:
    """Answer one user, with tags and boundary."""
    user = store.user(params["UserName"])
    return {"User": {**user.brief, **extras(user)}}


def list_users(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of the users below PathPrefix, without tags and boundary."""
    prefix = params.get("PathPrefix", "/")
    users = ((key, user.brief) for key, user in store.users.items() if user.path.startswith(prefix))
    return listing(store, params, "Users", users)


def create_access_key(store: Store, params: Params) -> dict[str, Any]:
    """Make a key; its secret is derived from its id, since nobody checks signatures here."""
    user = store.user(params["UserName"])
    within(store, "AccessKeysPerUserQuota", len(user.keys) + 1, "AccessKeysPerUser")
    key = store.new_id("AKIA")[:20]
    store.put(replace(user, keys=(*user.keys, key)))
    secret = unique_id("", key) * 3
    return {"AccessKey": {**_key(store, user, key), "SecretAccessKey": secret[:40]}}


def delete_access_key(store: Store, params: Params) -> dict[str, Any]:
    """Delete one of a user's keys."""
    user, key = store.user(params["UserName"]), params["AccessKeyId"]
    if key not in user.keys:
        raise IamError("NoSuchEntity", f"The Access Key with id {key} cannot be found.")
    store.put(replace(user, keys=tuple(other for other in user.keys if other != key)))
    return {}


def list_access_keys(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of a user's keys."""
    user = store.user(params["UserName"])
    entries = ((key, _key(store, user, key)) for key in user.keys)
    return listing(store, params, "AccessKeyMetadata", entries)


def _key(store: Store, user: User, key: str) -> dict[str, Any]:
    return {"UserName": user.name, "AccessKeyId": key, "Status": "Active", "CreateDate": store.clock()}


OPERATIONS: Mapping[str, Operation] = {
    "CreateUser": create_user,
    "DeleteUser": delete_user,
    "GetUser": get_user,
    "ListUsers": list_users,
    "CreateAccessKey": create_access_key,
    "DeleteAccessKey": delete_access_key,
    "ListAccessKeys": list_access_keys,
}
