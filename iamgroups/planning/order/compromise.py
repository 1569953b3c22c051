"""Where not every claim can be kept: the fewest are broken, access before Deny before excess.

Each claim takes the way that costs least. Where these and the firm edges close a cycle, an order of the
changes concerned is looked for, and every claim takes a way that agrees with it. What is broken is
returned, to be announced.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from iamgroups.planning.note import MomentKind
from iamgroups.planning.order.chosen import KINDS, Chosen
from iamgroups.planning.order.graph import Edge, Graph, cyclic_edges, knots, place_greedily
from iamgroups.planning.order.promise import Claim, Subject
from iamgroups.planning.order.quotas import Quotas, swaps_in
from iamgroups.planning.order.rooms import Room
from iamgroups.planning.order.search import MOST_CHANGES_TRIED, Search
from iamgroups.planning.order.ways import Way, Ways

# Beyond so many changes an order is chosen greedily, so that no plan takes exponential time.
MOST_CHANGES_SEARCHED = 140

Naming = Callable[[Claim], Sequence[Subject]]


class Compromise(NamedTuple):
    """The edges to obey, and the claims that are broken for a moment."""

    edges: frozenset[Edge]
    broken: tuple[Claim, ...] = ()


class Firm(NamedTuple):
    """What holds in any case: edges, and rooms with edges that keep them from overflowing."""

    edges: frozenset[Edge]
    rooms: Sequence[Room] = ()
    quotas: Quotas = Quotas()


def compromise(chosen: Chosen, firm: Firm, ways: Ways, naming: Naming) -> Compromise:
    """Return the edges that keep as much of the promise as one order can; `naming`: what claims are about."""
    edges = firm.edges.union(firm.quotas.edges, chosen.edges())
    tangled = cyclic_edges(edges)
    if not tangled:
        return Compromise(edges)
    few = _few(chosen, firm.rooms)
    if len(few) <= MOST_CHANGES_TRIED:
        subjects = {claim: naming(claim) for claim in chosen.claims()}
        return _with(firm.edges, _agreeing(subjects, sorted(few), Graph(firm.edges), firm.rooms, ways))
    # The region has at least these changes: a large one is known without its claims.
    if len({change for edge in tangled & chosen.edges() for change in edge}) <= MOST_CHANGES_SEARCHED:
        involved, others = chosen.parted(tangled)
        if len(_region(involved)) <= MOST_CHANGES_SEARCHED:
            fixed = firm.edges.union(firm.quotas.edges, others)
            return _with(fixed, _untied(involved, Graph(fixed), ways, naming))
    settled, broken = Graph(firm.edges | firm.quotas.edges), list[Claim]()
    for kind in KINDS:
        broken += _knot_by_knot(chosen, kind, settled, ways, naming)
    return Compromise(frozenset(settled.edges), tuple(broken))


def _few(chosen: Chosen, rooms: Iterable[Room]) -> set[int]:
    """Return the changes whose order is looked for, as far as they are few."""
    found = {change for room in rooms for change in room.additions + room.removals}
    for claim in chosen.claims():
        if len(found) > MOST_CHANGES_TRIED:
            break
        found |= claim.changes
    return found


def _with(fixed: frozenset[Edge], added: Compromise) -> Compromise:
    return Compromise(fixed | added.edges, added.broken)


def _region(claims: Iterable[Claim]) -> Sequence[int]:
    return sorted(frozenset[int]().union(*(claim.changes for claim in claims)))


def _knot_by_knot(
    chosen: Chosen, kind: MomentKind, settled: Graph, ways: Ways, naming: Naming
) -> Iterator[Claim]:
    """Add the claims to what is settled, those that share cycles together; yield what is broken."""
    edges = chosen.edges([kind])
    tied = knots(settled.edges | edges) if edges else []
    number = {edge: place for place, knot in enumerate(tied) for edge in knot}
    involved, others = chosen.parted(set(number), [kind])
    settled.add(others)
    parts: dict[int, dict[Claim, Way]] = {}
    for claim, way in involved.items():
        parts.setdefault(min(number[edge] for edge in way if edge in number), {})[claim] = way
    for _, part in sorted(parts.items()):
        untied = _untied(part, settled, ways, naming)
        settled.add(untied.edges)
        yield from untied.broken


def _untied(involved: Mapping[Claim, Way], fixed: Graph, ways: Ways, naming: Naming) -> Compromise:
    """Order the changes that these claims are about: the edges to add for those that agree with it."""
    region = _region(involved)
    if len(region) <= MOST_CHANGES_SEARCHED:
        return _agreeing({claim: naming(claim) for claim in involved}, region, fixed, (), ways)
    place = place_greedily(fixed.edges, {edge for way in involved.values() for edge in way})
    for change in region:  # what no edge holds can come last
        place.setdefault(change, len(place))
    return _settled(involved, place, ways)


def _agreeing(
    subjects: Mapping[Claim, Sequence[Subject]],
    region: Sequence[int],
    fixed: Graph,
    rooms: Sequence[Room],
    ways: Ways,
) -> Compromise:
    """Look for the best order of the region: the edges to add for the ways that agree with it."""
    order, broken = Search(region, subjects, fixed.ancestors(region), rooms).best()
    place = {change: number for number, change in enumerate(order)}
    settled = _settled(subjects, place, ways)
    edges = settled.edges.union(*(swaps_in(order, room) for room in rooms))
    unkept = [claim for claim in settled.broken if not broken.issuperset(subjects[claim])]
    if not unkept:
        return Compromise(edges, settled.broken)
    # These are kept in this very order, by more turns than a way has.
    line = pairwise(order)
    return Compromise(edges.union(line), tuple(c for c in settled.broken if c not in unkept))


def _settled(claims: Iterable[Claim], place: Mapping[int, int], ways: Ways) -> Compromise:
    """Return the edges of the first way of each claim that agrees with the places."""
    edges, broken = set[Edge](), list[Claim]()
    for claim in claims:
        agreeing = (o for o in ways.all(claim) if all(place[a] < place[b] for a, b in o))
        way = next(agreeing, None)
        if way is None:
            broken.append(claim)
        else:
            edges |= way
    return Compromise(frozenset(edges), tuple(broken))
