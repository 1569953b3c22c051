"""A snapshot: one account's LiveState as JSON, and back.

The shape is `schemas/snapshot.schema.json`. A snapshot holds all a plan has to know, so that planning from it
needs no credentials. Files come from other people and machines: names and ARNs are checked like IAM's own.
"""

import json
import re
from datetime import UTC, datetime
from typing import Any, NoReturn

from iamgroups.bounded import check_objects
from iamgroups.errors import UsageError
from iamgroups.state.account_details import COMMAND, lists_of, live_of_lists
from iamgroups.state.entry import ANYTHING, Entry
from iamgroups.state.live import DOCUMENTED_QUOTAS, Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import ACCOUNT_ID, NAME, PATH, fold

MAX_BYTES = 128 << 20  # of a file; 5,000 users with their policies take some 20 MB
MOST_OBJECTS = 1_000_000
FORMAT_VERSION = 2

_PARTITION = re.compile(r"aws[a-z-]*", re.ASCII)
_VERSION_ID = re.compile(r"v[1-9][0-9]{0,9}", re.ASCII)
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z]+", re.ASCII)


def snapshot_of(live: LiveState, taken: datetime) -> dict[str, Any]:
    """Return the account as JSON data, in an order that only depends on what it holds."""
    account = live.account
    return {
        "kind": "snapshot",
        "format_version": FORMAT_VERSION,
        "taken": taken.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "account": {field: getattr(account, field) for field in Account.__slots__},
        "quotas": dict(sorted(live.quotas.items())),
        "quotas_known": live.quotas_known,
        "local_listed": live.local_listed,
        "aws_listed": live.aws_listed,
        "denied": sorted(live.denied),
        "groups": [_plain(live.groups[key]) for key in sorted(live.groups)],
        "users": [_plain(live.users[key]) for key in sorted(live.users)],
        "policies": [_plain(live.policies[arn]) for arn in sorted(live.policies)],
    }


def _plain(entry: LiveGroup | LiveUser | LivePolicy) -> dict[str, Any]:
    values = ((field, getattr(entry, field)) for field in type(entry).__slots__)
    return {field: sorted(value) if isinstance(value, frozenset) else value for field, value in values}


def parse_account(text: str | bytes, source: str = "snapshot") -> LiveState:
    """Read a snapshot, or what the AWS CLI prints of an account.

    Raises: UsageError, naming `source` and what is wrong where.
    """
    data = parse_json(text, source)
    lists = lists_of(data, source)
    return live_of_lists(lists, source) if lists else live_of(data, source)


def parse_json(text: str | bytes, source: str) -> object:
    """Return JSON data; bytes may be in UTF-8, UTF-16 or UTF-32. Raises: UsageError."""
    check_objects(text, source, MOST_OBJECTS)
    try:
        return json.loads(text, parse_constant=_not_json)
    except json.JSONDecodeError as error:
        several = ": put several pages into one JSON array" if error.msg == "Extra data" else ""
        raise UsageError(f"{source} is not JSON: {error}{several}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source} is not JSON: {error}") from error


def live_of(snapshot: object, source: str = "snapshot") -> LiveState:
    """Return the account a snapshot describes. Raises: as `parse_account`."""
    root = Entry(snapshot, source)
    if root.value.get("kind") != "snapshot":
        hint = f"`iamgroups snapshot --out F` writes one, `{COMMAND}` prints what is read as well"
        root.fail(f"this is not a snapshot of an account; {hint}")
    if root.value.get("format_version") != FORMAT_VERSION:
        root.fail(f"this version of iamgroups reads snapshots of format_version {FORMAT_VERSION} only")
    quotas = root.entry("quotas")
    return LiveState(
        account=_account(root.entry("account")),
        groups=root.unique("groups", _group, lambda group: fold(group.name)),
        users=root.unique("users", _user, lambda user: fold(user.name)),
        policies=root.unique("policies", _policy, lambda policy: policy.arn),
        local_listed=root.flag("local_listed"),
        aws_listed=root.flag("aws_listed"),
        quotas={**DOCUMENTED_QUOTAS, **{key: quotas.number(key) for key in quotas.value}},
        quotas_known=root.flag("quotas_known"),
        denied=tuple(sorted(root.texts("denied", _ACTION) or ())),
    )


def _account(entry: Entry) -> Account:
    return Account(
        id=entry.text("id", ACCOUNT_ID),
        partition=entry.text("partition", _PARTITION),
        caller_arn=entry.text("caller_arn"),
        caller_id=entry.text("caller_id"),
        endpoint=entry.text("endpoint"),
    )


def _group(entry: Entry) -> LiveGroup:
    return LiveGroup(
        name=entry.text("name", NAME),
        path=entry.text("path", PATH),
        id=entry.text("id"),
        arn=entry.text("arn"),
        policies=entry.arns("policies"),
        members=entry.texts("members", NAME),
        inline=_inline(entry),
    )


def _user(entry: Entry) -> LiveUser:
    return LiveUser(
        name=entry.text("name", NAME),
        path=entry.text("path", PATH),
        id=entry.text("id"),
        arn=entry.text("arn"),
        policies=entry.arns("policies"),
        inline=_inline(entry),
        boundary=None if entry.value.get("boundary") is None else entry.text("boundary"),
        tags=_tags(entry),
    )


def _inline(entry: Entry) -> dict[str, Any] | None:
    if entry.value.get("inline") is None:
        return None
    return {
        name: entry.shallow(document, f"inline policy {name}")
        for name, document in entry.mapping("inline", NAME).items()
    }


def _tags(entry: Entry) -> dict[str, str] | None:
    if entry.value.get("tags") is None:
        return None
    tags = entry.entry("tags")
    return {key: tags.text(key, ANYTHING) for key in tags.value}


def _policy(entry: Entry) -> LivePolicy:
    value = entry.value
    versions = None if value.get("versions") is None else entry.ordered("versions", _VERSION_ID)
    return LivePolicy(
        arn=entry.arn("arn"),
        attachable=entry.flag("attachable"),
        default_version=entry.text("default_version"),
        holders=None if value.get("holders") is None else entry.number("holders"),
        document=entry.shallow(value.get("document"), "the policy"),
        versions=versions,
        tags=_tags(entry),
        description=None if value.get("description") is None else entry.text("description", ANYTHING),
    )


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")
