"""Where not every claim can be kept: the fewest are broken, access before Deny before excess.

Each claim takes the option that costs least. Where these and the firm edges close a cycle, an order of the
changes concerned is looked for, and every claim takes an option that agrees with it. What is broken is
returned, to be announced.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, get_args

from iamgroups.planning.note import MomentKind
from iamgroups.planning.order.graph import Edge, ancestors, cyclic_edges, knots, place_greedily
from iamgroups.planning.order.options import Option, Options
from iamgroups.planning.order.promise import Claim, Subject
from iamgroups.planning.order.quotas import Quotas, swaps_in
from iamgroups.planning.order.rooms import Room
from iamgroups.planning.order.search import MOST_CHANGES_TRIED, Search

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


def compromise(chosen: Mapping[Claim, Option], firm: Firm, options: Options, naming: Naming) -> Compromise:
    """Return the edges that keep as much of the promise as one order can; `naming`: what claims are about."""
    edges = firm.edges.union(firm.quotas.edges, *chosen.values())
    tangled = cyclic_edges(edges)
    if not tangled:
        return Compromise(edges)
    swapping = (room.additions + room.removals for room in firm.rooms)
    few = frozenset[int]().union(*(claim.changes for claim in chosen), *swapping)
    if len(few) <= MOST_CHANGES_TRIED:
        return _agreeing({c: naming(c) for c in chosen}, sorted(few), firm, options)
    involved = {claim: option for claim, option in chosen.items() if not tangled.isdisjoint(option)}
    if len(_region(involved)) <= MOST_CHANGES_SEARCHED:
        others = (option for claim, option in chosen.items() if claim not in involved)
        fixed = firm.edges.union(firm.quotas.edges, *others)
        return _untied(involved, fixed, options, naming)
    settled = Compromise(firm.edges | firm.quotas.edges)
    for kind in get_args(MomentKind):
        ours = {claim: option for claim, option in chosen.items() if claim.kind == kind}
        settled = _knot_by_knot(ours, settled, options, naming)
    return settled


def _region(claims: Iterable[Claim]) -> Sequence[int]:
    return sorted(frozenset[int]().union(*(claim.changes for claim in claims)))


def _knot_by_knot(
    chosen: Mapping[Claim, Option], settled: Compromise, options: Options, naming: Naming
) -> Compromise:
    """Add the claims to what is settled, those that share cycles together."""
    tied = knots(settled.edges.union(*chosen.values()))
    number = {edge: place for place, knot in enumerate(tied) for edge in knot}
    parts: dict[int, dict[Claim, Option]] = {}
    for claim, option in chosen.items():
        tying = [number[edge] for edge in option if edge in number]
        parts.setdefault(min(tying, default=-1), {})[claim] = option
    edges, broken = settled.edges.union(*parts.pop(-1, {}).values()), list(settled.broken)
    for _, part in sorted(parts.items()):
        untied = _untied(part, edges, options, naming)
        edges = untied.edges
        broken += untied.broken
    return Compromise(edges, tuple(broken))


def _untied(
    involved: Mapping[Claim, Option], fixed: frozenset[Edge], options: Options, naming: Naming
) -> Compromise:
    """Order the changes that these claims are about, and keep those that agree with the order."""
    region = _region(involved)
    if len(region) <= MOST_CHANGES_SEARCHED:
        return _agreeing({claim: naming(claim) for claim in involved}, region, Firm(fixed), options)
    place = place_greedily(fixed, {edge for option in involved.values() for edge in option})
    for change in region:  # what no edge holds can come last
        place.setdefault(change, len(place))
    return _settled(involved, place, fixed, options)


def _agreeing(
    subjects: Mapping[Claim, Sequence[Subject]],
    region: Sequence[int],
    firm: Firm,
    options: Options,
) -> Compromise:
    """Look for the best order of the region, and take the options that agree with it."""
    fixed = firm.edges
    order, broken = Search(region, subjects, ancestors(fixed, region), firm.rooms).best()
    place = {change: number for number, change in enumerate(order)}
    fixed = fixed.union(*(swaps_in(order, room) for room in firm.rooms))
    settled = _settled(subjects, place, fixed, options)
    unkept = [claim for claim in settled.broken if not broken.issuperset(subjects[claim])]
    if not unkept:
        return settled
    # These are kept in this very order, by more turns than an option has.
    line = pairwise(order)
    return Compromise(settled.edges.union(line), tuple(c for c in settled.broken if c not in unkept))


def _settled(
    claims: Iterable[Claim], place: Mapping[int, int], fixed: frozenset[Edge], options: Options
) -> Compromise:
    edges, broken = set(fixed), []
    for claim in claims:
        agreeing = (o for o in options.all(claim) if all(place[a] < place[b] for a, b in o))
        option = next(agreeing, None)
        if option is None:
            broken.append(claim)
        else:
            edges |= option
    return Compromise(frozenset(edges), tuple(broken))
