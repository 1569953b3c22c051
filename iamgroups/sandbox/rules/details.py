"""The calls that look at the whole account: details, summary, policies and their holders."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from iamgroups.sandbox.records import Policy
from iamgroups.sandbox.rules.operation import Operation, Params, listing, page
from iamgroups.sandbox.rules.policies import brief, version_answer
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold

_SECTIONS = {"1": "UserDetailList", "2": "GroupDetailList", "3": "RoleDetailList", "4": "Policies"}
_HOLDER_SECTIONS = {"Group": "PolicyGroups", "User": "PolicyUsers", "Role": "PolicyRoles"}


def get_account_authorization_details(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of users, groups, roles and policies; AWS's only where something holds them."""
    wanted = params.get("Filter") or ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")
    shown, rest = page(store, params, _details(store, wanted))
    answer: dict[str, Any] = {name: [] for name in _SECTIONS.values()}
    for key, detail in shown:
        answer[_SECTIONS[key[0]]].append(detail)
    return {**answer, **rest}


def _details(store: Store, wanted: list[str] | tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if "User" in wanted:
        yield from ((f"1/{key}", user.detail) for key, user in store.users.items())
    if "Group" in wanted:
        yield from ((f"2/{key}", group.detail) for key, group in store.groups.items())
    if "Role" in wanted:
        yield from ((f"3/{key}", role.detail) for key, role in store.roles.items())
    if "LocalManagedPolicy" in wanted or "AWSManagedPolicy" in wanted:
        attached, bounds = _counts(store)
        held: list[Policy] = list(store.policies.values()) if "LocalManagedPolicy" in wanted else []
        if "AWSManagedPolicy" in wanted:
            arns = (attached.keys() | bounds.keys()) - store.policies.keys()
            held.extend(store.policy(arn) for arn in arns)
        for policy in held:
            versions = [version_answer(policy, version) for version in reversed(policy.versions)]
            detail = brief(policy, attached[policy.arn], bounds[policy.arn])
            yield f"4/{policy.arn}", {**detail, "PolicyVersionList": versions}


def get_account_summary(store: Store, params: Params) -> dict[str, Any]:
    """Answer counts and quotas."""
    versions = sum(len(policy.versions) for policy in store.policies.values())
    counts = {
        "Users": len(store.users),
        "Groups": len(store.groups),
        "Roles": len(store.roles),
        "Policies": len(store.policies),
        "PolicyVersionsInUse": versions,
        "AccountMFAEnabled": 1,
        "AccountAccessKeysPresent": 0,
    }
    return {"SummaryMap": {**counts, **store.quotas}}


def list_policies(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of the policies of a scope."""
    scope, prefix = params.get("Scope", "All"), params.get("PathPrefix", "/")
    attached, bounds = _counts(store)
    counts = {"PermissionsPolicy": attached, "PermissionsBoundary": bounds}
    usage = counts.get(params.get("PolicyUsageFilter", ""))
    found: list[Policy] = []
    if scope != "AWS":
        found.extend(store.policies.values())
    if scope != "Local":
        found.extend(store.aws_policies().values())
    entries = (
        (policy.arn, brief(policy, attached[policy.arn], bounds[policy.arn]))
        for policy in found
        if policy.path.startswith(prefix)
        and (not params.get("OnlyAttached") or attached[policy.arn])
        and (usage is None or usage[policy.arn])
    )
    return listing(store, params, "Policies", entries)


def list_entities_for_policy(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of the groups, users and roles that hold a policy, or that it bounds."""
    policy = store.policy(params["PolicyArn"])
    usage, kind = params.get("PolicyUsageFilter"), params.get("EntityFilter")
    prefix = params.get("PathPrefix", "/")
    entries = {}
    for arn, holder in store.attachments():
        wanted = usage is None or holder.boundary == (usage == "PermissionsBoundary")
        if arn != policy.arn or kind not in (None, holder.kind) or not wanted:
            continue
        if holder.record.path.startswith(prefix):
            named = {f"{holder.kind}Name": holder.record.name, f"{holder.kind}Id": holder.record.id}
            entries[f"{holder.kind}/{fold(holder.record.name)}"] = named
    shown, rest = page(store, params, entries.items())
    answer: dict[str, Any] = {section: [] for section in _HOLDER_SECTIONS.values()}
    for key, named in shown:
        answer[_HOLDER_SECTIONS[key.partition("/")[0]]].append(named)
    return {**answer, **rest}


def _counts(store: Store) -> tuple[Counter[str], Counter[str]]:
    attached: Counter[str] = Counter()
    bounds: Counter[str] = Counter()
    for arn, holder in store.attachments():
        (bounds if holder.boundary else attached)[arn] += 1
    return attached, bounds


OPERATIONS: Mapping[str, Operation] = {
    "GetAccountAuthorizationDetails": get_account_authorization_details,
    "GetAccountSummary": get_account_summary,
    "ListPolicies": list_policies,
    "ListEntitiesForPolicy": list_entities_for_policy,
}
