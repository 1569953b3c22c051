"""A group as rules see it: its names and changes, who is in it and what it holds, before and after a plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iamgroups.access import Access
from iamgroups.state import Fact, GroupFact, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup
from iamgroups.state.names import fold

Held = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Group:
    """One group. A name is "" where the group does not exist; None is unknown.

    `names`: every name it goes by, folded, with what `moved` says of it, so that a rename changes no rule.
    `changes`: those of the group, its members and its policies.
    """

    before: str
    after: str
    names: frozenset[str]
    changes: tuple[Change, ...]
    members_before: Held
    members_after: Held
    policies_before: Held
    policies_after: Held

    @property
    def name(self) -> str:
        """Return the name after the plan, or the last one it had."""
        return self.after or self.before

    @property
    def joining(self) -> frozenset[str]:
        """Return the users the plan adds."""
        return frozenset(change.fact.label for change in made(self.changes, Membership))


def made(changes: Iterable[Change], *facts: type[Fact]) -> list[Change]:
    """Return the changes that make a fact of one of these kinds."""
    return [change for change in changes if change.action == "create" and _is_one(change, facts)]


def ended(changes: Iterable[Change], *facts: type[Fact]) -> list[Change]:
    """Return the changes that end a fact of one of these kinds."""
    return [change for change in changes if change.action == "delete" and _is_one(change, facts)]


def _is_one(change: Change, facts: Iterable[type[Fact]]) -> bool:
    return any(change.fact.kind is fact.kind for fact in facts)


def groups(access: Access, config: Config) -> tuple[Group, ...]:
    """Return every group that is live or planned, by name."""
    changes = _by_group(access.changes)
    aliases = _aliases(config)
    live = access.live.groups
    keys = sorted(live.keys() | changes.keys())
    return tuple(_group(access, live.get(key), changes.get(key, ()), aliases) for key in keys)


def _by_group(changes: Iterable[Change]) -> dict[str, tuple[Change, ...]]:
    """Return folded name of the group, as it is called before the plan -> its changes."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        for name in change.names:
            kind, _, group = name.partition("/")
            if kind == "group":
                found.setdefault(fold(group), []).append(change)
    return {key: tuple(own) for key, own in found.items()}


def _aliases(config: Config) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for move in config.moved:
        source, to = fold(move.source), fold(move.to)
        found.setdefault(source, set()).add(to)
        found.setdefault(to, set()).add(source)
    return found


def _group(
    access: Access, live: LiveGroup | None, changes: tuple[Change, ...], aliases: Mapping[str, set[str]]
) -> Group:
    before = after = live.name if live else ""
    for change in changes:
        if change.fact.kind is GroupFact.kind:
            after = "" if change.action == "delete" else change.fact.owner.name
    own = {fold(name) for name in (before, after) if name}
    final = access.final_name(before) if live else after
    return Group(
        before,
        after,
        frozenset(own.union(*(aliases.get(name, ()) for name in own))),
        changes,
        members_before=access.before.members(final),
        members_after=access.after.members(final) if after else frozenset(),
        policies_before=access.before.attached(final),
        policies_after=access.after.attached(final) if after else frozenset(),
    )
