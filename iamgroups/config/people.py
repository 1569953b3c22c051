"""Teams and member lists -> Members, one per person."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from iamgroups.config.merge import Merged
from iamgroups.config.nesting import expansion_order
from iamgroups.config.policy_refs import PolicyRefs
from iamgroups.config.source_file import SourceFile, quoted
from iamgroups.config.tree import Marks, Node
from iamgroups.errors import Position, Problem
from iamgroups.state.config import GroupDecl, Member
from iamgroups.state.names import fold
from iamgroups.state.term import Time, begin_of, end_of, parse, told

# IAM holds at most 5,000 users in 10 groups each; teams could multiply without end.
MAX_MEMBERSHIPS = 500_000

Teams = dict[str, tuple[Member, ...]]
Warnings = list[tuple[str, Position]]


def day(node: Node | None, problems: list[Problem]) -> date | None:
    """Return the date at a node; None when absent or impossible, which is a problem."""
    if node is None:
        return None
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        problems.append(node.problem(f"{node.value} is not in the calendar"))
        return None


def term(entry: Node, problems: list[Problem]) -> tuple[Time | None, Time | None]:
    """Return when an entry begins and ends; a time that is impossible is a problem."""
    starts, expires = (_time(entry.get(key), problems) for key in ("starts", "expires"))
    if starts is not None and begin_of(starts) >= end_of(expires):
        problems.append(entry["starts"].problem("this starts when it is over: `expires` is not later"))
    return starts, expires


def _time(node: Node | None, problems: list[Problem]) -> Time | None:
    if node is None:
        return None
    try:
        return parse(node.value)
    except ValueError:
        problems.append(node.problem(f"{node.value} is not in the calendar"))
        return None


def teams(merged: Merged, references: PolicyRefs, warnings: Warnings) -> Teams:
    """Return folded team name -> its people, teams in it expanded, `via` naming the outer team."""
    found: Teams = {}
    room = MAX_MEMBERSHIPS
    for entry in expansion_order(merged, "teams", "team", references.problems):
        people = [person._replace(via=entry.name) for person in _people(entry.value, references, found)]
        found[fold(entry.name)] = _once(people, f"team {quoted(entry.name)}", warnings)
        room -= len(people)
        if room < 0:
            message = f"the teams up to this one name more than {MAX_MEMBERSHIPS:,} people"
            references.problems.append(entry.problem(message, "IAM has room for a hundredth of that"))
            break
    return found


def members(
    node: Node, group: str, references: PolicyRefs, known: Teams, warnings: Warnings
) -> tuple[Member, ...]:
    """Return a group's people: teams expanded, each person once."""
    people = _people(node, references, known)
    return _once(people, f"group {quoted(group)}", warnings)


def _people(node: Node, references: PolicyRefs, known: Teams) -> Iterator[Member]:
    """Yield the people of a list, in its order.

    Works on the bare data where an item is just a name: this runs for every membership of the account.
    """
    assert isinstance(node.marks, Marks)
    source: SourceFile = node.source
    for index, item in enumerate(node.value):
        if isinstance(item, str):
            line, column = node.marks.children[index]
            yield Member(item, Position(source.file, line, column))
        elif "user" in item:
            entry = node[index]
            yield _terms(entry, Member(item["user"], entry["user"].position), references.problems)
        else:
            yield from _team(node[index], references, known)


def _team(entry: Node, references: PolicyRefs, known: Teams) -> Iterator[Member]:
    name = entry["team"]
    if unknown := references.unknown(name, "teams", "team"):
        references.problems.append(unknown)
    terms = _terms(entry, Member("", name.position), references.problems)
    for person in known.get(fold(name.value), ()):
        begins = [when for when in (person.starts, terms.starts) if when]
        ends = [when for when in (person.expires, terms.expires) if when]
        yield person._replace(
            starts=max(begins, key=begin_of, default=None),
            expires=min(ends, key=end_of, default=None),
            reason=terms.reason or person.reason,
            pending=terms.pending or person.pending,
        )


def _terms(entry: Node, member: Member, problems: list[Problem]) -> Member:
    value: dict[str, Any] = entry.value
    starts, expires = term(entry, problems)
    return member._replace(
        starts=starts,
        expires=expires,
        reason=value.get("reason", ""),
        pending=value.get("pending", False),
    )


def _once(people: Iterable[Member], where: str, warnings: Warnings) -> tuple[Member, ...]:
    """Keep the longest of a person's entries that begin together; say so, unless two teams agree."""
    found: dict[tuple[str, Time | None], Member] = {}
    for person in people:
        key = (fold(person.user), person.starts)
        first = found.setdefault(key, person)
        if first is person:
            continue
        kept = max(first, person, key=_length)
        found[key] = kept
        if not (first.via and person.via and _length(first) == _length(person)):
            until = f"until {told(kept.expires)}" if kept.expires else "without end"
            message = f"{quoted(person.user)} is in {where} twice, also at {first.position}; kept {until}"
            warnings.append((message, person.position))
    return tuple(found.values())


def spellings(groups: Iterable[GroupDecl]) -> Warnings:
    """Return a warning for each further way in which a person's name is written."""
    first: dict[str, Member] = {}
    warned: dict[str, Position] = {}
    for group in groups:
        for member in group.members or ():
            known = first.setdefault(fold(member.user), member)
            if known.user != member.user:
                warned.setdefault(member.user, member.position)
    return [
        (f"{quoted(user)} and {quoted(known.user)} at {known.position} are one user: write one of them", at)
        for user, at in warned.items()
        for known in [first[fold(user)]]
    ]


def _length(member: Member) -> tuple[datetime, bool]:
    return end_of(member.expires), not member.pending
