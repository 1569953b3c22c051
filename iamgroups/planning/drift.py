"""Drift: what a plan would change, said from the account's side. Must not write, print or exit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple

from iamgroups.errors import Position, Problem
from iamgroups.planning.note import Note
from iamgroups.planning.plan import Plan
from iamgroups.state import PolicyVersionFact as Version
from iamgroups.state.change import Change
from iamgroups.state.config import Config, KnownDrift
from iamgroups.state.kind import Action
from iamgroups.state.live import Account
from iamgroups.state.names import matches

Kind = Literal["missing", "extra", "changed"]
KINDS: Mapping[Action, Kind] = {"create": "missing", "delete": "extra", "update": "changed"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the account is not what the YAML says.

    `position` is the line that says otherwise, `details` the lines by which a policy document differs
    (`-` live, `+` declared, as a plan would mend it), `known` the entry of `known_drift` that excuses it.
    """

    kind: Kind
    address: str
    message: str
    position: Position | None = None
    details: tuple[str, ...] = ()
    known: KnownDrift | None = None


class Remark(NamedTuple):
    """Something to mend in `known_drift` itself."""

    message: str
    position: Position


@dataclass(frozen=True, slots=True)
class Drift:
    """What drifted, in a stable order. `noted`: what is only reported; it counts when `strict`.

    `excused`: addresses of `noted` that `known_drift` names. `notes`: what else a reader should know, such as
    what could not be read. `problems`: why the configuration cannot be compared with the account at all.
    """

    account: Account
    differences: tuple[Difference, ...] = ()
    noted: tuple[Note, ...] = ()
    excused: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    strict: bool = False

    @property
    def counted(self) -> int:
        """Return how many differences `drift` fails for."""
        noted = [note for note in self.noted if note.subject not in self.excused]
        return sum(1 for found in self.differences if not found.known) + (len(noted) if self.strict else 0)

    @property
    def exit_code(self) -> int:
        """Return 1 when the comparison is incomplete, 2 when something differs, else 0."""
        return 1 if self.problems else 2 if self.counted else 0


def drift(plan: Plan, config: Config, today: date, strict: bool = False) -> Drift:
    """Return the plan as drift on this day (UTC). People still `pending` are no difference."""
    found = [_difference(change) for change in plan.changes if not isinstance(change.fact, Version)]
    found += [_absent(problem) for problem in plan.problems if problem.missing]
    entries = [entry for entry in config.known_drift if entry.until is None or entry.until >= today]
    known = [replace(one, known=_known(one.address, entries)) for one in found]
    noted = tuple(note for note in plan.notes if note.reported)
    subjects = [one.address for one in found] + [note.subject for note in noted]
    return Drift(
        plan.account,
        tuple(
            sorted(known, key=lambda one: (list(KINDS.values()).index(one.kind), one.address, one.message))
        ),
        noted,
        frozenset(note.subject for note in noted if _known(note.subject, entries)),
        tuple(_remarks(config.known_drift, today, subjects)),
        tuple(note for note in plan.notes if not note.reported and note.level == "warning"),
        tuple(problem for problem in plan.problems if not problem.missing),
        strict,
    )


def _difference(change: Change) -> Difference:
    details = change.fact.differences(change.before) if change.before else ()
    return Difference(KINDS[change.action], change.address, _said(change), change.position, details)


def _absent(problem: Problem) -> Difference:
    return Difference("missing", problem.missing, problem.message, problem.position)


def _known(address: str, entries: Iterable[KnownDrift]) -> KnownDrift | None:
    return next((entry for entry in entries if matches(entry.match, address)), None)


def _remarks(entries: Iterable[KnownDrift], today: date, subjects: list[str]) -> Iterator[Remark]:
    for entry in entries:
        if entry.until is not None and entry.until < today:
            message = f"known_drift {entry.match} ended on {entry.until}: take it out, or give it a new date"
            yield Remark(message, entry.position)
        elif not any(matches(entry.match, subject) for subject in subjects):
            yield Remark(f"known_drift {entry.match} matches nothing: take it out", entry.position)


def _said(change: Change) -> str:
    """Return the difference as somebody who looks at the account would say it."""
    words = f" ({change.why})" if change.why and change.action == "delete" else ""
    return change.sentence + words
