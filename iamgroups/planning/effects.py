"""What a plan means for people: the policies each user gains and loses. Must not order or judge."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from iamgroups.planning.change import Change
from iamgroups.planning.holdings import Holdings
from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.live import LiveState


class Effect(NamedTuple):
    """The managed policies (ARNs, sorted) one user holds afterwards and not before, and the reverse."""

    user: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


def effects(changes: Sequence[Change], live: LiveState) -> tuple[Effect, ...]:
    """Return the effect on every user the changes reach and for whom it is not nothing, by name."""
    holdings = Holdings(live, changes, dict(_renames(changes)))
    reached = ((user, arns) for user, arns in sorted(_reached(changes, holdings).items()))
    found = (_effect(holdings, user, arns) for user, arns in reached)
    return tuple(effect for effect in found if effect.gains or effect.loses)


def _renames(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    for change in changes:
        if isinstance(change.fact, GroupFact) and isinstance(change.before, GroupFact):
            yield change.before.name, change.fact.name


def _reached(changes: Iterable[Change], holdings: Holdings) -> dict[str, set[str]]:
    """Return user -> the ARNs whose sources change for them."""
    reached: dict[str, set[str]] = {}
    joined: dict[str, set[str]] = {}
    for membership in holdings.joins:
        joined.setdefault(membership.group, set()).add(membership.user)
    for change in changes:
        fact = change.fact
        if isinstance(fact, Direct):
            reached.setdefault(fact.user, set()).add(fact.arn)
        elif isinstance(fact, Membership):
            policies = holdings.policies_before(fact.group) | holdings.gained.get(fact.group, set())
            reached.setdefault(fact.user, set()).update(policies)
        elif isinstance(fact, Attachment):
            for user in holdings.members_before(fact.group) | joined.get(fact.group, set()):
                reached.setdefault(user, set()).add(fact.arn)
    return reached


def _effect(holdings: Holdings, user: str, arns: Iterable[str]) -> Effect:
    gains, loses = [], []
    for arn in sorted(arns):
        before, after = holdings.held_before(user, arn), holdings.held_after(user, arn)
        if after and not before:
            gains.append(arn)
        elif before and not after:
            loses.append(arn)
    return Effect(user, tuple(gains), tuple(loses))
