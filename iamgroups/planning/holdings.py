"""Who is in what and what holds what, before and after a plan's changes. Must not decide anything."""

from collections.abc import Iterable, Iterator, Sequence

from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold

NOTHING: frozenset[str] = frozenset()


class Holdings:
    """The facts before and after, and the index of the change behind each difference.

    Groups go by the names in the changes' facts: the final ones, also where the rename itself is not among
    the changes. Unknown counts as nothing.
    """

    def __init__(self, live: LiveState, changes: Sequence[Change]) -> None:
        self._live = live
        self._new_name = dict(_renames(changes))
        self._old_name = {new: old for old, new in self._new_name.items()}
        self.joins: dict[Membership, int] = {}
        self.leaves: dict[Membership, int] = {}
        self.attaches: dict[Attachment, int] = {}
        self.detaches: dict[Attachment, int] = {}
        self.direct_detaches: dict[Direct, int] = {}
        self.joined: dict[str, set[str]] = {}
        self.left: dict[str, set[str]] = {}
        self.gained: dict[str, set[str]] = {}
        self.lost: dict[str, set[str]] = {}
        for index, change in enumerate(changes):
            self._add(index, change)

    def _add(self, index: int, change: Change) -> None:
        fact, ends = change.fact, change.action == "delete"
        if isinstance(fact, Membership):
            (self.leaves if ends else self.joins)[fact] = index
            (self.left if ends else self.joined).setdefault(fact.user, set()).add(fact.group)
        elif isinstance(fact, Attachment):
            (self.detaches if ends else self.attaches)[fact] = index
            (self.lost if ends else self.gained).setdefault(fact.group, set()).add(fact.arn)
        elif isinstance(fact, Direct):
            self.direct_detaches[fact] = index

    def members_before(self, group: str) -> frozenset[str]:
        """Return the members the group has before."""
        live = self._live.groups.get(fold(self._old_name.get(group, group)))
        return (live.members if live else None) or NOTHING

    def policies_before(self, group: str) -> frozenset[str]:
        """Return the ARNs attached to the group before."""
        live = self._live.groups.get(fold(self._old_name.get(group, group)))
        return (live.policies if live else None) or NOTHING

    def has_policy_after(self, group: str, arn: str) -> bool:
        """Tell whether the policy is attached to the group afterwards."""
        gained = arn in self.gained.get(group, NOTHING)
        return gained or (arn in self.policies_before(group) and arn not in self.lost.get(group, NOTHING))

    def groups_before(self, user: str) -> frozenset[str]:
        """Return the groups the user is in before."""
        names = self._live.groups_of.get(user, NOTHING)
        return frozenset(self._new_name.get(name, name) for name in names) if self._new_name else names

    def groups_after(self, user: str) -> frozenset[str]:
        """Return the groups the user is in afterwards."""
        return (self.groups_before(user) - self.left.get(user, NOTHING)) | self.joined.get(user, NOTHING)

    def direct_before(self, user: str) -> frozenset[str]:
        """Return the ARNs attached directly to the user before."""
        live = self._live.users.get(fold(user))
        return (live.policies if live else None) or NOTHING

    def sources_before(self, user: str, arn: str) -> list[str]:
        """Return the groups through which the user holds the policy before, by name."""
        return sorted(group for group in self.groups_before(user) if arn in self.policies_before(group))

    def sources_after(self, user: str, arn: str) -> list[str]:
        """Return the groups through which the user holds the policy afterwards, by name."""
        return sorted(group for group in self.groups_after(user) if self.has_policy_after(group, arn))

    def held_before(self, user: str, arn: str) -> bool:
        """Tell whether the user holds the policy before, from any source."""
        return arn in self.direct_before(user) or any(
            arn in self.policies_before(group) for group in self.groups_before(user)
        )

    def held_after(self, user: str, arn: str) -> bool:
        """Tell whether the user holds the policy afterwards, from any source."""
        kept_direct = arn in self.direct_before(user) and Direct(user, arn) not in self.direct_detaches
        return kept_direct or any(self.has_policy_after(group, arn) for group in self.groups_after(user))


def _renames(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    for change in changes:
        fact, before = change.fact, change.before
        if isinstance(fact, GroupFact) and isinstance(before, GroupFact) and fact.name != before.name:
            yield before.name, fact.name
        elif change.group_now and isinstance(fact, Attachment | Membership):
            yield change.group_now, fact.group
