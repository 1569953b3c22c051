"""Context: a plan with what it was made from, as every guardrail sees it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from iamgroups.access import Access
from iamgroups.errors import Position
from iamgroups.guardrails.group_views import GroupView, Held, views
from iamgroups.planning.plan import Plan
from iamgroups.state import Direct, Fact
from iamgroups.state.change import Change
from iamgroups.state.config import Config, GroupDecl
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, short
from iamgroups.state.term import is_lasting

if TYPE_CHECKING:
    from iamgroups.access.delta import AccessDelta

# Role name -> ARNs of the managed policies attached to it; None when that could not be read.
RolePolicies = Callable[[str], frozenset[str] | None]


@dataclass(frozen=True)
class Context:
    """A plan, what it was made from, and the groups before and after it."""

    plan: Plan
    config: Config
    live: LiveState
    role_policies: RolePolicies | None = None
    delta: "AccessDelta | None" = None

    @cached_property
    def groups(self) -> tuple[GroupView, ...]:
        """Every group live or planned, by name."""
        return views(self.plan, self.config, self.live)

    @cached_property
    def declared(self) -> frozenset[str]:
        """Folded names of the declared groups."""
        return frozenset(fold(group.name) for group in self.config.groups)

    @cached_property
    def direct_after(self) -> Mapping[str, Held]:
        """User -> ARNs attached directly after the plan; None is unknown."""
        gone: dict[str, set[str]] = {}
        for change in self.plan.changes:
            if isinstance(change.fact, Direct):
                gone.setdefault(change.fact.user, set()).add(change.fact.arn)
        return {
            user.name: None if user.policies is None else user.policies - gone.get(user.name, set())
            for user in self.live.users.values()
        }

    def covered(self, user: str, arn: str) -> bool:
        """Tell whether a declared group gives the user this policy without an end."""
        wanted = fold(short(arn))
        return any(wanted in self._declared_policies[group] for group in self._lasting.get(fold(user), ()))

    @cached_property
    def access(self) -> Access:
        """What people hold before and after the plan."""
        return Access(self.live, self.plan.changes)

    @cached_property
    def arns_after(self) -> frozenset[str]:
        """Every policy that a group or a user holds after the plan, as far as that is known."""
        held = [group.policies_after for group in self.groups] + list(self.direct_after.values())
        return frozenset().union(*(arns for arns in held if arns))

    def lines(self, facts: Iterable[Fact], otherwise: Position | None) -> tuple[Position, ...]:
        """Return where the files declare these facts, or `otherwise` where they declare none of them."""
        found = set(map(self._line, facts))
        return tuple(sorted(filter(None, found))) or tuple(filter(None, [otherwise]))

    def _line(self, fact: Fact) -> Position | None:
        owner = fact.owner
        written = self._written.get(fold(owner.name), {}) if owner.kind == "group" else {}
        return written.get("" if fact.is_owner else fold(fact.label))

    @cached_property
    def _written(self) -> Mapping[str, Mapping[str, Position]]:
        """Declared group -> what it declares, as its facts are labelled -> the line; "" is its own."""
        return {fold(group.name): dict(_lines(group)) for group in self.config.groups}

    @cached_property
    def _lasting(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for group in self.config.groups:
            for member in group.members or ():
                if is_lasting(member):
                    found.setdefault(fold(member.user), []).append(group.name)
        return {user: tuple(groups) for user, groups in found.items()}

    @cached_property
    def _declared_policies(self) -> Mapping[str, frozenset[str]]:
        return {
            group.name: frozenset(
                name
                for name, ref in zip(_shorts(group), group.policies or (), strict=True)
                if is_lasting(ref)
            )
            for group in self.config.groups
        }


def positions(changes: Iterable[Change]) -> tuple[Position, ...]:
    """Return the lines that ask for these changes, each once, in file order."""
    return tuple(sorted({change.position for change in changes if change.position}))


def addresses(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the addresses of these changes, sorted."""
    return tuple(sorted(change.address for change in changes))


def _lines(group: GroupDecl) -> Iterator[tuple[str, Position]]:
    yield "", group.position
    yield from zip(_shorts(group), (ref.position for ref in group.policies or ()), strict=True)
    yield from ((fold(member.user), member.position) for member in group.members or ())


def _lasting_shorts(group: GroupDecl) -> Iterator[str]:
    for name, ref in zip(_shorts(group), group.policies or (), strict=True):
        if is_lasting(ref):
            yield name


def _shorts(group: GroupDecl) -> Iterator[str]:
    """Yield `aws:name` or `local:name`, folded, for each declared policy."""
    for ref in group.policies or ():
        owner, _, rest = ref.spec.partition(":")
        yield fold(short(ref.spec) if owner == "arn" else f"{owner}:{rest.rpartition('/')[2]}")
