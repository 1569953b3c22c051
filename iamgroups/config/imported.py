"""LiveState -> configuration files whose first plan is empty, or moves direct policies into groups."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from iamgroups.config import shipped
from iamgroups.config.file_names import file_names
from iamgroups.config.found import ABOUT, FILE, found_at_import
from iamgroups.config.imported_policies import Documents, documents_of
from iamgroups.config.left_out import is_writable, left_out, left_out_of, people_of
from iamgroups.config.writer import Data, comment, emit
from iamgroups.errors import UsageError
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, parse_policy_arn

ROOT = "iamgroups.yaml"
POLICIES = "policies.yaml"
FOLDER = "groups"
REMARKS_SHOWN = 20
SCHEMA = "schemas/config.schema.json"
IGNORED = """\
# Saved plans, journals and snapshots name people and access. They are no configuration.
plan*.json
*.jsonl
snapshot*.json
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """File name, relative and with `/`, -> text; the root is named `iamgroups.yaml`.

    `kept`: files that stay as they are where there are some. `remarks`: what the account has and the files
    do not say, for a reader.
    """

    files: Mapping[str, str]
    remarks: tuple[str, ...]
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FirstPlan:
    """What the first plan does: how many direct and inline policies it ends, and group -> what is proposed.

    `converted`: the groups whose inline policies it ends. `made`: the ARNs of the policies that replace them.
    `remarks`: what it does not do.
    """

    detached: int = 0
    proposed: Mapping[str, str] = field(default_factory=dict)
    ended: int = 0
    converted: Collection[str] = ()
    made: Collection[str] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How an import is written: in one file when `single`, with the account's own policies when `own`."""

    single: bool = False
    own: bool = False


PLAIN, EMPTY = Layout(), FirstPlan()


class _Piece(NamedTuple):
    """What one file declares, and what its first lines say."""

    file: str
    about: Sequence[str]
    data: Mapping[str, Data]

    @property
    def text(self) -> str:
        """Return the file, with the line by which editors find the schema."""
        schema = f"{'../' * self.file.count('/')}{SCHEMA}"
        about = [f"yaml-language-server: $schema={schema}", *self.about]
        return "".join(map(comment, about)) + emit(self.data)

    @property
    def included(self) -> str:
        """Return what the root includes it as."""
        return f"{FOLDER}/*.yaml" if self.file.startswith(f"{FOLDER}/") else self.file


def imported(
    live: LiveState,
    names: Collection[str] = (),
    layout: Layout = PLAIN,
    first_plan: FirstPlan = EMPTY,
) -> Imported:
    """Declare what these groups hold, or all groups.

    Where the first plan is not to be empty, `live` is the account after it.
    Raises: UsageError when there is no such group.
    """
    groups = chosen(live, names)
    documents = documents_of(live, groups, layout.own, first_plan.made)
    general = (*left_out(live, groups), *documents.remarks, *first_plan.remarks)
    remarks = (*general, *(line for group in groups for line in left_out_of(group)))
    covered = sum(1 for _ in _covered(live, groups))
    pieces = [*_of_groups(live, groups, documents, first_plan), *_others(live, groups, documents)]
    root: dict[str, Data] = {"version": 1, "account_id": live.account.id}
    if not layout.single and pieces:
        root["include"] = list(dict.fromkeys(piece.included for piece in pieces))
    if covered or first_plan.detached:
        root["settings"] = {"direct_policies": "detach_covered" if first_plan.detached else "report"}
    about = _head(live, remarks if layout.single else general, covered, first_plan)
    if layout.single:
        root |= _merged(pieces)
        pieces = []
    if not groups:
        root["groups"] = {}
    files = [_Piece(ROOT, about, root), *pieces]
    return Imported(
        {piece.file: piece.text for piece in files} | documents.declared,
        remarks,
        {SCHEMA: shipped.text("config"), ".gitignore": IGNORED, **documents.copies},
    )


def _merged(pieces: Sequence[_Piece]) -> dict[str, Data]:
    """Return what several files declare as one does."""
    found: dict[str, Data] = {"groups": {}}
    for piece in pieces:
        for key, value in piece.data.items():
            before = found.get(key)
            if isinstance(before, Mapping) and isinstance(value, Mapping):
                found[key] = {**before, **value}
            else:
                found[key] = value
    return found


def _of_groups(
    live: LiveState, groups: Sequence[LiveGroup], documents: Documents, first_plan: FirstPlan
) -> Iterator[_Piece]:
    """Yield a file for each group. What replaces an inline policy is declared in the first that has it."""
    names = file_names(group.name for group in groups)
    made = dict(documents.made)
    for group in groups:
        proposed = first_plan.proposed.get(group.name)
        about = [*([f"Proposed: {proposed}."] if proposed else ()), *left_out_of(group)]
        declared = declaration(group, live.account.id)
        if group.name in first_plan.converted:
            declared["inline_policies"] = "convert"
        new = [made.pop(arn) for arn in sorted(group.policies or ()) if arn in made]
        policies: dict[str, Data] = {"policies": dict(new)} if new else {}
        yield _Piece(f"{FOLDER}/{names[group.name]}", about, {**policies, "groups": {group.name: declared}})


def _others(live: LiveState, groups: Sequence[LiveGroup], documents: Documents) -> Iterator[_Piece]:
    if documents.owned:
        yield _Piece(POLICIES, (), {"policies": documents.owned})
    if accepted := found_at_import(live, groups):
        yield _Piece(FILE, (ABOUT,), {"accepted": accepted})


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


def _head(live: LiveState, remarks: Sequence[str], covered: int, first_plan: FirstPlan) -> list[str]:
    lines = [f"Imported from account {live.account.id}; the first plan from it is empty."]
    if first_plan.detached or first_plan.ended:
        lines = [
            f"Imported from account {live.account.id}. The first plan changes nobody's access. It takes away"
        ]
        lines += (
            [f"- direct policies that groups give: {first_plan.detached:,}"] if first_plan.detached else []
        )
        lines += (
            [f"- inline policies that managed ones replace: {first_plan.ended:,}"] if first_plan.ended else []
        )
        lines += _listed("Proposed", [f"{name}: {text}" for name, text in first_plan.proposed.items()])
    if covered and not first_plan.detached:
        lines += [
            "direct_policies: the default, detach_covered, would take away at once what members hold both",
            "directly and through a group. Take the setting out when you want that.",
        ]
    lines += _listed("Not said here", remarks)
    return lines


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    rest = [f"- and {len(lines) - REMARKS_SHOWN} more"] if len(lines) > REMARKS_SHOWN else []
    return ["", f"{title}:", *(f"- {line}" for line in lines[:REMARKS_SHOWN]), *rest] if lines else []
