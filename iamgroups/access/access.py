"""Access: what each person holds before and after some changes, and through which sources."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from iamgroups.access.classes import Classes, Grants, union
from iamgroups.access.facts import Facts
from iamgroups.access.side import Side
from iamgroups.access.source import Source, When
from iamgroups.policy.grants import grants_of, opaque
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState


class Contents(NamedTuple):
    """What a policy gives before and after, and the change that makes the difference, if one does."""

    before: Grants
    after: Grants
    version: int | None = None


class Extent(NamedTuple):
    """Whether something begins or ends, and the classes of grants that are held at any time."""

    begins: bool
    ends: bool
    mask: int

    def __or__(self, other: "Extent") -> "Extent":
        return Extent(self.begins or other.begins, self.ends or other.ends, self.mask | other.mask)


class Access(Facts):
    """Before and after a set of changes, for the people they touch. Nothing is worked out before it is asked.

    A policy whose document is not known gives one grant, named by its ARN or address.
    """

    def __init__(self, live: LiveState, changes: Sequence[Change]) -> None:
        super().__init__(live, changes)
        self._contents: dict[str, Contents] = {}
        self._of_group: dict[str, list[Source]] = {}
        self._merged: dict[str, dict[When, int]] = {}
        self._extents: dict[str, Extent] = {}
        self._after: dict[str, int] = {}

    @cached_property
    def before(self) -> Side:
        """The account before the changes."""
        return Side(self, after=False)

    @cached_property
    def after(self) -> Side:
        """The account after the changes."""
        return Side(self, after=True)

    @cached_property
    def people(self) -> Sequence[str]:
        """The users whose sources begin or end, by name."""
        return sorted(self.touched())

    def sources(self, user: str) -> Iterator[Source]:
        """Yield every way by which the user holds something before, after or in between."""
        for group, when in self.groups(user):
            for policy, of_group, mask in self._group_sources(group):
                yield Source(policy, when & of_group, mask)
        for policy, when in self.direct(user).items():
            yield from self._of_policy(policy, when)

    def holds(self, user: str) -> dict[When, int]:
        """Return when -> the classes of grants that the user holds then, from all sources together."""
        found: dict[When, int] = {}
        for group, when in self.groups(user):
            for of_group, mask in self._merged_sources(group).items():
                both = when & of_group
                found[both] = found.get(both, 0) | mask
        for policy, when in self.direct(user).items():
            for source in self._of_policy(policy, when):
                found[source.when] = found.get(source.when, 0) | source.mask
        return found

    def extent(self, user: str) -> Extent:
        """Return whether a source of the user begins, whether one ends, and all that the user ever holds."""
        memberships = [*self.groups(user)]
        direct = (s for policy, when in self.direct(user).items() for s in self._of_policy(policy, when))
        found = _extent([*((when, 0) for _, when in memberships), *((s.when, s.mask) for s in direct)])
        for group, _ in memberships:
            found |= self._group_extent(group)
        return found

    def held_before(self, user: str) -> int:
        """Return the classes of grants that the user holds before, from any source."""
        return union(mask for when, mask in self.holds(user).items() if not when.begun)

    def held_after(self, user: str) -> int:
        """Return the classes of grants that the user holds afterwards, from any source."""
        if user not in self._after:
            self._after[user] = union(mask for when, mask in self.holds(user).items() if not when.ended)
        return self._after[user]

    def is_replaced(self, group: str, policy: str) -> bool:
        """Tell whether all who stay in the group keep what a policy of it gives, by another source.

        Of a group without such people, whether the group itself still gives it.
        """
        gives = self.classes.mask(self.contents(policy).before)
        staying = {user for user in self.members_before(group) if group not in self.left.get(user, ())}
        if not staying:
            after = union(mask for when, mask in self._merged_sources(group).items() if not when.ended)
            return gives & ~after == 0
        return all(gives & ~self.held_after(user) == 0 for user in staying)

    def contents(self, policy: str) -> Contents:
        """Return what a policy gives before and after."""
        if policy not in self._contents:
            self._contents[policy] = self._read(policy)
        return self._contents[policy]

    def _read(self, policy: str) -> Contents:
        before, after = self._grants(self.before, policy), self._grants(self.after, policy)
        return Contents(before, after, None if before == after else self.versions[policy][0])

    def _grants(self, side: Side, policy: str) -> Grants:
        document = side.document(policy)
        return frozenset({opaque(policy)}) if document is None else grants_of(document)

    @cached_property
    def _group_names(self) -> set[str]:
        live = {self.final_name(group.name) for group in self.live.groups.values()}
        return live | self.gained.keys() | self.inline_gained.keys()

    @cached_property
    def classes(self) -> Classes:
        """The classes of all grants that a group, or a user that the changes touch, holds before or after."""
        policies = {policy for group in self._group_names for policy in self.policies(group)}
        policies.update(policy for user in self.people for policy in self.direct(user))
        contents = map(self.contents, sorted(policies))
        return Classes(grants for each in contents for grants in (each.before, each.after))

    def _of_policy(self, policy: str, when: When) -> Iterator[Source]:
        """Yield the sources that one place of a policy makes: a new version parts it in up to three."""
        before, after, version = self.contents(policy)
        old, new = self.classes.mask(before), self.classes.mask(after)
        if version is None or old == new:
            yield Source(policy, when, new)
            return
        change = frozenset({version})
        if old & new:
            yield Source(policy, when, old & new)
        if old & ~new:
            yield Source(policy, when & When(ended=change), old & ~new)
        if new & ~old:
            yield Source(policy, when & When(begun=change), new & ~old)

    def _group_sources(self, group: str) -> list[Source]:
        if group not in self._of_group:
            policies = self.policies(group).items()
            self._of_group[group] = [s for policy, when in policies for s in self._of_policy(policy, when)]
        return self._of_group[group]

    def _group_extent(self, group: str) -> Extent:
        if group not in self._extents:
            self._extents[group] = _extent(self._merged_sources(group).items())
        return self._extents[group]

    def _merged_sources(self, group: str) -> dict[When, int]:
        if group not in self._merged:
            merged: dict[When, int] = {}
            for source in self._group_sources(group):
                merged[source.when] = merged.get(source.when, 0) | source.mask
            self._merged[group] = merged
        return self._merged[group]


def _extent(held: Collection[tuple[When, int]]) -> Extent:
    return Extent(
        any(when.begun for when, _ in held),
        any(when.ended for when, _ in held),
        union(mask for _, mask in held),
    )
