"""The way that each claim takes. A large plan has many claims on few edges: the edges alone are kept.

The claims of those who are asked about are made once more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import get_args

from iamgroups.planning.note import MomentKind
from iamgroups.planning.order.graph import Edge
from iamgroups.planning.order.promise import Claim
from iamgroups.planning.order.ways import Way, Ways

KINDS: tuple[MomentKind, ...] = get_args(MomentKind)


class Chosen:
    """Each claim takes the way that costs least. `promise`: users -> what is promised to them."""

    def __init__(
        self, people: Iterable[str], promise: Callable[[Iterable[str]], Iterable[Claim]], ways: Ways
    ) -> None:
        self._promise, self._ways = promise, ways
        self._edges: dict[tuple[str, MomentKind], set[Edge]] = {}
        for claim in promise(people):
            self._edges.setdefault((claim.user, claim.kind), set()).update(ways.best(claim))

    def edges(self, kinds: Collection[MomentKind] = KINDS) -> set[Edge]:
        """Return the edges that the claims of these kinds take."""
        return set[Edge]().union(*(edges for (_, kind), edges in self._edges.items() if kind in kinds))

    def claims(self, kinds: Collection[MomentKind] = KINDS) -> Iterator[Claim]:
        """Yield the claims of these kinds."""
        return self._again({key for key in self._edges if key[1] in kinds})

    def parted(
        self, among: set[Edge], kinds: Collection[MomentKind] = KINDS
    ) -> tuple[dict[Claim, Way], set[Edge]]:
        """Return the claims of these kinds that take one of the edges, and all that the others take."""
        taken = {key: edges for key, edges in self._edges.items() if key[1] in kinds}
        touched = {key for key, edges in taken.items() if not edges.isdisjoint(among)}
        others = set[Edge]().union(*(edges for key, edges in taken.items() if key not in touched))
        involved: dict[Claim, Way] = {}
        for claim in self._again(touched):
            way = self._ways.best(claim)
            if way.isdisjoint(among):
                others |= way
            else:
                involved[claim] = way
        return involved, others

    def _again(self, keys: Collection[tuple[str, MomentKind]]) -> Iterator[Claim]:
        people = sorted({user for user, _ in keys})
        return (claim for claim in self._promise(people) if (claim.user, claim.kind) in keys)
