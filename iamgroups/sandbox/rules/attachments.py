"""Managed policies attached to groups, users and roles: one rule for the three."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Group, Role, User, attached_policies
from iamgroups.sandbox.rules.operation import Operation, Params, listing, within
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold, parse_policy_arn


def holder(kind: str, store: Store, params: Params) -> Group | User | Role:
    """Return the group, user or role the call names; raises IamError NoSuchEntity."""
    match kind:
        case "Group":
            return store.group(params["GroupName"])
        case "User":
            return store.user(params["UserName"])
        case _:
            return store.role(params["RoleName"])


def attach(kind: str, store: Store, params: Params) -> dict[str, Any]:
    """Attach a managed policy; attached already is no error."""
    record, policy = holder(kind, store, params), store.policy(params["PolicyArn"])
    if not policy.attachable:
        raise IamError("PolicyNotAttachable", f"Cannot attach a Service Role Policy to a {kind.lower()}.")
    if policy.arn not in record.attached:
        within(store, f"AttachedPoliciesPer{kind}Quota", len(record.attached) + 1, f"PoliciesPer{kind}")
        store.put(replace(record, attached=(*record.attached, policy.arn)))
    return {}


def detach(kind: str, store: Store, params: Params) -> dict[str, Any]:
    """Detach a managed policy; NoSuchEntity when it is not attached."""
    record, arn = holder(kind, store, params), params["PolicyArn"]
    if parse_policy_arn(arn) is None:
        raise IamError("ValidationError", f"ARN {arn} is not valid.")
    if arn not in record.attached:
        raise IamError("NoSuchEntity", f"Policy {arn} was not found.")
    store.put(replace(record, attached=tuple(other for other in record.attached if other != arn)))
    return {}


def list_attached(kind: str, store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of the attached policies whose path starts with PathPrefix."""
    record, prefix = holder(kind, store, params), params.get("PathPrefix", "/")
    arns = [arn for arn in record.attached if store.policy(arn).path.startswith(prefix)]
    entries = zip(map(fold, arns), attached_policies(tuple(arns)), strict=True)
    return listing(store, params, "AttachedPolicies", entries)


OPERATIONS: Mapping[str, Operation] = {
    "AttachGroupPolicy": partial(attach, "Group"),
    "AttachRolePolicy": partial(attach, "Role"),
    "AttachUserPolicy": partial(attach, "User"),
    "DetachGroupPolicy": partial(detach, "Group"),
    "DetachRolePolicy": partial(detach, "Role"),
    "DetachUserPolicy": partial(detach, "User"),
    "ListAttachedGroupPolicies": partial(list_attached, "Group"),
    "ListAttachedRolePolicies": partial(list_attached, "Role"),
    "ListAttachedUserPolicies": partial(list_attached, "User"),
}
