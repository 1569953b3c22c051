"""IAM's quotas at the peak of a plan: what makes room comes first. Must not assume a quota IAM reported."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from iamgroups.errors import Problem
from iamgroups.planning.holdings import NOTHING, Holdings
from iamgroups.planning.order.promise import Edge, Kept
from iamgroups.state import Attachment, Fact, GroupFact, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState
from iamgroups.state.names import is_aws_managed

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
    def result(self) -> int:
        """Return how many there are afterwards."""
        return self.now + len(self.additions) - len(self.removals)

    @property
    def limit(self) -> int:
        """Return the quota; as many as there are where more were there already, and still are afterwards."""
        return self.quota if self.result <= self.quota else max(self.quota, self.now)


@dataclass(frozen=True)
class Quotas:
    """The edges that keep every peak within its quota, and what does not fit at all.

    `preferences`: edges that nothing refuses to do without, but that keep access for longer. All of `edges`
    lead from a removal to an addition, as those of `precedence` do: they close no cycle with each other.
    """

    edges: frozenset[Edge]
    problems: tuple[Problem, ...] = ()
    preferences: tuple[Edge, ...] = ()


def quotas(
    changes: Sequence[Change],
    holdings: Holdings,
    live: LiveState,
    kept: Sequence[Kept],
    apart: Iterable[Edge],
) -> Quotas:
    """Return what the quotas demand: full holders swap one at a time, the removal that loses least first.

    `apart`: what must be left before something else is joined, whatever is lost by it.
    """
    edges: set[Edge] = set()
    preferences: list[Edge] = []
    problems: list[Problem] = []
    before = _before(apart)
    waits = _waits(kept, before)
    for room in (*_users(holdings, live), *_groups(holdings, live), *_account(changes, live)):
        if room.result > room.limit:
            problems.append(_too_many(room, changes))
        elif room.now + len(room.additions) > room.limit:
            swaps = _Swaps(room, waits, before)
            edges |= swaps.edges
            preferences += swaps.preferences
    return Quotas(frozenset(edges), tuple(problems), tuple(preferences))


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
        local = sum(1 for arn in live.policies if not is_aws_managed(arn))
        policies = f"customer managed policies in account {live.account.id}"
        yield Room(
            policies, RAISED, live.quotas["PoliciesQuota"], local, *_made_and_gone(PolicyFact, changes)
        )


def _made_and_gone(kind: type[Fact], changes: Sequence[Change]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    ours = [index for index, change in enumerate(changes) if isinstance(change.fact, kind)]
    ours.sort(key=lambda index: changes[index].address)
    made = tuple(index for index in ours if changes[index].action == "create")
    return made, tuple(index for index in ours if changes[index].action == "delete")


def _before(apart: Iterable[Edge]) -> dict[int, set[int]]:
    """Return addition -> the removals that come first whatever the quotas say."""
    found: dict[int, set[int]] = {}
    for removal, addition in apart:
        found.setdefault(addition, set()).add(removal)
    return found


def _waits(kept: Iterable[Kept], before: Mapping[int, set[int]]) -> dict[int, list[frozenset[int]]]:
    """Return removal -> for each pair it could lose, the additions it should wait for.

    What comes after the removal in any case is not worth waiting for.
    """
    found: dict[int, list[frozenset[int]]] = {}
    for entry in kept:
        for removal in {then for _, then in entry.options[0]}:
            needed = frozenset(first for first, then in entry.options[0] if then == removal)
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


def _too_many(room: Room, changes: Sequence[Change]) -> Problem:
    position = changes[room.additions[-1]].position
    message = f"{room.result} {room.what}; the quota is {room.quota}"
    about = tuple(changes[index].address for index in room.additions)
    return Problem(message, position, room.advice, about=about)
