"""What a plan means for people: the policies each user gains and loses. Must not order or judge."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from iamgroups.planning.holdings import Holdings
from iamgroups.state import Attachment, Direct, Membership
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState


class Effect(NamedTuple):
    """The managed policies (ARNs, sorted) one user holds afterwards and not before, and the reverse."""

    user: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


def effects(changes: Sequence[Change], live: LiveState) -> tuple[Effect, ...]:
    """Return the effect on every user the changes reach and for whom it is not nothing, by name."""
    holdings = Holdings(live, changes)
    reached = sorted(_reached(changes, holdings).items())
    # One user's union at a time: in a full account all of them together take 40 MB.
    found = (_effect(holdings, user, set[str]().union(*touched)) for user, touched in reached)
    return tuple(effect for effect in found if effect.gains or effect.loses)


def _reached(changes: Iterable[Change], holdings: Holdings) -> dict[str, list[Set[str]]]:
    """Return user -> sets of the ARNs whose sources change for them; users share a group's set."""
    reached: defaultdict[str, list[Set[str]]] = defaultdict(list)
    members: defaultdict[str, set[str]] = defaultdict(set)
    for membership in holdings.joins:
        members[membership.group].add(membership.user)
    granted: dict[str, Set[str]] = {}
    moved: defaultdict[str, set[str]] = defaultdict(set)
    for change in changes:
        fact = change.fact
        if isinstance(fact, Direct):
            reached[fact.user].append({fact.arn})
        elif isinstance(fact, Membership):
            if (group := fact.group) not in granted:
                granted[group] = holdings.policies_before(group) | holdings.gained.get(group, set())
            reached[fact.user].append(granted[group])
        elif isinstance(fact, Attachment):
            moved[fact.group].add(fact.arn)
    for group, arns in moved.items():
        for user in holdings.members_before(group) | members[group]:
            reached[user].append(arns)
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
