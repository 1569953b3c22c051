"""Directed graphs over change indices: cycles, order, reach."""

import heapq
from collections.abc import Iterable, Sequence

Edge = tuple[int, int]


class Graph:
    """Edges without a cycle, to which more are added."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self.edges: set[Edge] = set()
        self._before: dict[int, list[int]] = {}
        self.add(edges)

    def add(self, edges: Iterable[Edge]) -> None:
        """Add edges; those that are there already change nothing."""
        for first, then in set(edges) - self.edges:
            self.edges.add((first, then))
            self._before.setdefault(then, []).append(first)

    def ancestors(self, among: Sequence[int]) -> dict[int, list[int]]:
        """Return each of these nodes -> those of them that come before it."""
        bit = {node: 1 << place for place, node in enumerate(among)}
        reached: dict[int, int] = {}
        work = list(among)
        while work:
            node = work[-1]
            before = self._before.get(node, ())
            pending = [one for one in before if one not in reached]
            if not pending:
                work.pop()
                reached[node] = 0
                for one in before:
                    reached[node] |= reached[one] | bit.get(one, 0)
            work += pending
        return {node: [other for other in among if reached[node] & bit[other]] for node in among}


def successors(edges: Iterable[Edge]) -> dict[int, list[int]]:
    """Return node -> the nodes that come after it."""
    after: dict[int, list[int]] = {}
    for first, then in edges:
        after.setdefault(first, []).append(then)
    return after


def cyclic_edges(edges: Iterable[Edge]) -> set[Edge]:
    """Return the edges that lie on some cycle; empty for an acyclic graph. Linear in nodes and edges."""
    return {edge for knot in knots(edges) for edge in knot}


def knots(edges: Iterable[Edge]) -> list[set[Edge]]:
    """Return the edges that lie on some cycle, those that share cycles together, in a stable order."""
    known = list(edges)
    component = _components(known)
    found: dict[int, set[Edge]] = {}
    for edge in known:
        if component[edge[0]] == component[edge[1]]:
            found.setdefault(component[edge[0]], set()).add(edge)
    return [found[number] for number in sorted(found)]


def place_greedily(firm: Iterable[Edge], soft: Iterable[Edge]) -> dict[int, int]:
    """Return node -> place in an order that obeys every firm edge and, greedily, many soft ones."""
    firm_after, soft_after = successors(firm), successors(soft)
    waits, wishes = _incoming(firm_after), _incoming(soft_after)
    nodes = {*firm_after, *soft_after, *waits, *wishes}
    ready = [(wishes.get(node, 0), node) for node in nodes if not waits.get(node)]
    heapq.heapify(ready)
    place: dict[int, int] = {}
    while ready:
        wish, node = heapq.heappop(ready)
        if node in place or wish != wishes.get(node, 0):
            continue
        place[node] = len(place)
        for then in soft_after.get(node, ()):
            wishes[then] -= 1
            if not waits.get(then):
                heapq.heappush(ready, (wishes[then], then))
        for then in firm_after.get(node, ()):
            waits[then] -= 1
            if not waits[then]:
                heapq.heappush(ready, (wishes.get(then, 0), then))
    return place


def _incoming(after: dict[int, list[int]]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for thens in after.values():
        for then in thens:
            counts[then] = counts.get(then, 0) + 1
    return counts


def _components(edges: Sequence[Edge]) -> dict[int, int]:
    """Return node -> number of its strongly connected component (Tarjan, without recursion)."""
    after = successors(edges)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    component: dict[int, int] = {}
    stack: list[int] = []
    for root in sorted({node for edge in edges for node in edge}):
        if root in index:
            continue
        work = [(root, iter(after.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while work:
            node, pending = work[-1]
            child = next(pending, None)
            if child is None:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    _close(node, stack, component)
            elif child not in index:
                index[child] = low[child] = len(index)
                stack.append(child)
                work.append((child, iter(after.get(child, ()))))
            elif child not in component:
                low[node] = min(low[node], index[child])
    return component


def _close(root: int, stack: list[int], component: dict[int, int]) -> None:
    while True:
        node = stack.pop()
        component[node] = root
        if node == root:
            return


def order(ranks: Sequence[tuple[int, str]], edges: Iterable[Edge]) -> list[int]:
    """Return every index in an order all edges allow, the lowest rank first where they leave a choice."""
    after: dict[int, list[int]] = {}
    waits = [0] * len(ranks)
    for first, then in edges:
        after.setdefault(first, []).append(then)
        waits[then] += 1
    ready = [(rank, index) for index, rank in enumerate(ranks) if not waits[index]]
    heapq.heapify(ready)
    result: list[int] = []
    while ready:
        _, index = heapq.heappop(ready)
        result.append(index)
        for then in after.get(index, ()):
            waits[then] -= 1
            if not waits[then]:
                heapq.heappush(ready, (ranks[then], then))
    assert len(result) == len(ranks), "the graph has a cycle"
    return result


def reaches(after: dict[int, list[int]], start: int, goal: int) -> bool:
    """Tell whether a path leads from start to goal."""
    seen, work = {start}, [start]
    while work:
        node = work.pop()
        if node == goal:
            return True
        for then in after.get(node, ()):
            if then not in seen:
                seen.add(then)
                work.append(then)
    return False
