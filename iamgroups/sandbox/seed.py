"""An account from what `aws iam get-account-authorization-details` prints, or from a snapshot."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from iamgroups.bounded import read_whole
from iamgroups.errors import UsageError
from iamgroups.sandbox import seed_fields as fields
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.from_snapshot import rebuild
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Group, Policy, Role, User, Version
from iamgroups.sandbox.store import Store
from iamgroups.state.account_details import COMMAND, Lists, lists_of, owner_of
from iamgroups.state.snapshot import MAX_BYTES, live_of, parse_json

NO_OWNER = ("123456789012", "aws")


def read_seed(path: Path) -> StrictIam:
    """Return the account a file describes; raises UsageError."""
    return load_seed(read_whole(path, MAX_BYTES), str(path))


def load_seed(text: str | bytes, source: str = "seed") -> StrictIam:
    """Return the account that JSON describes; raises UsageError naming `source` and the wrong entry."""
    data = parse_json(text, source)
    if isinstance(data, dict) and data.get("kind") == "snapshot":
        return rebuild(live_of(data, source), source)
    lists = lists_of(data, source)
    if lists is None:
        raise UsageError(f"{source}: not what `{COMMAND}` prints: none of {', '.join(_TAKE)} is there")
    return _account(lists, source)


def _account(lists: Lists, source: str) -> StrictIam:
    store = Store(*(owner_of(lists, source) or NO_OWNER))
    for name, take in _TAKE.items():
        for place, entry in enumerate(lists.get(name, ())):
            try:
                take(store, entry)
            except IamError as error:
                raise UsageError(f"{source}: {name}[{place}]: {error.message}") from error
            except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
                raise UsageError(f"{source}: {name}[{place}]: {type(error).__name__}: {error}") from error
    _fill_groups(store)
    _check_policies(store, source)
    _fit_quotas(store)
    return StrictIam.of(store)


def _take_policy(store: Store, entry: Mapping[str, Any]) -> None:
    listed = sorted(entry["PolicyVersionList"], key=lambda version: int(version["VersionId"][1:]))
    versions = tuple(
        Version(
            fields.text(version["VersionId"]),
            fields.date(version),
            fields.document(version["Document"]),
        )
        for version in listed
    )
    policy = Policy(
        name=fields.text(entry["PolicyName"]),
        path=fields.text(entry["Path"]),
        id=fields.text(entry["PolicyId"]),
        arn=fields.text(entry["Arn"]),
        created=fields.date(entry),
        updated=fields.date(entry, "UpdateDate"),
        default=fields.text(entry["DefaultVersionId"]),
        versions=versions,
        attachable=bool(entry.get("IsAttachable", True)),
        description=fields.text(entry.get("Description", "")),
        made=int(versions[-1].id[1:]),
        tags=fields.tags(entry),
    )
    if policy.version(policy.default) is None:
        raise ValueError(f"its default version {policy.default} is not in PolicyVersionList")
    if ":iam::aws:" in policy.arn:
        store.seeded = {**store.seeded, policy.arn: policy}
    else:
        store.put(policy)


def _take_group(store: Store, entry: Mapping[str, Any]) -> None:
    store.put(
        Group(
            *fields.identity(entry, "Group"),
            attached=fields.attached(entry),
            inline=fields.inline(entry, "GroupPolicyList"),
        )
    )


def _take_user(store: Store, entry: Mapping[str, Any]) -> None:
    store.put(
        User(
            *fields.identity(entry, "User"),
            groups=tuple(store.group(fields.text(name)).name for name in entry.get("GroupList") or ()),
            attached=fields.attached(entry),
            inline=fields.inline(entry, "UserPolicyList"),
            boundary=fields.boundary(entry),
            tags=fields.tags(entry),
        )
    )


def _take_role(store: Store, entry: Mapping[str, Any]) -> None:
    store.put(
        Role(
            *fields.identity(entry, "Role"),
            trust=fields.document(entry["AssumeRolePolicyDocument"]),
            attached=fields.attached(entry),
            inline=fields.inline(entry, "RolePolicyList"),
            boundary=fields.boundary(entry),
            tags=fields.tags(entry),
        )
    )


# Policies and groups first: users name them.
_TAKE: Mapping[str, Callable[[Store, Mapping[str, Any]], None]] = {
    "Policies": _take_policy,
    "GroupDetailList": _take_group,
    "UserDetailList": _take_user,
    "RoleDetailList": _take_role,
}


def _fill_groups(store: Store) -> None:
    members: dict[str, list[str]] = {}
    for user in store.users.values():
        for group in user.groups:
            members.setdefault(group, []).append(user.name)
    for name, users in members.items():
        store.put(replace(store.group(name), members=tuple(users)))


def _check_policies(store: Store, source: str) -> None:
    for arn, holder in store.attachments():
        try:
            store.policy(arn)
        except IamError as error:
            raise UsageError(
                f"{source}: {holder.kind} {holder.record.name} holds {arn}, which nothing in it describes; "
                f"run `{COMMAND}` without --filter"
            ) from error


def _fit_quotas(store: Store) -> None:
    """Raise quotas to what the account already holds: its own may have been raised by AWS."""
    groups, users = store.groups.values(), store.users.values()
    held = {
        "GroupsQuota": len(groups),
        "UsersQuota": len(users),
        "RolesQuota": len(store.roles),
        "PoliciesQuota": len(store.policies),
        "GroupsPerUserQuota": max((len(user.groups) for user in users), default=0),
        "AttachedPoliciesPerGroupQuota": max((len(group.attached) for group in groups), default=0),
        "AttachedPoliciesPerUserQuota": max((len(user.attached) for user in users), default=0),
    }
    store.quotas.update({name: max(count, store.quotas[name]) for name, count in held.items()})
