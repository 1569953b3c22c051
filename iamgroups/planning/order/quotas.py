"""IAM's quotas at the peak of a plan: the change that makes room comes first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from iamgroups.planning.order.graph import Edge
from iamgroups.planning.order.rooms import Room
from iamgroups.planning.order.ways import Way


@dataclass(frozen=True)
class Quotas:
    """The edges that keep every peak within its quota.

    `preferences`: edges that nothing refuses to do without, but that keep access for longer. All of `edges`
    lead from a removal to an addition, as those of `conflicts` do: they close no cycle with each other.
    """

    edges: frozenset[Edge] = frozenset()
    preferences: tuple[Edge, ...] = ()


def quotas(rooms: Sequence[Room], kept: Iterable[Way], apart: Iterable[Edge]) -> Quotas:
    """Return what the quotas demand: full holders swap one at a time, the removal that loses least first.

    `kept`: the edges that keep access. `apart`: what must be left before something else is joined, whatever
    is lost by it.
    """
    if not rooms:
        return Quotas()
    edges: set[Edge] = set()
    preferences: list[Edge] = []
    before = _before(apart)
    waits = _waits(kept, before)
    for room in rooms:
        swaps = _Swaps(room, waits, before)
        edges |= swaps.edges
        preferences += swaps.preferences
    return Quotas(frozenset(edges), tuple(preferences))


def swaps_in(order: Sequence[int], room: Room) -> frozenset[Edge]:
    """Return the edges by which the room has space for each addition, as it has in this order."""
    edges: set[Edge] = set()
    free, debts, slots = room.limit - room.now, list[int](), list[int]()
    for change in order:
        if change in room.removals:
            (slots if free >= 0 else debts).append(change)
            free += free < 0
        elif change in room.additions:
            edges.update((removal, change) for removal in debts)
            if free:
                free -= 1
            else:
                edges.add((slots.pop(0), change))
    return frozenset(edges)


def _before(apart: Iterable[Edge]) -> dict[int, set[int]]:
    """Return addition -> the removals that come first whatever the quotas say."""
    found: dict[int, set[int]] = {}
    for removal, addition in apart:
        found.setdefault(addition, set()).add(removal)
    return found


def _waits(kept: Iterable[Way], before: Mapping[int, set[int]]) -> dict[int, list[frozenset[int]]]:
    """Return removal -> for each loss it could cause, the additions it should wait for.

    What comes after the removal in any case is not worth waiting for.
    """
    found: dict[int, list[frozenset[int]]] = {}
    for way in kept:
        for removal in {then for _, then in way}:
            needed = frozenset(first for first, then in way if then == removal)
            if not any(removal in before.get(addition, ()) for addition in needed):
                found.setdefault(removal, []).append(needed)
    return found


class _Swaps:
    """The swaps of one full room, played through.

    `edges`: each removal comes before the addition that takes its place. `preferences`: a removal that loses
    something waits for the addition before it.
    """

    def __init__(
        self, room: Room, waits: Mapping[int, list[frozenset[int]]], before: Mapping[int, set[int]]
    ) -> None:
        self.edges: set[Edge] = set()
        self.preferences: list[Edge] = []
        self._waits, self._before = waits, before
        self._done = set[int]()
        self._additions, self._removals = list(room.additions), list(room.removals)
        self._play(room.limit - room.now)

    def _play(self, free: int) -> None:
        debts, slots, last = list[int](), list[int](), -1
        while self._additions:
            while free <= 0:
                removal = min(self._removals, key=self._losses)
                if self._losses(removal) and last >= 0:
                    self.preferences.append((last, removal))
                self._removals.remove(removal)
                (slots if free == 0 else debts).append(removal)
                free += 1
            last = max(self._additions, key=self._gains)
            self._additions.remove(last)
            self._done.add(last)
            free -= 1
            self.edges.update((removal, last) for removal in (*debts, *slots))
            slots.clear()

    def _losses(self, removal: int) -> int:
        return sum(1 for needed in self._waits.get(removal, ()) if not needed <= self._done)

    def _gains(self, addition: int) -> tuple[bool, int]:
        """Rank an addition: whether it may come now, and how many pairs it helps to keep."""
        blocked = not self._before.get(addition, set()).isdisjoint(self._removals)
        waiting = (needed for removal in self._removals for needed in self._waits.get(removal, ()))
        return not blocked, sum(1 for needed in waiting if addition in needed)
