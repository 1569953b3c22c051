"""The access promise as edges between changes. Must not choose an order.

While a plan runs, after every single write, each user holds at least the policies held both before and after
it (*kept* pairs), and none held neither before nor after (*foreign* pairs). A pair is (user, policy ARN).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from iamgroups.planning.holdings import Holdings
from iamgroups.state import Attachment, Direct, Membership

Pair = tuple[str, str]
Edge = tuple[int, int]


class Kept(NamedTuple):
    """A pair held before and after whose every earlier source goes: one of `options` must hold.

    An option is a set of edges: what provides the pair afterwards, before what takes one earlier source.
    """

    pair: Pair
    options: tuple[frozenset[Edge], ...]


@dataclass(frozen=True)
class Promise:
    """What the promise demands: one option of every kept pair, every edge of every foreign pair."""

    kept: tuple[Kept, ...] = ()
    foreign: Mapping[Edge, Pair] = field(default_factory=dict)


def promise(holdings: Holdings) -> Promise:
    """Return what keeps every user between before and after."""
    kept = (_kept(holdings, user, arn) for user, arn in sorted(_touched(holdings)))
    return Promise(tuple(entry for entry in kept if entry), dict(_foreign(holdings)))


def _touched(holdings: Holdings) -> set[Pair]:
    """Return every pair that loses a source."""
    pairs: set[Pair] = {(fact.user, fact.arn) for fact in holdings.direct_detaches}
    for membership in holdings.leaves:
        pairs.update((membership.user, arn) for arn in holdings.policies_before(membership.group))
    for attachment in holdings.detaches:
        pairs.update((user, attachment.arn) for user in holdings.members_before(attachment.group))
    return pairs


def _kept(holdings: Holdings, user: str, arn: str) -> Kept | None:
    direct = Direct(user, arn)
    held_directly = arn in holdings.direct_before(user)
    if held_directly and direct not in holdings.direct_detaches:
        return None
    after = holdings.sources_after(user, arn)
    before = holdings.sources_before(user, arn)
    if not after or any(_additions(holdings, group, user, arn) == () for group in after):
        return None
    providers = sorted((_additions(holdings, group, user, arn) for group in after), key=len)
    takers: list[tuple[int, ...]] = [(holdings.direct_detaches[direct],)] if held_directly else []
    takers += [_removals(holdings, group, user, arn) for group in before]
    options = tuple(
        frozenset((addition, removal) for addition in provider for removal in taker)
        for taker in takers
        for provider in providers
    )
    return Kept((user, arn), options)


def _additions(holdings: Holdings, group: str, user: str, arn: str) -> tuple[int, ...]:
    wanted = (holdings.joins.get(Membership(group, user)), holdings.attaches.get(Attachment(group, arn)))
    return tuple(index for index in wanted if index is not None)


def _removals(holdings: Holdings, group: str, user: str, arn: str) -> tuple[int, ...]:
    ending = (holdings.leaves.get(Membership(group, user)), holdings.detaches.get(Attachment(group, arn)))
    return tuple(index for index in ending if index is not None)


def _foreign(holdings: Holdings) -> Iterator[tuple[Edge, Pair]]:
    leavers = _by_group(holdings.leaves)
    joiners = _by_group(holdings.joins)
    for attachment, index in holdings.attaches.items():
        for user, removal in leavers.get(attachment.group, ()):
            if _is_foreign(holdings, user, attachment.arn):
                yield (removal, index), (user, attachment.arn)
    for attachment, index in holdings.detaches.items():
        for user, addition in joiners.get(attachment.group, ()):
            if _is_foreign(holdings, user, attachment.arn):
                yield (index, addition), (user, attachment.arn)


def _by_group(memberships: Mapping[Membership, int]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for membership, index in memberships.items():
        found.setdefault(membership.group, []).append((membership.user, index))
    return found


def _is_foreign(holdings: Holdings, user: str, arn: str) -> bool:
    return not holdings.held_before(user, arn) and not holdings.held_after(user, arn)
