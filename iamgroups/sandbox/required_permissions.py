"""What each call needs: action, resource and condition keys.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from collections.abc import Mapping
from typing import Any

from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.authorization import Permission
from iamgroups.sandbox.records import Group, Role, User
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold

_ACCOUNT_WIDE = frozenset(
    {
        "GetAccountAuthorizationDetails",
        "GetAccountSummary",
        "ListGroups",
        "ListPolicies",
        "ListRoles",
        "ListUsers",
    }
)
# The first of these that a call has is what it is authorised on: adding a user to a group, on the group.
_NAMED = (("GroupName", "group"), ("UserName", "user"), ("RoleName", "role"))


def required(
    iam: StrictIam, operation: str, params: Mapping[str, Any], caller: Caller
) -> tuple[Permission, ...]:
    """Return what an IAM call needs; renaming needs both ARNs, creating with tags two actions."""
    context = caller_context(caller, iam.account_id)
    if "Attach" in operation or "Detach" in operation:
        context["iam:policyarn"] = params.get("PolicyArn", "")
    if operation == "GetUser" and caller.user_name:
        params = {"UserName": caller.user_name, **params}
    resources = _resources(iam.store, operation, params)
    needed = [Permission(f"iam:{operation}", resource, context) for resource in resources]
    if params.get("Tags"):
        needed.append(Permission(operation.replace("Create", "iam:Tag"), resources[0], context))
    return tuple(needed)


def caller_context(caller: Caller, account_id: str) -> dict[str, str]:
    """Return the condition keys that say who calls, in lower case."""
    context = {
        "aws:principalarn": caller.arn,
        "aws:principalaccount": account_id,
        "aws:userid": caller.id,
    }
    return {**context, "aws:username": caller.user_name} if caller.user_name else context


def _resources(store: Store, operation: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    if operation in _ACCOUNT_WIDE:
        return ("*",)
    if operation == "CreatePolicy":
        return (store.arn("policy", params.get("Path", "/"), params.get("PolicyName", "")),)
    for key, kind in _NAMED:
        if key in params:
            own = _arn(store, kind, params[key], params.get("Path", "/"))
            if operation != "UpdateGroup":
                return (own,)
            return (own, _renamed(store, params))
    return (params.get("PolicyArn", "*"),)


def _arn(store: Store, kind: str, name: str, path: str) -> str:
    """Return the ARN as IAM spells it; what does not exist yet is spelled as it is asked for."""
    records: Mapping[str, Mapping[str, Group | User | Role]]
    records = {"group": store.groups, "user": store.users, "role": store.roles}
    record = records[kind].get(fold(str(name)))
    return record.arn if record else store.arn(kind, path, name)


def _renamed(store: Store, params: Mapping[str, Any]) -> str:
    group = store.groups.get(fold(str(params["GroupName"])))
    path = params.get("NewPath", group.path if group else "/")
    return store.arn("group", path, params.get("NewGroupName", params["GroupName"]))
