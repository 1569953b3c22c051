"""What people hold in common, and how many direct policies a group with the same policies would replace.

Candidates are what two people hold in common. The one that replaces the most direct policies is taken,
then the next, until nothing is worth a group.
"""

from collections.abc import Callable, Collection, Iterator
from heapq import heapify, heappop, heappush
from itertools import combinations

from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, never_detached, parse_policy_arn

# All pairs of more distinct sets than these would take minutes: the most common ones are compared.
MOST_SETS = 3_000

IsPrivileged = Callable[[Collection[str]], bool]  # of policies (ARNs) that one person holds together


class Mining:
    """Who holds what, as bits: of policies in a person's set, of people among a policy's holders.

    `uncovered`: user -> ARNs held directly that nothing proposed covers.
    """

    def __init__(self, live: LiveState, excluded: Collection[str], is_privileged: IsPrivileged) -> None:
        self.live = live
        self.is_privileged = is_privileged
        direct = {
            user.name: user.policies
            for _, user in sorted(live.users.items())
            if user.policies is not None and user.name not in excluded
        }
        every = sorted({arn for arns in direct.values() for arn in arns})
        self.privileged = {arn for arn in every if is_privileged([arn])}
        self.arns = [arn for arn in every if arn not in self.privileged and _may_move(arn, live)]
        self.bit = {arn: 1 << index for index, arn in enumerate(self.arns)}
        self.people = list(direct)
        self.uncovered = {name: set(arns) for name, arns in direct.items()}
        own = [sum(self.bit.get(arn, 0) for arn in direct[name]) for name in self.people]
        self.sets = own
        self.holders = self._holders(
            [held | self._by_group(name) for name, held in zip(self.people, own, strict=True)]
        )
        self.open = self._holders(own)
        most = live.quotas.get("GroupsPerUserQuota", 10)
        self.room = [most - len(live.groups_of.get(name, ())) for name in self.people]
        self.free = sum(1 << person for person, room in enumerate(self.room) if room > 0)

    def _by_group(self, name: str) -> int:
        held = 0
        for group in self.live.groups_of.get(name, ()):
            for arn in self.live.groups[fold(group)].policies or ():
                held |= self.bit.get(arn, 0)
        return held

    def _holders(self, sets: list[int]) -> list[int]:
        found = [0] * len(self.arns)
        for person, held in enumerate(sets):
            for policy in bits(held):
                found[policy] |= 1 << person
        return found

    def arns_of(self, policies: int) -> list[str]:
        """Return the ARNs of some policies."""
        return [self.arns[policy] for policy in bits(policies)]

    def joins(self, groups: Collection[LiveGroup]) -> Iterator[tuple[LiveGroup, int, int]]:
        """Yield groups, their policies and who should join: they hold all it gives, some of it directly."""
        for group in groups:
            policies = self._joinable(group)
            members = self._members(policies) & self._replacing(policies) & ~self._in(group)
            if policies and members:
                yield group, policies, members

    def _joinable(self, group: LiveGroup) -> int:
        """Return a group's policies; 0 where it gives anything that may not move into a group."""
        arns = group.policies or frozenset()
        if group.inline != {} or group.members is None or not arns <= self.bit.keys():
            return 0
        return 0 if self.is_privileged(arns) else sum(self.bit[arn] for arn in arns)

    def _in(self, group: LiveGroup) -> int:
        return sum(1 << person for person, name in enumerate(self.people) if name in (group.members or ()))

    def groups(self, least: int, most: int) -> Iterator[tuple[int, int]]:
        """Yield the policies and the people of new groups, the one that replaces most first."""
        waiting = [(-self._worth(policies), policies) for policies in self._candidates(least)]
        heapify(waiting)
        found = 0
        while waiting and found < most:
            worth, candidate = heappop(waiting)
            now = self._worth(candidate)
            if now < least:
                continue
            if now < -worth:
                heappush(waiting, (-now, candidate))
                continue
            policies = self._useful(candidate)
            members = self._members(policies) & self._replacing(policies)
            if members.bit_count() >= least and not self._escalates(policies, waiting):
                found += 1
                yield policies, members

    def _useful(self, policies: int) -> int:
        """Return those of the policies that a group of all of them would replace for somebody."""
        members = self._members(policies)
        return sum(1 << policy for policy in bits(policies) if members & self.open[policy])

    def _escalates(self, policies: int, waiting: list[tuple[int, int]]) -> bool:
        """Tell whether a set is privileged as a whole. Its policies may be groups of their own then."""
        if policies.bit_count() == 1 or not self.is_privileged(self.arns_of(policies)):
            return False
        for policy in bits(policies):
            heappush(waiting, (-self._worth(1 << policy), 1 << policy))
        return True

    def _candidates(self, least: int) -> set[int]:
        counts: dict[int, int] = {}
        for held in self.sets:
            if held:
                counts[held] = counts.get(held, 0) + 1
        common = sorted(counts, key=lambda held: (-counts[held], held))[:MOST_SETS]
        found = {held for held in common if counts[held] >= least}
        found.update(first & second for first, second in combinations(common, 2))
        most = self.live.quotas.get("AttachedPoliciesPerGroupQuota", 10)
        return {held for held in found if 0 < held.bit_count() <= most}

    def _members(self, policies: int) -> int:
        """Return who holds all of these policies and may join another group."""
        found = self.free
        for policy in bits(policies):
            found &= self.holders[policy]
        return found

    def _replacing(self, policies: int) -> int:
        """Return who holds one of these policies directly, with no group proposed for it."""
        found = 0
        for policy in bits(policies):
            found |= self.open[policy]
        return found

    def _worth(self, policies: int) -> int:
        """Return how many direct policies a group with these policies would replace."""
        members = self._members(policies)
        return sum((members & self.open[policy]).bit_count() for policy in bits(policies))

    def take(self, policies: int, members: int) -> frozenset[tuple[str, str]]:
        """Count a group as proposed; return the pairs of user and ARN that it covers."""
        arns = self.arns_of(policies)
        names = [self.people[person] for person in bits(members)]
        covers = frozenset((name, arn) for name in names for arn in arns if arn in self.uncovered[name])
        for user, arn in covers:
            self.uncovered[user].discard(arn)
        for policy in bits(policies):
            self.open[policy] &= ~members
        for person in bits(members):
            self.room[person] -= 1
            if not self.room[person]:
                self.free ^= 1 << person
        return covers


def _may_move(arn: str, live: LiveState) -> bool:
    """Tell whether a group can take a policy over: a file can name it, and IAM lets it be attached."""
    known = live.policies.get(arn)
    attachable = "/aws-service-role/" not in arn and (known is None or known.attachable)
    return attachable and parse_policy_arn(arn) is not None and not never_detached(arn)


def bits(value: int) -> Iterator[int]:
    """Yield the places of the bits that are set."""
    while value:
        lowest = value & -value
        yield lowest.bit_length() - 1
        value ^= lowest
