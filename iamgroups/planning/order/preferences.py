"""What an order does where it may, and never at the price of the promise."""

from collections.abc import Iterator, Sequence

from iamgroups.access import Access
from iamgroups.planning.order.compromise import Compromise
from iamgroups.planning.order.graph import Edge, cyclic_edges, reaches, successors
from iamgroups.policy.grants import Grant, is_everything, is_opaque, may_change_permissions, service_of
from iamgroups.state.change import Change

PREFERENCES_CHECKED = 2000


def follows(changes: Sequence[Change], access: Access) -> Iterator[Edge]:
    """Yield: what a group loses goes after what it gains for the same service, if that is attached.

    Their documents may have no grant in common and serve one purpose all the same. A policy that allows
    everything, or changes permissions, goes as soon as it can.
    """
    for group, lost in sorted(access.lost.items()):
        gained = sorted(access.gained.get(group, {}).items())
        added = [(index, _services(access.contents(arn).after)) for arn, index in gained]
        for policy, index in sorted(lost.items()) if added else ():
            gone = access.contents(policy).before
            if not any(is_everything(grant) or may_change_permissions(grant) for grant in gone):
                services = _services(gone)
                yield from ((first, index) for first, others in added if services & others)


def _services(grants: frozenset[Grant]) -> set[str]:
    return {service_of(grant) for grant in grants if not is_opaque(grant)}


def with_preferences(settled: Compromise, preferences: Sequence[Edge]) -> frozenset[Edge]:
    """Add the preferences that close no cycle; all at once where that works, else one by one.

    A change that ends an announced excess depends on nothing that is only preferred.
    """
    hurried = _before_the_end_of_excess(settled)
    wanted = [edge for edge in preferences if edge[1] not in hurried]
    if not wanted or not cyclic_edges(settled.edges.union(wanted)):
        return settled.edges.union(wanted)
    after = successors(settled.edges)
    result = set(settled.edges)
    for first, then in wanted[:PREFERENCES_CHECKED]:
        if not reaches(after, then, first):
            after.setdefault(first, []).append(then)
            result.add((first, then))
    return frozenset(result)


def _before_the_end_of_excess(settled: Compromise) -> set[int]:
    """Return the changes that end an announced excess, and all that these depend on."""
    before = successors((then, first) for first, then in settled.edges) if settled.broken else {}
    work = [end for claim in settled.broken if claim.kind == "excess" for end in claim.when.ended]
    found = set(work)
    while work:
        for first in before.get(work.pop(), ()):
            if first not in found:
                found.add(first)
                work.append(first)
    return found
