"""Context: a plan with what it was made from and its groups, as every guardrail sees them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from iamgroups.access import Access
from iamgroups.access.declared import Declared
from iamgroups.errors import Position
from iamgroups.planning.plan import Plan
from iamgroups.state import Direct, Fact, GroupFact, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold

if TYPE_CHECKING:
    from iamgroups.access.delta import AccessDelta

# Role name -> ARNs of the managed policies attached to it; None when that could not be read.
RolePolicies = Callable[[str], frozenset[str] | None]
Held = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Group:
    """A group as rules see it. A name is "" where the group does not exist; None is unknown.

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


@dataclass(frozen=True)
class Context:
    """A plan, what it was made from, and the groups before and after it."""

    plan: Plan
    config: Config
    live: LiveState
    role_policies: RolePolicies | None = None
    delta: "AccessDelta | None" = None

    @cached_property
    def access(self) -> Access:
        """What people hold before and after the plan."""
        return Access(self.live, self.plan.changes)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every group live or planned, by name."""
        return _groups(self.access, self.config)

    @cached_property
    def declared(self) -> Declared:
        """What the files declare."""
        return Declared(self.config)

    def covered(self, user: str, arn: str) -> bool:
        """Tell whether a declared group gives the user this policy for good."""
        return self.declared.cover(user, arn) is not None

    @cached_property
    def direct(self) -> tuple[Direct, ...]:
        """Every policy that is attached to a user after the plan, as far as that is known."""
        users = self.live.users.values()
        after = ((user.name, self.access.after.attached_directly(user)) for user in users)
        return tuple(Direct(user, arn) for user, arns in after for arn in arns or ())

    @cached_property
    def arns_after(self) -> frozenset[str]:
        """Every policy that a group or a user holds after the plan, as far as that is known."""
        held = (group.policies_after or () for group in self.groups)
        return frozenset(fact.arn for fact in self.direct).union(*held)

    def lines(self, facts: Iterable[Fact], otherwise: Position | None) -> tuple[Position, ...]:
        """Return where the files declare these facts, or `otherwise` where they declare none of them."""
        found = set(map(self.declared.line, facts))
        return tuple(sorted(filter(None, found))) or tuple(filter(None, [otherwise]))


def positions(changes: Iterable[Change]) -> tuple[Position, ...]:
    """Return the lines that ask for these changes, each once, in file order."""
    return tuple(sorted({change.position for change in changes if change.position}))


def addresses(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the addresses of these changes, sorted."""
    return tuple(sorted(change.address for change in changes))


def made(changes: Iterable[Change], *facts: type[Fact]) -> list[Change]:
    """Return the changes that make a fact of one of these kinds."""
    return [change for change in changes if change.action == "create" and _is_one(change, facts)]


def ended(changes: Iterable[Change], *facts: type[Fact]) -> list[Change]:
    """Return the changes that end a fact of one of these kinds."""
    return [change for change in changes if change.action == "delete" and _is_one(change, facts)]


def _is_one(change: Change, facts: Iterable[type[Fact]]) -> bool:
    return any(change.fact.kind is fact.kind for fact in facts)


def _groups(access: Access, config: Config) -> tuple[Group, ...]:
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
