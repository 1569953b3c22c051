"""Put changes into an order that keeps the access promise, and say where no order can.

A whole plan, a part of one and the changes of a saved plan are each arranged on their own: "before" and
"after" mean before and after these changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from iamgroups.access import Access
from iamgroups.planning.arrangement import Arrangement
from iamgroups.planning.order.chosen import Chosen
from iamgroups.planning.order.compromise import Firm, compromise
from iamgroups.planning.order.graph import Edge, order
from iamgroups.planning.order.moments import Subjects, moments
from iamgroups.planning.order.precedence import conflicts, structural, together
from iamgroups.planning.order.preferences import follows, with_preferences
from iamgroups.planning.order.promise import promise
from iamgroups.planning.order.quotas import quotas
from iamgroups.planning.order.rooms import rooms, too_many
from iamgroups.planning.order.ways import Ways
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
    (Direct, "create"): 7,
    (InlineGroup, "create"): 7,
    (Direct, "delete"): 9,
    (GroupFact, "delete"): 10,
    (PolicyFact, "delete"): 11,
    (GroupFact, "update"): 12,
}


def arrange(config: Config, live: LiveState, changes: Iterable[Change]) -> Arrangement:
    """Return these changes in order, with new `needs`. They are all that will run.

    `structural`, `conflicts`: what IAM demands, and duties kept apart. `quotas`: what makes room goes first.
    `promise`: claims that nobody loses access meanwhile, each kept by the cheapest of its `ways`.
    `compromise`: where all of these close a cycle, it breaks the fewest claims. `follows`, `together`: what
    is only preferred.
    """
    ours = sorted(changes, key=_rank)
    access, ways = Access(live, ours), Ways(ours)
    chosen = Chosen(access.people, partial(promise, access), ways)
    subjects = Subjects(access)
    apart = frozenset(conflicts(config, access))
    full = list(rooms(ours, access))
    fitting = [room for room in full if room.result <= room.limit]
    within = quotas(fitting, map(ways.best, chosen.claims(["loss"])), apart)
    firm = Firm(apart.union(structural(ours)), fitting, within)
    settled = compromise(chosen, firm, ways, subjects)
    edges = with_preferences(settled, [*within.preferences, *follows(ours, access)])
    edges = edges.union(together(ours, edges))
    ordered = order([_rank(change) for change in ours], edges)
    return Arrangement(
        _with_needs(ours, ordered, edges),
        moments(settled.broken, subjects, ordered, ours),
        tuple(too_many(room, ours) for room in full if room.result > room.limit),
        access,
    )


def _rank(change: Change) -> tuple[int, str]:
    return RANKS[type(change.fact), change.action], change.address


def _with_needs(
    changes: Sequence[Change], ordered: Iterable[int], edges: Iterable[Edge]
) -> tuple[Change, ...]:
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

    return tuple(map(waiting, ordered))
