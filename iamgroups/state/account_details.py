"""What `aws iam get-account-authorization-details` prints, as a LiveState. What is read is not trusted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from iamgroups.errors import UsageError
from iamgroups.state.entry import ANYTHING, Entry
from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import NAME, PATH, fold

COMMAND = "aws iam get-account-authorization-details"
LISTS = ("Policies", "GroupDetailList", "UserDetailList", "RoleDetailList")
COUNTS = ("AttachmentCount", "PermissionsBoundaryUsageCount")
Lists = Mapping[str, Sequence[Any]]


def lists_of(data: object, source: str) -> Lists | None:
    """Return the lists of one page, or of an array of pages, joined; None where the data is something else.

    Raises: UsageError for a part of an account.
    """
    pages = data if isinstance(data, list) else [data]
    found: dict[str, list[Any]] = {}
    last: Mapping[str, Any] = {}
    for page in pages:
        if not isinstance(page, dict) or page.get("kind") == "snapshot":
            return None
        last = page
        for name in LISTS:
            if isinstance(page.get(name), list):
                found.setdefault(name, []).extend(page[name])
    if found and any(last.get(key) for key in ("IsTruncated", "Marker", "NextToken")):
        raise UsageError(
            f"{source}: IsTruncated or a marker says that this is only a part of the account. Print it all: "
            f"`{COMMAND}` without --no-paginate and --max-items, or every page in one JSON array"
        )
    return found or None


def owner_of(lists: Lists, source: str) -> tuple[str, str] | None:
    """Return the account's id and partition, as its ARNs say; None without any. Raises: UsageError."""
    arns = [
        str(entry.get("Arn", "")).split(":")
        for name in LISTS
        for entry in lists.get(name, ())
        if isinstance(entry, dict)
    ]
    owners = {(parts[4], parts[1]) for parts in arns if len(parts) > 5 and parts[4] != "aws"}
    if len(owners) > 1:
        accounts = ", ".join(sorted(f"{partition}:{account}" for account, partition in owners))
        raise UsageError(f"{source}: holds ARNs of several accounts: {accounts}; give one account")
    return next(iter(owners), None)


def live_of_lists(lists: Lists, source: str) -> LiveState:
    """Return the account, with the documented quotas, and nobody who asked. Raises: UsageError."""
    root = Entry({**lists}, source)
    for name in ("GroupDetailList", "UserDetailList"):
        if name not in lists:
            root.fail(f"{name} is missing: run `{COMMAND}` without --filter")
    owner = owner_of(lists, source)
    if owner is None:
        root.fail("no ARN in it says which account it is of")
    groups = root.unique("GroupDetailList", _group, lambda group: fold(group.name))
    found = root.unique("UserDetailList", _user, lambda pair: fold(pair[0].name))
    policies = root.unique("Policies", _policy, lambda policy: policy.arn) if "Policies" in lists else {}
    members: dict[str, set[str]] = {name: set() for name in groups}
    for user, names in found.values():
        for name in names:
            if fold(name) not in members:
                root.fail(f"user {user.name} is in group {name}, which it does not describe")
            members[fold(name)].add(user.name)
    return LiveState(
        account=Account(*owner, caller_arn=""),
        groups={name: replace(group, members=frozenset(members[name])) for name, group in groups.items()},
        users={name: user for name, (user, _) in found.items()},
        policies=policies,
        local_listed="Policies" in lists,
        quotas_known=False,
    )


def _group(entry: Entry) -> LiveGroup:
    return LiveGroup(
        name=entry.text("GroupName", NAME),
        path=entry.text("Path", PATH),
        id=entry.text("GroupId"),
        arn=entry.text("Arn"),
        policies=_attached(entry),
        inline=_inline(entry, "GroupPolicyList"),
    )


def _user(entry: Entry) -> tuple[LiveUser, tuple[str, ...]]:
    """Return a user and the names of their groups."""
    boundary = entry.entry("PermissionsBoundary") if entry.value.get("PermissionsBoundary") else None
    user = LiveUser(
        name=entry.text("UserName", NAME),
        path=entry.text("Path", PATH),
        id=entry.text("UserId"),
        arn=entry.text("Arn"),
        policies=_attached(entry),
        inline=_inline(entry, "UserPolicyList"),
        boundary=boundary.text("PermissionsBoundaryArn") if boundary else None,
        tags=_tags(entry),
    )
    return user, entry.ordered("GroupList", NAME) if entry.value.get("GroupList") else ()


def _policy(entry: Entry) -> LivePolicy:
    default = entry.text("DefaultVersionId")
    versions = {each.text("VersionId"): each for each in _each(entry, "PolicyVersionList")}
    counts = [entry.number(key) for key in COUNTS if key in entry.value]
    latest = [name for name in sorted(versions, key=_number, reverse=True) if name != default]
    return LivePolicy(
        arn=entry.arn("Arn"),
        attachable=entry.flag("IsAttachable") if "IsAttachable" in entry.value else True,
        default_version=default,
        holders=sum(counts) if counts else None,
        document=_document(versions[default], "Document", "the policy") if default in versions else None,
        versions=(default, *latest) if default in versions else None,
        description=entry.text("Description", ANYTHING) if "Description" in entry.value else None,
    )


def _number(version: str) -> tuple[int, str]:
    return (int(version[1:]) if version[1:].isdecimal() else 0, version)


def _attached(entry: Entry) -> frozenset[str]:
    return frozenset(each.arn("PolicyArn") for each in _each(entry, "AttachedManagedPolicies"))


def _inline(entry: Entry, key: str) -> dict[str, Any]:
    return {
        name: _document(each, "PolicyDocument", f"inline policy {name}")
        for each in _each(entry, key)
        for name in [each.text("PolicyName", NAME)]
    }


def _tags(entry: Entry) -> dict[str, str]:
    return {each.text("Key", ANYTHING): each.text("Value", ANYTHING) for each in _each(entry, "Tags")}


def _each(entry: Entry, key: str) -> list[Entry]:
    """Return the objects of a list that AWS leaves out where it is empty."""
    return [*entry.each(key, lambda each: each)] if entry.value.get(key) is not None else []


def _document(entry: Entry, key: str, what: str) -> Any:
    """Return a document: the CLI prints it decoded, other tools as IAM sends it, URL-encoded."""
    document = entry.value.get(key)
    if isinstance(document, str):
        try:
            document = json.loads(document if document.lstrip().startswith("{") else unquote(document))
        except (ValueError, RecursionError):
            entry.fail(f"the document of {what} is not JSON")
    if not isinstance(document, dict):
        entry.fail(f"the document of {what} is missing or not an object")
    return entry.shallow(document, what)
