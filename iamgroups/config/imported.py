"""LiveState -> configuration files whose first plan is empty, or moves direct policies into groups."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from iamgroups.config.found import ABOUT, FILE, found_at_import
from iamgroups.config.group_files import file_names
from iamgroups.config.left_out import is_writable, left_out, left_out_of, people_of
from iamgroups.config.writer import Data, comment, emit
from iamgroups.errors import UsageError
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, parse_policy_arn

ROOT = "iamgroups.yaml"
FOLDER = "groups"
REMARKS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Imported:
    """File name, relative and with `/`, -> text; the root is named `iamgroups.yaml`.

    `remarks`: what the account has and the files do not say, for a reader.
    """

    files: Mapping[str, str]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FirstPlan:
    """What the first plan does: how many direct policies it ends, and group -> what is proposed for it."""

    detached: int = 0
    proposed: Mapping[str, str] = field(default_factory=dict)


def imported(
    live: LiveState, names: Collection[str] = (), single: bool = False, first_plan: FirstPlan | None = None
) -> Imported:
    """Declare what these groups hold, or all groups; in one file when `single`.

    Where the first plan is not to be empty, `live` is the account after it.
    Raises: UsageError when there is no such group.
    """
    first_plan = first_plan or FirstPlan()
    groups = chosen(live, names)
    remarks = {group.name: tuple(left_out_of(group)) for group in groups}
    general = tuple(left_out(live, groups))
    everything = (*general, *(line for group in groups for line in remarks[group.name]))
    declared = {group.name: declaration(group, live.account.id) for group in groups}
    root: dict[str, Data] = {"version": 1, "account_id": live.account.id}
    accepted = found_at_import(live, groups)
    include = [f"{FOLDER}/*.yaml"] if groups else []
    include += [FILE] if accepted else []
    if not single and include:
        root["include"] = include
    covered = sum(1 for _ in _covered(live, groups))
    if covered or first_plan.detached:
        root["settings"] = {"direct_policies": "detach_covered" if first_plan.detached else "report"}
    head = _head(live, everything if single else general, covered, first_plan)
    if single:
        rest: dict[str, Data] = {"accepted": accepted} if accepted else {}
        return Imported({ROOT: head + emit({**root, "groups": declared, **rest})}, everything)
    files = {ROOT: head + emit(root if groups else {**root, "groups": declared})}
    if accepted:
        files[FILE] = comment(ABOUT) + emit({"accepted": accepted})
    for name, file in file_names(declared).items():
        proposed = first_plan.proposed.get(name)
        about = "".join(map(comment, [*([f"Proposed: {proposed}."] if proposed else ()), *remarks[name]]))
        files[f"{FOLDER}/{file}"] = about + emit({"groups": {name: declared[name]}})
    return Imported(files, everything)


def chosen(live: LiveState, names: Collection[str]) -> list[LiveGroup]:
    """Return the groups of these names, or all. Raises: UsageError when there is no such group."""
    if not names:
        return [live.groups[key] for key in sorted(live.groups)]
    found = {fold(name): live.group(name) for name in names}
    for key, group in found.items():
        if group is None:
            close = get_close_matches(key, live.groups, 1)
            hint = f"; did you mean {live.groups[close[0]].name}?" if close else ""
            raise UsageError(f"no group {key} in account {live.account.id}{hint}")
    return [group for _, group in sorted(found.items()) if group is not None]


def declaration(group: LiveGroup, account: str) -> dict[str, Data]:
    """Return the group as its file declares it; what is unknown is left out, so not managed."""
    declared: dict[str, Data] = {}
    if group.path != "/" and is_writable(group.path):
        declared["path"] = group.path
    if group.policies is not None:
        references = [reference(arn, account) for arn in group.policies]
        declared["policies"] = _sorted(filter(None, references))
        if None in references:
            declared["attachments"] = "additive"
    if group.members is not None:
        declared["members"] = _sorted(group.members)
    return declared


def _sorted(names: Iterable[str]) -> list[str]:
    return sorted(names, key=fold)


def reference(arn: str, account: str) -> str | None:
    """Return `aws:Name`, `local:path/Name` or the ARN; None when no configuration can say it."""
    parts = parse_policy_arn(arn)
    if parts is None:
        return None
    if parts.owner == "aws":
        return parts.short
    return f"local:{parts.path.lstrip('/')}{parts.name}" if parts.owner == account else arn


def _covered(live: LiveState, groups: list[LiveGroup]) -> Iterator[tuple[str, str]]:
    """Yield (user, ARN) for what `detach_covered` would detach: a direct policy that a group gives too."""
    for group in groups:
        for user in people_of(live, [group]) if group.policies else ():
            for arn in (user.policies or frozenset()) & (group.policies or frozenset()):
                yield user.name, arn


def _head(live: LiveState, remarks: Sequence[str], covered: int, first_plan: FirstPlan) -> str:
    lines = [f"Imported from account {live.account.id}; the first plan from it is empty."]
    if first_plan.detached:
        lines = [
            f"Imported from account {live.account.id}. The first plan takes away direct policies that groups",
            f"give: {first_plan.detached:,}. Nobody's access changes.",
        ]
        lines += _listed("Proposed", [f"{name}: {text}" for name, text in first_plan.proposed.items()])
    elif covered:
        lines += [
            "direct_policies: the default, detach_covered, would take away at once what members hold both",
            "directly and through a group. Take the setting out when you want that.",
        ]
    lines += _listed("Not said here", remarks)
    return "".join(map(comment, lines))


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    rest = [f"- and {len(lines) - REMARKS_SHOWN} more"] if len(lines) > REMARKS_SHOWN else []
    return ["", f"{title}:", *(f"- {line}" for line in lines[:REMARKS_SHOWN]), *rest] if lines else []
