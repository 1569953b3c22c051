"""Situation: a plan with what it was made from, as every guardrail sees it. Must not judge it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from iamgroups.errors import Position
from iamgroups.guardrails.views import GroupView, Held, views
from iamgroups.planning import Change, Plan
from iamgroups.state import Direct, Membership
from iamgroups.state.config import Config, GroupDecl
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, short

# Role name -> ARNs of the managed policies attached to it; None when that could not be read.
RolePolicies = Callable[[str], frozenset[str] | None]


@dataclass(frozen=True)
class Situation:
    """A plan, what it was made from, and the groups before and after it."""

    plan: Plan
    config: Config
    live: LiveState
    role_policies: RolePolicies | None = None

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

    def lines(self, addresses: Iterable[str], otherwise: Position | None) -> tuple[Position, ...]:
        """Return where the files declare these facts, or `otherwise` where they declare none of them."""
        found = {self._declared_at.get(fold(address)) for address in addresses}
        return tuple(sorted(filter(None, found))) or tuple(filter(None, [otherwise]))

    @cached_property
    def _lasting(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for group in self.config.groups:
            for member in group.members or ():
                if member.expires is None:
                    found.setdefault(fold(member.user), []).append(group.name)
        return {user: tuple(groups) for user, groups in found.items()}

    @cached_property
    def _declared_policies(self) -> Mapping[str, frozenset[str]]:
        return {group.name: frozenset(_shorts(group)) for group in self.config.groups}

    @cached_property
    def _declared_at(self) -> Mapping[str, Position]:
        found: dict[str, Position] = {}
        for group in self.config.groups:
            found[fold(f"group/{group.name}")] = group.position
            for member in group.members or ():
                found[fold(Membership(group.name, member.user).address)] = member.position
            for ref, name in zip(group.policies or (), _shorts(group), strict=True):
                found[fold(f"attachment/{group.name}/{name}")] = ref.position
        return found


def positions(changes: Iterable[Change]) -> tuple[Position, ...]:
    """Return the lines that ask for these changes, each once, in file order."""
    return tuple(sorted({change.position for change in changes if change.position}))


def addresses(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return the addresses of these changes, sorted."""
    return tuple(sorted(change.address for change in changes))


def _shorts(group: GroupDecl) -> Iterator[str]:
    """Yield `aws:name` or `local:name`, folded, for each declared policy."""
    for ref in group.policies or ():
        owner, _, rest = ref.spec.partition(":")
        yield fold(short(ref.spec) if owner == "arn" else f"{owner}:{rest.rpartition('/')[2]}")
