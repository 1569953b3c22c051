"""A snapshot: one account's LiveState as JSON, and back. Must not trust what it reads.

The shape is `schemas/snapshot.schema.json`. A snapshot holds all a plan asks for, so that planning from it
needs no credentials. Files come from other people and machines: names and ARNs are checked like IAM's own.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar

from iamgroups.errors import UsageError
from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import ACCOUNT_ID, GROUP_OR_POLICY_NAME, PATH, USER_NAME, fold, parse_policy_arn

FORMAT_VERSION = 1
T = TypeVar("T")
N = TypeVar("N", LiveGroup, LiveUser)

_PARTITION = re.compile(r"aws[a-z-]*", re.ASCII)
_VERSION_ID = re.compile(r"v[1-9][0-9]{0,9}", re.ASCII)
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z]+", re.ASCII)
_ANYTHING = re.compile(r"(?s).*")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,2048}")


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


def parse_snapshot(text: str, source: str = "snapshot") -> LiveState:
    """Read a snapshot's JSON text. Raises: UsageError, naming `source` and what is wrong where."""
    try:
        data = json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source} is not JSON: {error}") from error
    return live_of(data, source)


def live_of(snapshot: object, source: str = "snapshot") -> LiveState:
    """Return the account a snapshot describes. Raises: as `parse_snapshot`."""
    root = _Entry(snapshot, source)
    if root.value.get("kind") != "snapshot":
        hint = "`iamgroups snapshot --out F` writes one"
        root.fail(f"this is not a snapshot of an account; {hint}")
    if root.value.get("format_version") != FORMAT_VERSION:
        root.fail(f"this version of iamgroups reads snapshots of format_version {FORMAT_VERSION} only")
    quotas = root.mapping("quotas")
    return LiveState(
        account=_account(root.entry("account")),
        groups=_keyed(root, "groups", _group),
        users=_keyed(root, "users", _user),
        policies=_unique(
            root, "policies", ((policy.arn, policy) for policy in root.each("policies", _policy))
        ),
        local_listed=root.flag("local_listed"),
        aws_listed=root.flag("aws_listed"),
        quotas={key: _Entry(quotas, f"{source}: quotas").number(key) for key in quotas},
        quotas_known=root.flag("quotas_known"),
        denied=tuple(sorted(root.texts("denied", _ACTION) or ())),
    )


def _account(entry: "_Entry") -> Account:
    return Account(
        id=entry.text("id", ACCOUNT_ID),
        partition=entry.text("partition", _PARTITION),
        caller_arn=entry.text("caller_arn"),
        caller_id=entry.text("caller_id"),
        endpoint=entry.text("endpoint"),
    )


def _group(entry: "_Entry") -> LiveGroup:
    return LiveGroup(
        name=entry.text("name", GROUP_OR_POLICY_NAME),
        path=entry.text("path", PATH),
        id=entry.text("id"),
        arn=entry.text("arn"),
        policies=entry.arns("policies"),
        members=entry.texts("members", USER_NAME),
        inline=None if entry.value.get("inline") is None else entry.mapping("inline", GROUP_OR_POLICY_NAME),
    )


def _user(entry: "_Entry") -> LiveUser:
    return LiveUser(
        name=entry.text("name", USER_NAME),
        path=entry.text("path", PATH),
        id=entry.text("id"),
        arn=entry.text("arn"),
        policies=entry.arns("policies"),
        inline=entry.texts("inline", GROUP_OR_POLICY_NAME),
        boundary=None if entry.value.get("boundary") is None else entry.text("boundary"),
    )


def _policy(entry: "_Entry") -> LivePolicy:
    value = entry.value
    versions = None if value.get("versions") is None else entry.ordered("versions", _VERSION_ID)
    tags = None if value.get("tags") is None else _Entry(value["tags"], f"{entry.where}: tags")
    return LivePolicy(
        arn=entry.arn("arn"),
        attachable=entry.flag("attachable"),
        default_version=entry.text("default_version"),
        holders=None if value.get("holders") is None else entry.number("holders"),
        document=value.get("document"),
        versions=versions,
        tags=None if tags is None else {key: tags.text(key, _ANYTHING) for key in tags.value},
    )


def _keyed(root: "_Entry", key: str, read: Callable[["_Entry"], N]) -> Mapping[str, N]:
    return _unique(root, key, ((fold(found.name), found) for found in root.each(key, read)))


def _unique(root: "_Entry", key: str, pairs: Iterator[tuple[str, T]]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for name, value in pairs:
        if name in found:
            root.fail(f"{key}: {name} is there twice")
        found[name] = value
    return found


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number")


class _Entry:
    """A JSON object that is not trusted, and where it stands."""

    def __init__(self, value: object, where: str) -> None:
        self.where = where
        if not isinstance(value, dict):
            self.fail("an object is expected here")
        self.value: dict[str, Any] = value

    def fail(self, what: str) -> NoReturn:
        raise UsageError(f"{self.where}: {what}")

    def text(self, key: str, pattern: re.Pattern[str] = _PRINTABLE) -> str:
        """Return a text that matches the pattern as a whole."""
        value = self.value.get(key)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self.fail(f"{key!a} is missing or malformed")
        return value

    def arn(self, key: str) -> str:
        value = self.text(key)
        if parse_policy_arn(value) is None:
            self.fail(f"{key!a} is not the ARN of a policy")
        return value

    def ordered(self, key: str, pattern: re.Pattern[str] = _PRINTABLE) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.value.get(key)
        if not isinstance(value, list):
            self.fail(f"{key!a} is missing or not a list")
        numbered = _Entry({str(index): entry for index, entry in enumerate(value)}, f"{self.where}: {key}")
        return tuple(numbered.text(index, pattern) for index in numbered.value)

    def texts(self, key: str, pattern: re.Pattern[str]) -> frozenset[str] | None:
        """Return a set of texts; None, unknown, where the value is null."""
        known = key not in self.value or self.value[key] is not None
        return frozenset(self.ordered(key, pattern)) if known else None

    def arns(self, key: str) -> frozenset[str] | None:
        found = self.texts(key, _PRINTABLE)
        for arn in found or ():
            if parse_policy_arn(arn) is None:
                self.fail(f"{key}: {arn!a} is not the ARN of a policy")
        return found

    def flag(self, key: str) -> bool:
        value = self.value.get(key)
        if not isinstance(value, bool):
            self.fail(f"{key!a} is missing or neither true nor false")
        return value

    def number(self, key: str) -> int:
        value = self.value.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**9:
            self.fail(f"{key!a} is missing or not a number")
        return value

    def entry(self, key: str) -> "_Entry":
        return _Entry(self.value.get(key), f"{self.where}: {key}")

    def mapping(self, key: str, pattern: re.Pattern[str] = _PRINTABLE) -> dict[str, Any]:
        """Return an object whose keys match the pattern."""
        entry = self.entry(key)
        if not all(pattern.fullmatch(name) for name in entry.value):
            entry.fail("a name in it is malformed")
        return entry.value

    def each(self, key: str, read: Callable[["_Entry"], T]) -> Iterator[T]:
        value = self.value.get(key)
        if not isinstance(value, list):
            self.fail(f"{key!a} is missing or not a list")
        for index, entry in enumerate(value):
            yield read(_Entry(entry, f"{self.where}: {key}[{index}]"))
