"""Whose access some changes can touch, and which documents it takes to say how."""

from collections.abc import Iterable, Iterator
from typing import Any

from iamgroups.state import Direct, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState, LiveUser
from iamgroups.state.names import fold


def affected(live: LiveState, after: LiveState, changes: Iterable[Change]) -> list[LiveUser]:
    """Return the users whose policies, or a document of whose policies, the changes touch, by name."""
    found: set[str] = set()
    documents: set[str] = set()
    for change in changes:
        fact = change.fact
        if isinstance(fact, Membership | Direct):
            found.add(fold(fact.user))
        elif isinstance(fact, PolicyFact):
            documents.add(fact.arn)
    for key in live.groups.keys() | after.groups.keys():
        old, new = live.groups.get(key), after.groups.get(key)
        if old is None or new is None or old.policies != new.policies or old.inline != new.inline:
            found.update(_members(old), _members(new))
        elif documents & (old.policies or frozenset()):
            found.update(_members(old))
    for key, user in live.users.items():
        if documents & {*(user.policies or ()), user.boundary or ""}:
            found.add(key)
    return [live.users[key] for key in sorted(found) if key in live.users]


def unread_documents(states: Iterable[LiveState], users: Iterable[LiveUser]) -> frozenset[str]:
    """Return the ARNs of managed policies that these users hold in one of the states, and nobody read."""
    names = {fold(user.name) for user in users}
    return frozenset(arn for state in states for arn in _unread(state, names))


def _unread(state: LiveState, names: set[str]) -> Iterator[str]:
    held: set[str] = set()
    for group in state.groups.values():
        if any(fold(member) in names for member in group.members or ()):
            held |= group.policies or frozenset()
    for name in names & state.users.keys():
        user = state.users[name]
        held |= user.policies or frozenset()
        held |= {user.boundary} if user.boundary else set()
    for arn in held:
        known = state.policies.get(arn)
        if known is None or known.document is None:
            yield arn


def _members(group: Any) -> set[str]:
    return {fold(member) for member in (group.members if group else None) or ()}
