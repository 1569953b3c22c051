"""Who is in what and what holds which policy, before and after some changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from iamgroups.access.source import ALWAYS, When
from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup, InlineUser, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold

NOTHING: frozenset[str] = frozenset()


class Facts:
    """The facts before and after, and the index of the change behind each difference.

    Groups go by the names in the changes' facts: the final ones, also where the rename itself is not among
    the changes. A policy is an ARN, or the address of an inline policy. Unknown counts as nothing.
    """

    def __init__(self, live: LiveState, changes: Sequence[Change]) -> None:
        self.live = live
        self._new_name = dict(_renames(changes))
        self._old_name = {new: old for old, new in self._new_name.items()}
        self.joins: dict[Membership, int] = {}
        self.leaves: dict[Membership, int] = {}
        self.attaches: dict[Attachment, int] = {}
        self.detaches: dict[Attachment, int] = {}
        self.direct_detaches: dict[Direct, int] = {}
        self.versions: dict[str, tuple[int, Change]] = {}
        self.joined: defaultdict[str, set[str]] = defaultdict(set)
        self.left: defaultdict[str, set[str]] = defaultdict(set)
        self.gained: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.lost: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for index, change in enumerate(changes):
            self._add(index, change)

    def _add(self, index: int, change: Change) -> None:
        fact, ends = change.fact, change.action == "delete"
        if isinstance(fact, Membership):
            (self.leaves if ends else self.joins)[fact] = index
            (self.left if ends else self.joined)[fact.user].add(fact.group)
        elif isinstance(fact, Attachment):
            (self.detaches if ends else self.attaches)[fact] = index
            (self.lost if ends else self.gained)[fact.group][fact.arn] = index
        elif isinstance(fact, InlineGroup):
            self.lost[fact.group][fact.address] = index
        elif isinstance(fact, Direct):
            self.direct_detaches[fact] = index
        elif isinstance(fact, PolicyFact) and not ends:
            self.versions[fact.arn] = index, change

    def group(self, name: str) -> LiveGroup | None:
        """Return the live group that bears this name in the end."""
        return self.live.groups.get(fold(self._old_name.get(name, name)))

    def members_before(self, group: str) -> frozenset[str]:
        """Return the members the group has before."""
        live = self.group(group)
        return (live.members if live else None) or NOTHING

    def policies_before(self, group: str) -> frozenset[str]:
        """Return the ARNs attached to the group before."""
        live = self.group(group)
        return (live.policies if live else None) or NOTHING

    def inline_before(self, group: str) -> Mapping[str, object]:
        """Return the addresses of the group's inline policies before -> their documents."""
        live = self.group(group)
        inline = (live.inline if live else None) or {}
        return {InlineGroup(group, name).address: document for name, document in inline.items()}

    def policies(self, group: str) -> dict[str, When]:
        """Return every policy that the group has before or after -> when."""
        held = [*self.policies_before(group), *self.inline_before(group)]
        found = dict.fromkeys(held, ALWAYS)
        found |= {policy: When(ended=frozenset({i})) for policy, i in self.lost.get(group, {}).items()}
        return found | {arn: When(begun=frozenset({i})) for arn, i in self.gained.get(group, {}).items()}

    def groups_before(self, user: str) -> frozenset[str]:
        """Return the groups the user is in before."""
        names = self.live.groups_of.get(user, NOTHING)
        return frozenset(self._new_name.get(name, name) for name in names) if self._new_name else names

    def groups_after(self, user: str) -> frozenset[str]:
        """Return the groups the user is in afterwards."""
        return (self.groups_before(user) - self.left.get(user, NOTHING)) | self.joined.get(user, NOTHING)

    def groups(self, user: str) -> Iterator[tuple[str, When]]:
        """Yield every group that the user is in before or after, and when."""
        left, joined = self.left.get(user, NOTHING), self.joined.get(user, NOTHING)
        for name in self.groups_before(user):
            ends = name in left
            yield name, When(ended=frozenset({self.leaves[Membership(name, user)]})) if ends else ALWAYS
        for name in joined:
            yield name, When(begun=frozenset({self.joins[Membership(name, user)]}))

    def direct(self, user: str) -> dict[str, When]:
        """Return every policy that the user has outside groups before -> when."""
        live = self.live.users.get(fold(user))
        if live is None:
            return {}
        found = dict.fromkeys((InlineUser(live.name, name).address for name in live.inline or ()), ALWAYS)
        for arn in live.policies or ():
            index = self.direct_detaches.get(Direct(user, arn))
            found[arn] = ALWAYS if index is None else When(ended=frozenset({index}))
        return found

    def touched(self) -> set[str]:
        """Return every user for whom a source begins or ends."""
        updated = {arn for arn, (_, change) in self.versions.items() if change.action == "update"}
        users = {*self.joined, *self.left, *(fact.user for fact in self.direct_detaches)}
        groups: Set[str] = self.gained.keys() | self.lost.keys()
        if updated:
            groups |= {
                self._new_name.get(group.name, group.name)
                for group in self.live.groups.values()
                if not updated.isdisjoint(group.policies or ())
            }
            users |= {u.name for u in self.live.users.values() if not updated.isdisjoint(u.policies or ())}
        return users.union(*map(self.members_before, groups))


def _renames(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    for change in changes:
        fact, before = change.fact, change.before
        if isinstance(fact, GroupFact) and isinstance(before, GroupFact) and fact.name != before.name:
            yield before.name, fact.name
        elif change.group_now and isinstance(fact, Attachment | Membership | InlineGroup):
            yield change.group_now, fact.group
