"""LiveState -> configuration files whose first plan is empty."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from iamgroups.config.found import ABOUT, FILE, found_at_import
from iamgroups.config.shipped import schema
from iamgroups.config.writer import Data, comment, emit
from iamgroups.errors import UsageError
from iamgroups.state.live import LiveGroup, LiveState, LiveUser
from iamgroups.state.names import fold, parse_policy_arn

ROOT = "iamgroups.yaml"
FOLDER = "groups"
# Names that some file system hides, reserves or reads as a flag.
PLAIN_FILE = re.compile(r"[A-Za-z0-9_](?:.*[^.])?", re.ASCII)
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
REMARKS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Imported:
    """File name, relative and with `/`, -> text; the root is named `iamgroups.yaml`.

    `remarks`: what the account has and the files do not say, for a reader.
    """

    files: Mapping[str, str]
    remarks: tuple[str, ...]


def imported(live: LiveState, names: Collection[str] = (), single: bool = False) -> Imported:
    """Declare what these groups hold now, or all groups; in one file when `single`.

    Raises: UsageError when there is no such group.
    """
    groups = _chosen(live, names)
    remarks = {group.name: tuple(_left_out(group)) for group in groups}
    general = tuple(_general(live, groups))
    everything = (*general, *(line for group in groups for line in remarks[group.name]))
    declared = {group.name: _declaration(group, live.account.id) for group in groups}
    root: dict[str, Data] = {"version": 1, "account_id": live.account.id}
    accepted = found_at_import(live, groups)
    include = [f"{FOLDER}/*.yaml"] if groups else []
    include += [FILE] if accepted else []
    if not single and include:
        root["include"] = include
    covered = sum(1 for _ in _covered(live, groups))
    if covered:
        root["settings"] = {"direct_policies": "report"}
    head = _head(live, everything if single else general, covered)
    if single:
        rest: dict[str, Data] = {"accepted": accepted} if accepted else {}
        return Imported({ROOT: head + emit({**root, "groups": declared, **rest})}, everything)
    files = {ROOT: head + emit(root if groups else {**root, "groups": declared})}
    if accepted:
        files[FILE] = comment(ABOUT) + emit({"accepted": accepted})
    for name, file in _file_names(declared).items():
        about = "".join(comment(line) for line in remarks[name])
        files[f"{FOLDER}/{file}"] = about + emit({"groups": {name: declared[name]}})
    return Imported(files, everything)


def _chosen(live: LiveState, names: Collection[str]) -> list[LiveGroup]:
    if not names:
        return [live.groups[key] for key in sorted(live.groups)]
    found = {fold(name): live.group(name) for name in names}
    for key, group in found.items():
        if group is None:
            close = get_close_matches(key, live.groups, 1)
            hint = f"; did you mean {live.groups[close[0]].name}?" if close else ""
            raise UsageError(f"no group {key} in account {live.account.id}{hint}")
    return [group for _, group in sorted(found.items()) if group is not None]


def _declaration(group: LiveGroup, account: str) -> dict[str, Data]:
    """Return the group as its file declares it; what is unknown is left out, so not managed."""
    declared: dict[str, Data] = {}
    if group.path != "/" and _writable(group.path):
        declared["path"] = group.path
    if group.policies is not None:
        references = [_reference(arn, account) for arn in group.policies]
        declared["policies"] = _sorted(filter(None, references))
        if None in references:
            declared["attachments"] = "additive"
    if group.members is not None:
        declared["members"] = _sorted(group.members)
    return declared


def _writable(path: str) -> bool:
    """Tell whether a configuration can say this path of IAM's."""
    rule = schema("config")["properties"]["settings"]["properties"]["path"]
    return len(path) <= rule["maxLength"] and re.search(rule["pattern"], path) is not None


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(names, key=fold)


def _reference(arn: str, account: str) -> str | None:
    """Return `aws:Name`, `local:path/Name` or the ARN; None when no configuration can say it."""
    parts = parse_policy_arn(arn)
    if parts is None:
        return None
    if parts.owner == "aws":
        return parts.short
    return f"local:{parts.path.lstrip('/')}{parts.name}" if parts.owner == account else arn


def _left_out(group: LiveGroup) -> Iterator[str]:
    for what, held, action in (
        ("members", group.members, "iam:GetAccountAuthorizationDetails or iam:GetGroup"),
        ("policies", group.policies, "iam:GetAccountAuthorizationDetails or iam:ListAttachedGroupPolicies"),
        ("inline policies", group.inline, "iam:GetAccountAuthorizationDetails or iam:ListGroupPolicies"),
    ):
        if held is None:
            yield f"{group.name}: its {what} could not be read ({action}), so they are not managed"
    if group.inline:
        yield f"{group.name}: inline policies, which stay and are only reported: {_names(group.inline)}"
    if not _writable(group.path):
        yield f"{group.name}: its path cannot be written in a configuration; the group stays where it is"
    odd = [arn for arn in group.policies or () if parse_policy_arn(arn) is None]
    if odd:
        yield f"{group.name}: attached, and tolerated because it cannot be written: {_names(odd)}"


def _general(live: LiveState, groups: list[LiveGroup]) -> Iterator[str]:
    people = _people(live, groups)
    inline = [user.name for user in people if user.inline]
    direct = [user.name for user in people if user.policies]
    unread = [user.name for user in people if user.policies is None]
    members = {user.name for user in people}
    others = [user.name for user in live.users.values() if user.policies and user.name not in members]
    rest = len(live.groups) - len(groups)
    if rest:
        yield f"other groups, which stay and are only reported: {rest}"
    if inline:
        yield f"inline policies of members, which stay and are only reported: {_names(inline)}"
    if direct:
        yield f"policies that members hold directly, which stay: {_names(direct)}"
    if others:
        yield f"policies that users in none of these groups hold directly, which stay: {_names(others)}"
    if unread:
        yield f"what members hold directly, where it could not be read: {_names(unread)}"


def _people(live: LiveState, groups: Iterable[LiveGroup]) -> list[LiveUser]:
    names = sorted({fold(name) for group in groups for name in group.members or ()})
    return [live.users[name] for name in names if name in live.users]


def _covered(live: LiveState, groups: list[LiveGroup]) -> Iterator[tuple[str, str]]:
    """Yield (user, ARN) for what `detach_covered` would detach: a direct policy that a group gives too."""
    for group in groups:
        for user in _people(live, [group]) if group.policies else ():
            for arn in (user.policies or frozenset()) & (group.policies or frozenset()):
                yield user.name, arn


def _names(names: Iterable[str]) -> str:
    ordered = sorted(names)
    rest = len(ordered) - 5
    return f"{', '.join(ordered[:5])}{f' and {rest} more' if rest > 0 else ''}"


def _head(live: LiveState, remarks: tuple[str, ...], covered: int) -> str:
    lines = [f"Imported from account {live.account.id}; the first plan from it is empty."]
    if covered:
        lines += [
            "direct_policies: the default, detach_covered, would take away at once what members hold both",
            "directly and through a group. Take the setting out when you want that.",
        ]
    if remarks:
        lines += ["", "Not said here:"]
        lines += [f"- {remark}" for remark in remarks[:REMARKS_SHOWN]]
        lines += [f"- and {len(remarks) - REMARKS_SHOWN} more"] if len(remarks) > REMARKS_SHOWN else []
    return "".join(map(comment, lines))


def _file_names(groups: Iterable[str]) -> dict[str, str]:
    """Return group -> file name, legal everywhere and different ignoring case, as group names are."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    odd: list[str] = []
    for name in groups:
        if PLAIN_FILE.fullmatch(name) and not RESERVED.fullmatch(name):
            found[name] = f"{name}.yaml"
            taken.add(fold(name))
        else:
            odd.append(name)
    for name in odd:
        number, stem = 1, f"group-{name}"
        while fold(stem) in taken:
            number += 1
            stem = f"group-{number}-{name}"
        taken.add(fold(stem))
        found[name] = f"{stem}.yaml"
    return found
