"""Groups that people's direct policies suggest. What is proposed gives nobody anything they do not hold.

Candidates are what two people hold in common. The one that replaces the most direct attachments is taken,
then the next, until nothing is worth a group.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations

from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, matches, never_detached

# All pairs of more distinct sets than these would take minutes: the most common ones are compared.
MOST_SETS = 3_000
POLICIES_PER_GROUP = 10
GROUPS_PER_USER = 10


@dataclass(frozen=True, slots=True)
class Proposal:
    """A group, its policies (ARNs) and who should join it.

    `covers`: pairs of user and ARN that need no direct policy then. `exists`: the account
    has the group, and the people only join it.
    """

    name: str
    policies: tuple[str, ...]
    members: tuple[str, ...]
    covers: frozenset[tuple[str, str]]
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Proposals, the most useful first. `left`: user -> direct policies that no proposal covers.

    `privileged`: policies (ARNs) that were left out because they are privileged. `excluded`: users left out.
    """

    proposals: tuple[Proposal, ...]
    left: Mapping[str, tuple[str, ...]]
    privileged: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def nothing(_: str) -> bool:
    """Call no policy privileged."""
    return False


def suggest(
    live: LiveState,
    *,
    least_members: int = 3,
    most_groups: int = 20,
    exclude: Collection[str] = (),
    is_privileged: Callable[[str], bool] = nothing,
) -> Suggestion:
    """Return groups for what people hold directly, existing groups first. The same account, the same answer.

    `exclude`: globs of users who are left out. `is_privileged`: of a policy's ARN.
    """
    excluded = sorted(
        user.name for user in live.users.values() if any(matches(glob, user.name) for glob in exclude)
    )
    mining = _Mining(live, frozenset(excluded), is_privileged)
    proposals = [*mining.joins()]
    taken = {fold(group.name) for group in live.groups.values()}
    for policies, members in mining.groups(least_members, most_groups):
        name = _name([mining.arns[policy] for policy in _bits(policies)], taken)
        taken.add(fold(name))
        proposals.append(mining.proposal(name, policies, members))
    left = {name: tuple(sorted(arns)) for name, arns in sorted(mining.uncovered.items()) if arns}
    return Suggestion(tuple(proposals), left, tuple(sorted(mining.privileged)), tuple(excluded))


class _Mining:
    """Who holds what, as bits: of policies in a person's set, of people among a policy's holders."""

    def __init__(
        self, live: LiveState, excluded: Collection[str], is_privileged: Callable[[str], bool]
    ) -> None:
        self.live = live
        direct = {
            user.name: user.policies
            for _, user in sorted(live.users.items())
            if user.policies is not None and user.name not in excluded
        }
        every = sorted({arn for arns in direct.values() for arn in arns})
        self.privileged = {arn for arn in every if is_privileged(arn)}
        self.arns = [arn for arn in every if arn not in self.privileged and not never_detached(arn)]
        bit = {arn: 1 << index for index, arn in enumerate(self.arns)}
        self.people = list(direct)
        self.uncovered = {name: set(arns) for name, arns in direct.items()}
        self.direct = [sum(bit[arn] for arn in direct[name] if arn in bit) for name in self.people]
        self.held = [
            held | self._by_group(name, bit) for name, held in zip(self.people, self.direct, strict=True)
        ]
        self.room = [GROUPS_PER_USER - len(live.groups_of.get(name, ())) for name in self.people]
        self.free = sum(1 << person for person, room in enumerate(self.room) if room > 0)
        self.holders = self._holders(self.held)
        self.open = self._holders(self.direct)

    def _by_group(self, name: str, bit: Mapping[str, int]) -> int:
        held = 0
        for group in self.live.groups_of.get(name, ()):
            for arn in self.live.groups[fold(group)].policies or ():
                held |= bit.get(arn, 0)
        return held

    def _holders(self, sets: list[int]) -> list[int]:
        found = [0] * len(self.arns)
        for person, held in enumerate(sets):
            for policy in _bits(held):
                found[policy] |= 1 << person
        return found

    def members(self, policies: int) -> int:
        """Return who holds all of these policies and may join another group."""
        found = self.free
        for policy in _bits(policies):
            found &= self.holders[policy]
        return found

    def joins(self) -> Iterator[Proposal]:
        """Yield existing groups that people should join: they hold all it gives, some of it directly."""
        for _, group in sorted(self.live.groups.items()):
            policies = self._joinable(group)
            if policies:
                members = self.members(policies) & self._gaining(policies) & ~self._in(group)
                if members:
                    yield self.proposal(group.name, policies, members, exists=True)

    def _joinable(self, group: LiveGroup) -> int:
        """Return a group's policies; 0 where it gives anything that nobody here holds directly."""
        arns = group.policies or frozenset()
        if group.inline is None or group.inline or group.members is None or not arns <= set(self.arns):
            return 0
        return sum(1 << self.arns.index(arn) for arn in arns)

    def _in(self, group: LiveGroup) -> int:
        return sum(1 << person for person, name in enumerate(self.people) if name in (group.members or ()))

    def _gaining(self, policies: int) -> int:
        found = 0
        for policy in _bits(policies):
            found |= self.open[policy]
        return found

    def groups(self, least: int, most: int) -> Iterator[tuple[int, int]]:
        """Yield the policies and the people of new groups, the one that replaces most first."""
        waiting = [(-self._worth(policies), policies) for policies in self._candidates(least)]
        heapify(waiting)
        found = 0
        while waiting and found < most:
            worth, policies = heappop(waiting)
            now = self._worth(policies)
            if now < -worth:
                if now >= least:
                    heappush(waiting, (-now, policies))
                continue
            members = self.members(policies) & self._gaining(policies)
            if members.bit_count() >= least and now >= least:
                found += 1
                yield policies, members

    def _candidates(self, least: int) -> set[int]:
        counts: dict[int, int] = {}
        for held in self.direct:
            if held:
                counts[held] = counts.get(held, 0) + 1
        common = sorted(counts, key=lambda held: (-counts[held], held))[:MOST_SETS]
        found = {held for held in common if counts[held] >= least}
        found.update(first & second for first, second in combinations(common, 2))
        return {held for held in found if 0 < held.bit_count() <= POLICIES_PER_GROUP}

    def _worth(self, policies: int) -> int:
        """Return how many direct attachments a group with these policies would replace."""
        members = self.members(policies)
        return sum((members & self.open[policy]).bit_count() for policy in _bits(policies))

    def proposal(self, name: str, policies: int, members: int, exists: bool = False) -> Proposal:
        """Return the proposal, and count what it covers as covered."""
        arns = [self.arns[policy] for policy in _bits(policies)]
        names = [self.people[person] for person in _bits(members)]
        covers = frozenset((name, arn) for name in names for arn in arns if arn in self.uncovered[name])
        for user, arn in covers:
            self.uncovered[user].discard(arn)
        for policy in _bits(policies):
            self.open[policy] &= ~members
        for person in _bits(members):
            self.room[person] -= 1
            if not self.room[person]:
                self.free ^= 1 << person
        return Proposal(name, tuple(arns), tuple(names), covers, exists)


def _bits(value: int) -> Iterator[int]:
    while value:
        lowest = value & -value
        yield lowest.bit_length() - 1
        value ^= lowest


def _name(arns: Sequence[str], taken: Collection[str]) -> str:
    """Return a name that nothing bears: of the policy, or of the first of several."""
    words = [re.sub(r"^(Amazon|AWS)(?=[A-Z])", "", arn.rpartition("/")[2]) for arn in arns]
    plain = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", word.removesuffix("Access")).lower() for word in words]
    stem = plain[0] if len(plain) == 1 else f"{plain[0]}-and-{len(plain) - 1}-more"
    if len(plain) == 2:
        stem = f"{plain[0]}-and-{plain[1]}"
    stem = re.sub(r"[^a-z0-9+=,.@_-]", "-", stem)[:120]
    number, name = 1, stem
    while fold(name) in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
