"""A journal read back: the changes that it says were made."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from iamgroups.applying.journal import FORMAT_VERSION
from iamgroups.bounded import check_objects, read_whole
from iamgroups.errors import UsageError
from iamgroups.planning.inverse import Made
from iamgroups.policy.size import MAX_DEPTH, compact, depth
from iamgroups.state import (
    FACTS,
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
)
from iamgroups.state.change import Change
from iamgroups.state.names import NAME, PATH, parse_policy_arn

MAX_BYTES = 128 << 20  # some 250,000 changes
MOST_OBJECTS = 2_000_000
KIND_OF = {fact.kind.name: fact for fact in FACTS}
NAMES = ("group", "user", "name", "policy")
FORMS = {**dict.fromkeys(NAMES, NAME), "path": PATH, "version": re.compile("v[0-9]{1,9}", re.ASCII)}
Params = Mapping[str, Any]


class Past(NamedTuple):
    """What a journal says: the account, and the changes made, in the order of their first attempts."""

    account: str
    made: tuple[Made, ...]


def read_journal(path: str, partition: str) -> Past:
    """Read a journal; a last line that a crash tore is left out. Raises: UsageError."""
    data = read_whole(path, MAX_BYTES)
    check_objects(data, path, MOST_OBJECTS)
    lines = data.split(b"\n")[:-1]
    try:
        records = [json.loads(line) for line in lines]
        header = records[0]
        if header["event"] != "header" or header["format_version"] != FORMAT_VERSION:
            raise ValueError(header)
        made = tuple(_made(records, partition))
        if len({one.change.address for one in made}) < len(made):
            raise ValueError("a fact is there twice")
        return Past(str(header["account"]), made)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path}: not a journal that this iamgroups can read") from error


def _made(records: list[Any], partition: str) -> Iterator[Made]:
    attempts: dict[str, Any] = {}
    settled: dict[str, str] = {}
    prefix = f"arn:{partition}:iam::{records[0]['account']}:policy"
    for record in records:
        if record["event"] == "attempt":
            attempts[str(record["address"])] = record
        elif record["event"] == "settled":
            settled[str(record["address"])] = record["status"]
    for address, attempt in attempts.items():
        status = settled.get(address, "unknown")
        if status in ("done", "unknown"):
            change = _change(attempt, prefix)
            for fact in filter(None, (change.fact, change.before)):
                _check(fact, unread=change.action == "delete")
            yield Made(change, sure=status == "done")


def _check(fact: Fact, unread: bool) -> None:
    """Refuse a fact that no account has, or that no plan changes. Raises: ValueError.

    `unread`: its document may be missing.
    """
    for field, value in fact.values.items():
        if field in FORMS and not FORMS[field].fullmatch(value):
            raise ValueError(field)
    if "arn" in fact.values and parse_policy_arn(fact.values["arn"]) is None:
        raise ValueError("arn")
    document = fact.values.get("document")
    if document or (document is not None and not unread):
        parsed = json.loads(document)
        if not isinstance(parsed, dict) or depth(parsed) > MAX_DEPTH:
            raise ValueError("document")
    if "delete" not in fact.kind.actions:
        raise ValueError(fact.address)


def _change(attempt: Params, prefix: str) -> Change:
    """Return the change that an attempt makes. Its fact has the group's name of that time.

    `prefix` is how the ARNs of the account's own policies begin, which their calls do not say.
    """
    operation, params = attempt["operation"], attempt["params"]
    if "replaced" not in attempt:
        return Change("create", CREATED[operation](params, prefix))
    before = _replaced(attempt["replaced"])
    if operation == "CreatePolicyVersion" and isinstance(before, PolicyFact):
        document = _text(params["PolicyDocument"])
        fact = PolicyFact(before.name, before.path, before.arn, document)
        return Change("update", fact, before=before)
    if operation == "UpdateGroup" and isinstance(before, GroupFact):
        name, path = params.get("NewGroupName", before.name), params.get("NewPath", before.path)
        return Change("update", GroupFact(_text(name), _text(path)), before=before)
    return Change("delete", before)


def _replaced(raw: Mapping[str, Any]) -> Fact:
    kind: type[Fact] = KIND_OF[raw["kind"]]
    document = raw.get("document")
    values = {**raw, "document": compact(document)} if document and not isinstance(document, str) else raw
    return kind(**{field.name: _text(values.get(field.name, "")) for field in fields(kind)})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value))
    return value


def _policy(params: Params, prefix: str) -> PolicyFact:
    name, path = _text(params["PolicyName"]), _text(params["Path"])
    owner = next((tag["Value"] for tag in params.get("Tags", ())), "")
    document, about = _text(params["PolicyDocument"]), _text(params.get("Description", ""))
    return PolicyFact(name, path, f"{prefix}{path}{name}", document, about, _text(owner))


CREATED: Mapping[str, Callable[[Params, str], Fact]] = {
    "AddUserToGroup": lambda p, _: Membership(_text(p["GroupName"]), _text(p["UserName"])),
    "AttachGroupPolicy": lambda p, _: Attachment(_text(p["GroupName"]), _text(p["PolicyArn"])),
    "AttachUserPolicy": lambda p, _: Direct(_text(p["UserName"]), _text(p["PolicyArn"])),
    "PutGroupPolicy": lambda p, _: InlineGroup(
        _text(p["GroupName"]), _text(p["PolicyName"]), _text(p["PolicyDocument"])
    ),
    "CreateGroup": lambda p, _: GroupFact(_text(p["GroupName"]), _text(p["Path"])),
    "CreatePolicy": _policy,
}
