"""Context: a plan with what it was made from, as every guardrail sees it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from iamgroups.access import Access
from iamgroups.access.declared import Declared
from iamgroups.errors import Position
from iamgroups.guardrails.group import Group, groups
from iamgroups.planning.plan import Plan
from iamgroups.state import Direct, Fact
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState

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
    def access(self) -> Access:
        """What people hold before and after the plan."""
        return Access(self.live, self.plan.changes)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every group live or planned, by name."""
        return groups(self.access, self.config)

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
