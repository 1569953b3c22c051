"""Every group before and after a plan."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iamgroups.planning.plan import Plan
from iamgroups.state import Attachment, GroupFact, Kind, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold

Held = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group before and after the plan. A name is "" where the group does not exist; None is unknown.

    `names`: every name it goes by, folded, with what `moved` says of it, so that a rename changes no rule.
    `changes`: those of the group, its members and its policies.
    """

    before: str
    after: str
    names: frozenset[str]
    members_before: Held
    members_after: Held
    policies_before: Held
    policies_after: Held
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        """Return the name after the plan, or the last one it had."""
        return self.after or self.before

    @property
    def joining(self) -> frozenset[str]:
        """Return the users the plan adds."""
        return frozenset(
            change.fact.user
            for change in self.changes
            if change.action == "create" and isinstance(change.fact, Membership)
        )


def views(plan: Plan, config: Config, live: LiveState) -> tuple[GroupView, ...]:
    """Return every group that is live or planned, by name."""
    changes = _by_group(plan.changes)
    aliases = _aliases(config)
    keys = sorted(live.groups.keys() | changes.keys())
    return tuple(_view(live.groups.get(key), changes.get(key, ()), aliases) for key in keys)


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


def _view(live: LiveGroup | None, changes: tuple[Change, ...], aliases: Mapping[str, set[str]]) -> GroupView:
    before = after = live.name if live else ""
    for change in changes:
        if isinstance(change.fact, GroupFact):
            after = "" if change.action == "delete" else change.fact.name
    members = live.members if live else frozenset()
    policies = live.policies if live else frozenset()
    own = {fold(name) for name in (before, after) if name}
    return GroupView(
        before,
        after,
        names=frozenset(own.union(*(aliases.get(name, ()) for name in own))),
        members_before=members,
        members_after=_after(members, changes, Membership.kind, "user") if after else frozenset(),
        policies_before=policies,
        policies_after=_after(policies, changes, Attachment.kind, "arn") if after else frozenset(),
        changes=changes,
    )


def _after(held: Held, changes: Iterable[Change], kind: Kind, field: str) -> Held:
    """Return the users or ARNs held after the changes of this kind."""
    if held is None:
        return None
    own = [change for change in changes if change.fact.kind is kind]
    gone = {change.fact.values[field] for change in own if change.action == "delete"}
    come = {change.fact.values[field] for change in own if change.action == "create"}
    return (held - gone) | come if own else held
