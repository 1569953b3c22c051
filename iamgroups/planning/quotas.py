"""IAM's quotas at the peak of a plan: what makes room comes first. Must not assume a quota IAM reported."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from iamgroups.errors import Problem
from iamgroups.planning.access import Edge, Kept
from iamgroups.planning.change import Change
from iamgroups.planning.graph import cyclic_edges
from iamgroups.planning.holdings import NOTHING, Holdings
from iamgroups.state import Attachment, Fact, GroupFact, Membership, PolicyFact
from iamgroups.state.live import LiveState

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html says which quotas AWS raises.
FIXED_PER_USER = "AWS raises this quota for nobody: put the user in fewer groups, with more policies in each"
FIXED_PER_GROUP = (
    "AWS raises this quota for nobody: join policies of your own into one, or use a second group"
)
RAISED = "ask AWS for a higher quota (Service Quotas), or declare fewer"


class Room(NamedTuple):
    """One thing with a quota: how many it holds now, and the changes that add and remove.

    `advice` is what to do when the result exceeds it.
    """

    what: str
    advice: str
    quota: int
    now: int
    additions: tuple[int, ...]
    removals: tuple[int, ...]

    @property
    def over(self) -> int:
        """Return by how many the result exceeds the quota (0 or less: it fits)."""
        return self.now + len(self.additions) - len(self.removals) - self.quota


@dataclass(frozen=True)
class Quotas:
    """The edges that keep every peak within its quota, and what does not fit at all."""

    edges: frozenset[Edge]
    problems: tuple[Problem, ...]


def quotas(changes: Sequence[Change], holdings: Holdings, live: LiveState, kept: Sequence[Kept]) -> Quotas:
    """Return what the quotas demand: full holders swap one at a time, the removal that loses least first."""
    rooms = [*_users(holdings, live), *_groups(holdings, live)]
    waits = _waits(kept)
    edges: set[Edge] = set()
    problems: list[Problem] = []
    for room in rooms:
        if room.over > 0:
            problems.append(_too_many(room, changes))
        elif room.now + len(room.additions) > room.quota:
            edges.update(_swaps(room, waits))
    chosen = {edge for entry in kept for edge in entry.options[0]}
    for room in _account(changes, live):
        pairs = set(zip(room.removals, room.additions[max(0, room.quota - room.now) :], strict=False))
        if room.over > 0 or (pairs and cyclic_edges({*edges, *pairs, *chosen})):
            problems.append(_too_many(room, changes))
        edges |= pairs
    return Quotas(frozenset(edges), tuple(problems))


def _users(holdings: Holdings, live: LiveState) -> Iterator[Room]:
    quota = live.quotas["GroupsPerUserQuota"]
    for user, groups in sorted(holdings.joined.items()):
        now = len(holdings.groups_before(user))
        if now + len(groups) > quota:
            left = holdings.left.get(user, NOTHING)
            additions = tuple(holdings.joins[Membership(group, user)] for group in sorted(groups))
            removals = tuple(holdings.leaves[Membership(group, user)] for group in sorted(left))
            yield Room(f"groups of user {user}", FIXED_PER_USER, quota, now, additions, removals)


def _groups(holdings: Holdings, live: LiveState) -> Iterator[Room]:
    quota = live.quotas["AttachedPoliciesPerGroupQuota"]
    for group, arns in sorted(holdings.gained.items()):
        now = len(holdings.policies_before(group))
        if now + len(arns) > quota:
            lost = holdings.lost.get(group, NOTHING)
            additions = tuple(holdings.attaches[Attachment(group, arn)] for arn in sorted(arns))
            removals = tuple(holdings.detaches[Attachment(group, arn)] for arn in sorted(lost))
            yield Room(f"managed policies of group {group}", FIXED_PER_GROUP, quota, now, additions, removals)


def _account(changes: Sequence[Change], live: LiveState) -> Iterator[Room]:
    groups = f"groups in account {live.account.id}"
    yield Room(
        groups, RAISED, live.quotas["GroupsQuota"], len(live.groups), *_made_and_gone(GroupFact, changes)
    )
    if live.local_listed:
        local = sum(1 for arn in live.policies if "::aws:" not in arn)
        policies = f"customer managed policies in account {live.account.id}"
        yield Room(
            policies, RAISED, live.quotas["PoliciesQuota"], local, *_made_and_gone(PolicyFact, changes)
        )


def _made_and_gone(kind: type[Fact], changes: Sequence[Change]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    ours = [index for index, change in enumerate(changes) if isinstance(change.fact, kind)]
    ours.sort(key=lambda index: changes[index].address)
    made = tuple(index for index in ours if changes[index].action == "create")
    return made, tuple(index for index in ours if changes[index].action == "delete")


def _waits(kept: Iterable[Kept]) -> dict[int, list[frozenset[int]]]:
    """Return removal -> for each pair it could lose, the additions it should wait for."""
    found: dict[int, list[frozenset[int]]] = {}
    for entry in kept:
        for removal in {then for _, then in entry.options[0]}:
            needed = frozenset(first for first, then in entry.options[0] if then == removal)
            found.setdefault(removal, []).append(needed)
    return found


def _swaps(room: Room, waits: dict[int, list[frozenset[int]]]) -> Iterator[Edge]:
    """Play the swaps through, and yield an edge from each removal to the addition that takes its place."""
    free, done = room.quota - room.now, set[int]()
    slots, debts = list[int](), list[int]()
    additions, removals = list(room.additions), list(room.removals)

    def losses(removal: int) -> int:
        return sum(1 for needed in waits.get(removal, ()) if not needed <= done)

    def unblocks(addition: int) -> int:
        return sum(1 for removal in room.removals for needed in waits.get(removal, ()) if addition in needed)

    last = -1
    while additions:
        if free <= 0:
            removal = min(removals, key=lambda index: (losses(index), removals.index(index)))
            if losses(removal) and last >= 0:
                yield last, removal
            removals.remove(removal)
            (slots if free == 0 else debts).append(removal)
            free += 1
            continue
        last = max(additions, key=lambda index: (unblocks(index), -additions.index(index)))
        additions.remove(last)
        done.add(last)
        free -= 1
        for removal in (*debts, *slots):
            yield removal, last
        slots.clear()


def _too_many(room: Room, changes: Sequence[Change]) -> Problem:
    would = room.now + len(room.additions) - len(room.removals)
    position = changes[room.additions[-1]].position if room.additions else None
    if room.over > 0:
        message = f"{would} {room.what}; the quota is {room.quota}"
        return Problem(message, position, room.advice)
    message = f"{room.what}: {room.now} of {room.quota}, and what makes room waits for what needs it"
    return Problem(message, position, "remove first, in an apply of its own; then add")
