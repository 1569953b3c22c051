"""Drift: how the account differs from the files, said from the account's side."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from iamgroups.errors import Position, Problem
from iamgroups.planning.accepted import Acceptance, Remark, fingerprint
from iamgroups.planning.note import Finding, Note
from iamgroups.planning.plan import Plan
from iamgroups.state import PolicyVersionFact as Version
from iamgroups.state.address import parse
from iamgroups.state.change import Change
from iamgroups.state.config import Accepted, Config
from iamgroups.state.kind import Action
from iamgroups.state.live import Account, LiveState
from iamgroups.state.names import fold, natural
from iamgroups.state.term import Time, begin_of, told

if TYPE_CHECKING:
    from iamgroups.access.levels import Rise

DriftKind = Literal["missing", "extra", "changed", "broken"]
KINDS: Mapping[Action, DriftKind] = {"create": "missing", "delete": "extra", "update": "changed"}
OWNERS = ("user", "group", "policy", "rule")


class Observation(NamedTuple):
    """Something about the account that no plan knows: a broken rule, a document that changed."""

    kind: DriftKind
    address: str
    message: str
    owner: str
    positions: tuple[Position, ...] = ()
    details: tuple[str, ...] = ()
    rise: "Rise | None" = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the account is not what the files say.

    `owner` is the person, group or policy it is told under: "user/alice". `position` is the line that would
    have to change. `details` are the lines by which a document differs (`-` live, `+` declared). `document`
    is the digest of an inline policy. `rise`: what a document gives that it did not give when it was noted.
    `planned`: the next apply mends it. `accepted`: the entry for it. `about`: addresses of the groups that
    name what is missing, or hold the policy.
    """

    kind: DriftKind
    address: str
    message: str
    owner: str = ""
    position: Position | None = None
    details: tuple[str, ...] = ()
    document: str = ""
    rise: "Rise | None" = None
    planned: bool = False
    accepted: Accepted | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs, by person, group and policy.

    `notes`: what else a reader should know, such as what could not be read. `remarks`: entries of `accepted`
    to mend. `problems`: why the configuration cannot be compared with the account.
    """

    account: Account
    differences: tuple[Difference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def new(self) -> tuple[Difference, ...]:
        """Return what nobody has accepted."""
        return tuple(one for one in self.differences if one.accepted is None)

    @property
    def accepted(self) -> tuple[Difference, ...]:
        """Return what an entry of `accepted` covers."""
        return tuple(one for one in self.differences if one.accepted)

    @property
    def exit_code(self) -> int:
        """Return 1 when the comparison is incomplete, 2 when something new differs, else 0."""
        return 1 if self.problems else 2 if self.new else 0


def drift(
    plan: Plan,
    config: Config,
    live: LiveState,
    now: Time,
    *,
    besides: Iterable[Observation] = (),
    notes: Iterable[Note] = (),
    grace: timedelta = timedelta(0),
) -> Drift:
    """Return the plan as drift at this time, with what else was found; a day counts from its beginning.

    People still `pending` do not count, nor does what fell due less than `grace` ago.
    """
    acceptance = Acceptance(config.accepted, live, begin_of(now).date())
    changes = [change for change in plan.changes if not isinstance(change.fact, Version)]
    waiting = [change for change in changes if change.due and begin_of(now) - change.due < grace]
    found = [_change(change) for change in changes if change not in waiting]
    found += [_absent(problem) for problem in plan.problems if problem.missing]
    found += [_noted(note) for note in plan.notes if note.reported]
    found += [_found(one) for one in besides]
    judged = [_judged(one, acceptance) for one in found]
    for change in waiting:
        acceptance.mark(change.address)
    said = [note for note in plan.notes if not note.reported and note.level == "warning"]
    return Drift(
        plan.account,
        tuple(sorted(judged, key=_order)),
        tuple(acceptance.remarks()),
        (*said, *notes, *map(_waiting, waiting)),
        tuple(problem for problem in plan.problems if not problem.missing),
    )


def of_groups(whole: Drift, groups: Iterable[str]) -> Drift:
    """Return what is told under these groups, ignoring case, and why they cannot be compared."""
    owners = {fold(f"group/{name}") for name in groups}
    return replace(
        whole,
        differences=tuple(one for one in whole.differences if _is_of(one, owners)),
        remarks=(),
        notes=tuple(note for note in whole.notes if fold(_owner(note.subject)) in owners),
        problems=tuple(one for one in whole.problems if not one.about or owners & {*map(fold, one.about)}),
    )


def _is_of(one: Difference, owners: Collection[str]) -> bool:
    return fold(one.owner) in owners or any(fold(address) in owners for address in one.about)


def broken_rules(findings: Iterable[Finding]) -> tuple[Observation, ...]:
    """Return what the guardrails say of the account as it is, one for each person or group it is about."""
    return tuple(_rule(finding, subject) for finding in findings for subject in finding.subjects)


def _rule(finding: Finding, subject: str) -> Observation:
    parts = subject.split("/")[1:]
    address = "/".join(["rule", finding.rule, *reversed(parts)])
    fact = parse(subject)
    message = f"{finding.message} ({finding.rule})"
    if fact and len(finding.subjects) > 1:
        message = f"{fact.kind.there.fill(fact.names)}, which breaks {finding.rule}"
    return Observation("broken", address, message, _owner(subject), finding.positions)


def _change(change: Change) -> Difference:
    words = f" ({change.why})" if change.why and change.action == "delete" else ""
    details = change.fact.differences(change.before) if change.before else ()
    return Difference(
        KINDS[change.action],
        change.address,
        change.sentence + words,
        "/".join(change.fact.owner),
        change.position,
        details,
        planned=True,
    )


def _waiting(change: Change) -> Note:
    message = f"{change.sentence}: due since {told(change.due)}" if change.due else ""
    return Note("due", change.address, f"{message}, for `apply --due`", change.position)


def _absent(problem: Problem) -> Difference:
    missing = problem.missing
    return Difference("missing", missing, problem.message, missing, problem.position, about=problem.about)


def _noted(note: Note) -> Difference:
    return Difference("extra", note.subject, note.message, _owner(note.subject), note.position)


def _found(one: Observation) -> Difference:
    position = one.positions[0] if one.positions else None
    return Difference(
        one.kind, one.address, one.message, one.owner, position, one.details, rise=one.rise, about=one.about
    )


def _owner(address: str) -> str:
    """Return the person, group or policy that an address belongs to."""
    found = parse(address)
    return found.kind.owner.fill(found.names) if found else address


def _judged(one: Difference, acceptance: Acceptance) -> Difference:
    """Return the difference with the entry that accepts it; another document than that one is a change."""
    document = acceptance.document(one.address)
    known = replace(one, document=fingerprint(document)) if document is not None else one
    entry = acceptance.entry_for(one.address)
    if entry is not None:
        return replace(known, accepted=entry)
    older = None if one.planned else acceptance.outdated(one.address)
    if older is None:
        return known
    message = f"{one.message}: its document is not the one that was accepted"
    return replace(known, kind="changed", message=message, position=older.position)


def _order(one: Difference) -> tuple[object, ...]:
    """By owner. What is said of the owner itself comes first."""
    kind, _, name = one.owner.partition("/")
    place = OWNERS.index(kind) if kind in OWNERS else len(OWNERS)
    return place, natural(name), one.address != one.owner, natural(one.address), one.message


def tally(differences: Sequence[Difference]) -> Mapping[DriftKind, int]:
    """Return how many there are of each kind, in the order of `DriftKind`."""
    kinds = [one.kind for one in differences]
    return {kind: kinds.count(kind) for kind in (*KINDS.values(), "broken") if kind in kinds}
