"""What the rules on access share: who gains, whom a group excuses, and what could not be read."""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TYPE_CHECKING

from iamgroups.errors import Position
from iamgroups.guardrails.context import Context
from iamgroups.guardrails.lists import listed
from iamgroups.guardrails.patterns import named
from iamgroups.planning.note import Finding
from iamgroups.state.config import Names
from iamgroups.state.names import fold

if TYPE_CHECKING:
    from iamgroups.access.delta import Row


def rows_outside(context: Context, excused: Names) -> Iterator[tuple["Row", Sequence[str]]]:
    """Yield what changes, with the people who are in none of the groups once the plan is made.

    Of the account as it is, each person comes alone: `drift` tells of them one by one.
    """
    spared = _members(context, excused)
    for row in context.delta.rows if context.delta else ():
        people = [person for person in row.people if fold(person) not in spared]
        if people and context.plan.changes:
            yield row, people
        elif people:
            yield from ((row, [person]) for person in people)


def gained(rule: str, context: Context, row: "Row", people: Sequence[str], what: str) -> Finding:
    """Return the finding that people gain something, or have it, at the lines that cause it."""
    subjects = tuple(f"user/{person}" for person in people)
    verb = "would gain" if context.plan.changes else "has"
    return Finding(rule, f"{listed(people)} {verb} {what}", True, subjects, _lines(row, people))


def cannot_tell(rule: str, context: Context, excused: Names) -> Iterator[Finding]:
    """Yield who gains a policy that could not be read: it may give what is forbidden."""
    for row, people in rows_outside(context, excused):
        if row.unread_gained:
            verb = "would gain" if context.plan.changes else "may do"
            unread = listed(row.unread_gained)
            message = f"cannot tell what {listed(people)} {verb}: {unread} could not be read"
            yield Finding(
                rule, message, True, tuple(f"user/{person}" for person in people), _lines(row, people)
            )


def _lines(row: "Row", people: Iterable[str]) -> tuple[Position, ...]:
    return tuple(sorted({line for person in people for line in row.lines[person]}))


def _members(context: Context, groups: Names) -> Set[str]:
    return {
        fold(member)
        for group in context.groups
        if any(named(pattern.pattern, group.names) for pattern in groups)
        for member in group.members_after or ()
    }
