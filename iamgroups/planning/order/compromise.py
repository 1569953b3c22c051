"""Where the access promise cannot hold whole: keep access, choose the smallest excess. Must not hide losses.

`firm` edges hold always. The options of kept pairs are chosen so that the fewest foreign pairs must be given
up; where even kept pairs close a cycle with firm edges (a quota, duties kept apart), the fewest of those go.
What is given up is returned, to be announced.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from iamgroups.planning.order.graph import cyclic_edges, knots, place_greedily
from iamgroups.planning.order.promise import Edge, Kept, Pair, Promise

# Above these a greedy choice replaces the exhaustive one, so that no plan takes exponential time.
MOST_PAIRS_TRIED = 12
MOST_CHOICES_TRIED = 300
MOST_EDGES_RETRIED = 500


@dataclass(frozen=True)
class Compromise:
    """The edges to obey, and the pairs for which the promise is broken for a moment."""

    edges: frozenset[Edge]
    lost: tuple[Pair, ...] = ()
    excess: tuple[Pair, ...] = ()

    @property
    def cost(self) -> tuple[int, int]:
        """Return how much is given up: access first, excess second."""
        return (len(self.lost), len(self.excess))


def compromise(firm: frozenset[Edge], promise: Promise) -> Compromise:
    """Return the edges that keep as much of the promise as one order can."""
    chosen = [entry.options[0] for entry in promise.kept]
    best = _settle(firm, promise, chosen)
    tries = 0
    for position in _movable(firm, promise, chosen) if best.cost > (0, 0) else ():
        for option in promise.kept[position].options[1:]:
            tries += 1
            if best.cost == (0, 0) or tries > MOST_CHOICES_TRIED:
                return best
            candidate = [*chosen[:position], option, *chosen[position + 1 :]]
            settled = _settle(firm, promise, candidate)
            if settled.cost < best.cost:
                best, chosen = settled, candidate
    return best


def _movable(firm: frozenset[Edge], promise: Promise, chosen: Sequence[frozenset[Edge]]) -> list[int]:
    """Return the kept pairs that have a choice and whose chosen edges lie on a cycle."""
    every = {*firm, *promise.foreign, *(edge for option in chosen for edge in option)}
    cyclic = cyclic_edges(every)
    if len(cyclic) > MOST_EDGES_RETRIED:
        return []
    return [
        position
        for position, entry in enumerate(promise.kept)
        if len(entry.options) > 1 and not cyclic.isdisjoint(chosen[position])
    ]


def _settle(firm: frozenset[Edge], promise: Promise, chosen: Sequence[frozenset[Edge]]) -> Compromise:
    kept = _edges_by_pair(promise.kept, chosen)
    lost = _fewest(firm, kept)
    base = firm.union(*(edges for pair, edges in kept.items() if pair not in lost))
    foreign: dict[Pair, set[Edge]] = {}
    for edge, pair in promise.foreign.items():
        foreign.setdefault(pair, set()).add(edge)
    excess = _fewest(base, foreign)
    edges = base.union(*(edges for pair, edges in foreign.items() if pair not in excess))
    return Compromise(edges, tuple(sorted(lost)), tuple(sorted(excess)))


def _edges_by_pair(kept: Sequence[Kept], chosen: Sequence[frozenset[Edge]]) -> dict[Pair, frozenset[Edge]]:
    return {entry.pair: option for entry, option in zip(kept, chosen, strict=True)}


def _fewest(base: frozenset[Edge], soft: Mapping[Pair, Iterable[Edge]]) -> frozenset[Pair]:
    """Return the fewest pairs whose edges must go so that the rest closes no cycle with `base`."""
    dropped: set[Pair] = set()
    tied = knots(base.union(*soft.values()))
    wishing: dict[Edge, list[Pair]] = {}
    for pair, edges in sorted(soft.items()) if tied else ():
        for edge in edges:
            wishing.setdefault(edge, []).append(pair)
    for knot in tied:
        suspects: dict[Pair, set[Edge]] = {}
        for edge in sorted(knot):
            for pair in wishing.get(edge, ()):
                suspects.setdefault(pair, set()).add(edge)
        firm = knot & base
        dropped |= _exact(firm, suspects) if len(suspects) <= MOST_PAIRS_TRIED else _greedy(firm, suspects)
    return frozenset(dropped)


def _exact(firm: set[Edge], suspects: Mapping[Pair, set[Edge]]) -> set[Pair]:
    for count in range(1, len(suspects) + 1):
        for dropped in combinations(suspects, count):
            if not cyclic_edges(firm.union(*(suspects[p] for p in suspects if p not in dropped))):
                return set(dropped)
    raise AssertionError("firm edges close a cycle by themselves")


def _greedy(firm: set[Edge], suspects: Mapping[Pair, set[Edge]]) -> set[Pair]:
    """Walk the firm edges, always to the change that the fewest pairs object to; drop who objected."""
    place = place_greedily(firm, {edge for edges in suspects.values() for edge in edges})
    return {
        pair for pair, edges in suspects.items() if any(place[first] > place[then] for first, then in edges)
    }
