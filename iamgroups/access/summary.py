"""What one person can do altogether."""

from dataclasses import dataclass

from iamgroups.access.declared import Declared
from iamgroups.access.delta import Differ, Tally
from iamgroups.access.escalation import Way
from iamgroups.access.explain import Via, ways_of
from iamgroups.access.people import People
from iamgroups.access.powers import Scoped
from iamgroups.access.scope import Scope
from iamgroups.access.side import PolicyName
from iamgroups.state.live import LiveUser
from iamgroups.state.names import short


@dataclass(frozen=True)
class PersonSummary:
    """`conditional` are the allowed actions with a limit.

    `scopes` are the limits, and how many actions have each. `denied` are limits within which Denies apply.
    """

    user: LiveUser
    administrator: bool
    allowed: Tally
    conditional: Tally
    ways: tuple[Way, ...]
    scopes: tuple[tuple[Scope, int], ...]
    denied: tuple[tuple[Scope, int], ...]
    policies: tuple[tuple[PolicyName, tuple[Via, ...]], ...]
    boundary: str
    unread: tuple[str, ...]
    actions: int
    date: str

    @property
    def verdict(self) -> str:
        """Return "": a summary has none."""
        return ""

    @property
    def account(self) -> str:
        """Return the account's id."""
        return self.user.arn.split(":")[4] if self.user.arn.count(":") > 4 else ""


def summary_of(user: LiveUser, people: People, differ: Differ, declared: Declared) -> PersonSummary:
    """Return what a user can do, by every policy they hold and their boundary."""
    powers = people.of(user)
    administrator = differ.escalation.is_administrator(powers)
    return PersonSummary(
        user=user,
        administrator=administrator,
        allowed=differ.tally(powers.any),
        conditional=differ.tally(powers.any & ~(powers.free & ~powers.capped)),
        ways=() if administrator else differ.ways(powers),
        scopes=_sized(powers.scoped),
        denied=_sized(powers.denied_in),
        policies=tuple(ways_of(people.side.of_user(user), declared, user).items()),
        boundary=short(user.boundary) if user.boundary else "",
        unread=tuple(dict.fromkeys(held.policy.shown for held in people.unread(user))),
        actions=len(differ.catalogue.names),
        date=differ.catalogue.date,
    )


def _sized(scoped: Scoped) -> tuple[tuple[Scope, int], ...]:
    """Return scopes with how many actions each has, the largest first."""
    sized = ((scope, actions.bit_count()) for scope, actions in scoped.items())
    return tuple(sorted(sized, key=lambda pair: -pair[1]))
