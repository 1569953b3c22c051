"""Changes in an order that keeps the promises, and what of them could not be kept. Must not choose changes.

What a plan, a part of it and a saved plan run is arranged here, each for itself: "before" and "after" mean
before and after these changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from iamgroups.errors import Problem
from iamgroups.planning.holdings import Holdings
from iamgroups.planning.note import Moment
from iamgroups.planning.order.compromise import Compromise, compromise
from iamgroups.planning.order.graph import cyclic_edges, order, reaches, successors
from iamgroups.planning.order.precedence import conflicts, deny_first, structural
from iamgroups.planning.order.promise import Edge, promise
from iamgroups.planning.order.quotas import quotas
from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState

# Removals go first wherever the promise leaves a choice: nobody keeps lost rights for longer than needed.
RANKS: Mapping[tuple[type, str], int] = {
    (Membership, "delete"): 0,
    (Attachment, "delete"): 1,
    (InlineGroup, "delete"): 2,
    (PolicyVersionFact, "delete"): 3,
    (PolicyFact, "create"): 4,
    (PolicyFact, "update"): 5,
    (GroupFact, "create"): 6,
    (Attachment, "create"): 7,
    (Membership, "create"): 8,
    (Direct, "delete"): 9,
    (GroupFact, "delete"): 10,
    (PolicyFact, "delete"): 11,
    (GroupFact, "update"): 12,
}
PREFERENCES_CHECKED = 2000


@dataclass(frozen=True)
class Arrangement:
    """Changes with their `needs`, in an order these allow. `problems`: what exceeds a quota."""

    changes: tuple[Change, ...]
    moments: tuple[Moment, ...]
    problems: tuple[Problem, ...]
    holdings: Holdings


def arrange(config: Config, live: LiveState, changes: Iterable[Change]) -> Arrangement:
    """Derive the edges between these changes, all that will run, whatever `needs` they had."""
    ours = sorted(changes, key=_rank)
    holdings = Holdings(live, ours)
    wanted = promise(holdings)
    apart = frozenset(conflicts(config, holdings))
    within = quotas(ours, holdings, live, wanted.kept, apart)
    settled = compromise(frozenset([*structural(ours), *apart, *within.edges]), wanted)
    edges = _with_preferences(settled.edges, [*within.preferences, *deny_first(ours, live)])
    return Arrangement(_in_order(ours, edges), _moments(settled), within.problems, holdings)


def _rank(change: Change) -> tuple[int, str]:
    return RANKS[type(change.fact), change.action], change.address


def _with_preferences(edges: frozenset[Edge], preferences: Sequence[Edge]) -> frozenset[Edge]:
    """Add the preferences that close no cycle; all at once where that works, else one by one."""
    if not cyclic_edges(edges.union(preferences)):
        return edges.union(preferences)
    after = successors(edges)
    result = set(edges)
    for first, then in preferences[:PREFERENCES_CHECKED]:
        if not reaches(after, then, first):
            after.setdefault(first, []).append(then)
            result.add((first, then))
    return frozenset(result)


def _in_order(changes: Sequence[Change], edges: Iterable[Edge]) -> tuple[Change, ...]:
    needs: dict[int, list[int]] = {}
    for first, then in edges:
        needs.setdefault(then, []).append(first)
    addresses = [change.address for change in changes]
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}

    def waiting(index: int) -> Change:
        waits = tuple(sorted(addresses[first] for first in needs.get(index, ())))
        if waits == changes[index].needs:
            return changes[index]
        return replace(changes[index], needs=shared.setdefault(waits, waits))

    return tuple(waiting(index) for index in order([_rank(change) for change in changes], edges))


def _moments(settled: Compromise) -> tuple[Moment, ...]:
    lost = [Moment("loss", user, arn) for user, arn in settled.lost]
    return tuple(sorted([*lost, *(Moment("excess", user, arn) for user, arn in settled.excess)]))
