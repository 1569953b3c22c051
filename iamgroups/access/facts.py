"""Who is in what, what holds which policy, and what a policy says, before and after some changes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

from iamgroups.access.source import ALWAYS, When
from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup, InlineUser, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold

NOTHING: frozenset[str] = frozenset()
INLINE = "inline/"  # how the address of an inline policy begins


class Facts:
    """The facts before and after, and the index of the change behind each difference.

    Groups go by the names in the changes' facts: the final ones, also where the rename itself is not among
    the changes. A policy is an ARN, or the address of an inline policy. Unknown counts as nothing.
    """

    def __init__(self, live: LiveState, changes: Sequence[Change]) -> None:
        self.live, self.changes = live, changes
        self._documents: dict[str, Any] = {}
        self._new_name = dict(_renames(changes))
        self._old_name = {new: old for old, new in self._new_name.items()}
        self.joins: dict[Membership, int] = {}
        self.leaves: dict[Membership, int] = {}
        self.attaches: dict[Attachment, int] = {}
        self.detaches: dict[Attachment, int] = {}
        self.direct_lost: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.direct_gained: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.inline_gained: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.versions: dict[str, tuple[int, Change]] = {}
        self.joined: defaultdict[str, set[str]] = defaultdict(set)
        self.left: defaultdict[str, set[str]] = defaultdict(set)
        self.joiners: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.leavers: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.gained: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self.lost: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for index, change in enumerate(changes):
            self._add(index, change)

    def _add(self, index: int, change: Change) -> None:
        fact, ends = change.fact, change.action == "delete"
        if isinstance(fact, Membership):
            (self.leaves if ends else self.joins)[fact] = index
            (self.left if ends else self.joined)[fact.user].add(fact.group)
            (self.leavers if ends else self.joiners)[fact.group][fact.user] = index
        elif isinstance(fact, Attachment):
            (self.detaches if ends else self.attaches)[fact] = index
            (self.lost if ends else self.gained)[fact.group][fact.arn] = index
        elif isinstance(fact, InlineGroup):
            (self.lost if ends else self.inline_gained)[fact.group][fact.address] = index
        elif isinstance(fact, Direct):
            (self.direct_lost if ends else self.direct_gained)[fact.user][fact.arn] = index
        elif isinstance(fact, PolicyFact) and not ends:
            self.versions[fact.arn] = index, change

    def final_name(self, name: str) -> str:
        """Return the name that a live group bears in the end."""
        return self._new_name.get(name, name)

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

    def policies(self, group: str) -> dict[str, When]:
        """Return every policy that the group has before or after -> when."""
        live = self.group(group)
        inline = (InlineGroup(group, name).address for name in (live.inline if live else None) or ())
        found = dict.fromkeys([*self.policies_before(group), *inline], ALWAYS)
        found |= {policy: When(ended=frozenset({i})) for policy, i in self.lost.get(group, {}).items()}
        gained = self.gained.get(group, {}) | self.inline_gained.get(group, {})
        return found | {policy: When(begun=frozenset({i})) for policy, i in gained.items()}

    def groups_before(self, user: str) -> frozenset[str]:
        """Return the groups the user is in before."""
        names = self.live.groups_of.get(user, NOTHING)
        return frozenset(map(self.final_name, names)) if self._new_name else names

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
        """Return every policy that the user has outside groups before or after -> when."""
        live = self.live.users.get(fold(user))
        if live is None:
            return {}
        found = dict.fromkeys((InlineUser(live.name, name).address for name in live.inline or ()), ALWAYS)
        found |= dict.fromkeys(live.policies or (), ALWAYS)
        lost, gained = self.direct_lost.get(user, {}), self.direct_gained.get(user, {})
        found |= {arn: When(ended=frozenset({index})) for arn, index in lost.items()}
        return found | {arn: When(begun=frozenset({index})) for arn, index in gained.items()}

    def document(self, policy: str, after: bool) -> Any:
        """Return the document of a policy before or after; None is unknown."""
        if policy.startswith(INLINE):
            return self._inline_document(policy)
        if policy not in self.versions:
            known = self.live.policies.get(policy)
            return known.document if known else None
        _, change = self.versions[policy]
        fact = change.before if change.before and not after else change.fact
        assert isinstance(fact, PolicyFact)
        if fact.document not in self._documents:
            self._documents[fact.document] = _parsed(fact.document)
        return self._documents[fact.document]

    def _inline_document(self, address: str) -> Any:
        _, kind, holder, name = address.split("/")
        if (index := self.inline_gained.get(holder, {}).get(address)) is not None:
            made = self.changes[index].fact
            return _parsed(made.document) if isinstance(made, InlineGroup) else None
        owner = self.group(holder) if kind == "group" else self.live.user(holder)
        return owner.inline.get(name) if owner and owner.inline else None

    def touched(self) -> set[str]:
        """Return every user for whom a source begins or ends."""
        updated = {arn for arn, (_, change) in self.versions.items() if change.action == "update"}
        users = {*self.joined, *self.left, *self.direct_lost, *self.direct_gained}
        groups: Set[str] = self.gained.keys() | self.lost.keys() | self.inline_gained.keys()
        if updated:
            groups |= {
                self.final_name(group.name)
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


def _parsed(text: str) -> Any:
    """Return a document; None, unknown, where the text of a saved plan is no JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None
