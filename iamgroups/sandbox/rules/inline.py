"""Inline policies of groups, users and roles: one rule for the three."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iamgroups.policy.size import size
from iamgroups.sandbox.documents import accepted
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.rules.attachments import holder
from iamgroups.sandbox.rules.operation import Operation, Params, listing
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


def put(kind: str, store: Store, params: Params) -> dict[str, Any]:
    """Create or replace an inline policy; all of one holder's share one size limit."""
    record, name = holder(kind, store, params), params["PolicyName"]
    document = accepted(params["PolicyDocument"], "inline", store.partition)
    kept = {own: other for own, other in record.inline.items() if fold(own) != fold(name)}
    total = sum(size(other.text) for other in kept.values()) + size(document.text)
    limit = store.quotas[f"{kind}PolicySizeQuota"]
    if total > limit:
        raise IamError(
            "LimitExceeded", f"Maximum policy size of {limit} bytes exceeded for {kind.lower()} {record.name}"
        )
    store.put(replace(record, inline={**kept, name: document}))
    return {}


def get(kind: str, store: Store, params: Params) -> dict[str, Any]:
    """Answer one inline policy's document."""
    record = holder(kind, store, params)
    name = _spelled(kind, record.inline, params["PolicyName"])
    return {f"{kind}Name": record.name, "PolicyName": name, "PolicyDocument": record.inline[name]}


def delete(kind: str, store: Store, params: Params) -> dict[str, Any]:
    """Delete an inline policy; NoSuchEntity when there is none."""
    record = holder(kind, store, params)
    name = _spelled(kind, record.inline, params["PolicyName"])
    store.put(replace(record, inline={own: other for own, other in record.inline.items() if own != name}))
    return {}


def list_names(kind: str, store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of the inline policies' names."""
    record = holder(kind, store, params)
    return listing(store, params, "PolicyNames", ((fold(name), name) for name in record.inline))


def _spelled(kind: str, documents: Mapping[str, Any], wanted: str) -> str:
    for name in documents:
        if fold(name) == fold(wanted):
            return name
    raise IamError("NoSuchEntity", f"The {kind.lower()} policy with name {wanted} cannot be found.")


OPERATIONS: Mapping[str, Operation] = {
    "PutGroupPolicy": partial(put, "Group"),
    "PutRolePolicy": partial(put, "Role"),
    "PutUserPolicy": partial(put, "User"),
    "GetGroupPolicy": partial(get, "Group"),
    "GetRolePolicy": partial(get, "Role"),
    "GetUserPolicy": partial(get, "User"),
    "DeleteGroupPolicy": partial(delete, "Group"),
    "DeleteRolePolicy": partial(delete, "Role"),
    "DeleteUserPolicy": partial(delete, "User"),
    "ListGroupPolicies": partial(list_names, "Group"),
    "ListRolePolicies": partial(list_names, "Role"),
    "ListUserPolicies": partial(list_names, "User"),
}
