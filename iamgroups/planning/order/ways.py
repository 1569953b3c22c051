"""The ways to keep one claim: each is a set of edges, and any one of them is enough."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations, product

from iamgroups.access import When
from iamgroups.planning.order.graph import Edge
from iamgroups.planning.order.promise import Claim
from iamgroups.state import Direct, Membership
from iamgroups.state.change import Change

Way = frozenset[Edge]
MOST_SOURCES_CHAINED = 6


class Ways:
    """Knows what an edge costs: how many people are held up when the change it depends on fails."""

    def __init__(self, changes: Sequence[Change]) -> None:
        personal = [isinstance(change.fact, Membership | Direct) for change in changes]
        leaves = [isinstance(c.fact, Membership) and c.action == "delete" for c in changes]
        self._weights = list(zip(personal, leaves, strict=True))

    def best(self, claim: Claim) -> Way:
        """Return the way that costs least."""
        costs = [(self._sum(way), way) for way in _ways(claim)]
        least = min(cost for cost, _ in costs)
        cheapest = [way for cost, way in costs if cost == least]
        return min(cheapest, key=sorted) if len(cheapest) > 1 else cheapest[0]

    def all(self, claim: Claim) -> list[Way]:
        """Return every way, the one that costs least first."""
        found = {*_ways(claim), *_chains_of_three(claim)}
        return sorted(found, key=self._cost)

    def _cost(self, way: Way) -> tuple[int, list[Edge]]:
        return self._sum(way), sorted(way)

    def _sum(self, way: Way) -> int:
        return sum(self._edge_cost(*edge) for edge in way)

    def _edge_cost(self, first: int, then: int) -> int:
        """One person's failed change must not hold up a group, and a removal should wait for little."""
        (personal, _), (also_personal, leaves) = self._weights[first], self._weights[then]
        if personal and not also_personal:
            return 6
        return (2 if personal or also_personal else 1) + leaves


def _ways(claim: Claim) -> Iterator[Way]:
    """Yield: it never begins; or one source holds as long, or two that take turns."""
    when = claim.when
    for ends, begins in product(when.ended, when.begun):
        yield frozenset({(ends, begins)})
    for source in claim.then:
        yield from _chain((source,), when)
    for pair in permutations(claim.then, 2):
        yield from _chain(pair, when)


def _chains_of_three(claim: Claim) -> Iterator[Way]:
    if len(claim.then) <= MOST_SOURCES_CHAINED:
        for sources in permutations(claim.then, 3):
            yield from _chain(sources, claim.when)


def _chain(sources: Sequence[When], when: When) -> Iterator[Way]:
    """Yield the edges by which these sources, one after the other, hold as long as `when` does."""
    first, last = sources[0].begun - when.begun, sources[-1].ended - when.ended
    if (first and not when.begun) or (last and not when.ended):
        return
    turns = {
        (begins, ends)
        for one, other in pairwise(sources)
        for begins in other.begun - when.begun
        for ends in one.ended - when.ended
        if begins != ends
    }
    for start in when.begun if first else [None]:
        for end in when.ended if last else [None]:
            edges = turns | {(begins, start) for begins in first if start is not None}
            yield frozenset(edges | {(end, ends) for ends in last if end is not None})
