"""What changes mean for people: the policies that each person gains, loses, and keeps in another way."""

from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from iamgroups.access.access import Access
from iamgroups.access.source import When
from iamgroups.policy.grants import is_opaque
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState


class Keep(NamedTuple):
    """A policy that goes, and the policies that give all of its grants afterwards."""

    was: str
    now: tuple[str, ...]


class PersonEffect(NamedTuple):
    """The policies one user holds afterwards and not before, and the reverse, by ARN or inline address.

    What they lose and keep in another way is not lost. What only replaces it is not gained.
    """

    user: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    keeps: tuple[Keep, ...] = ()


def effects(changes: Sequence[Change], live: LiveState) -> tuple[PersonEffect, ...]:
    """Return the effect on every user the changes reach and for whom it is not nothing, by name."""
    people = _People(Access(live, changes))
    found = (people.effect(user) for user in people.access.people)
    return tuple(effect for effect in found if effect.gains or effect.loses or effect.keeps)


class _People:
    """Looks people up; what a group has is worked out once."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._of_group: dict[str, tuple[Set[str], Set[str]]] = {}

    def effect(self, user: str) -> PersonEffect:
        before, after = _parted(self.access.direct(user).items())
        for group, when in self.access.groups(user):
            had, has = self._group(group)
            before |= set() if when.begun else had
            after |= set() if when.ended else has
        gained, lost = after - before, before - after
        keeps = self._keeps(user, sorted(lost), [*sorted(gained), *sorted(after - gained)])
        replacing = {policy for keep in keeps for policy in keep.now} & gained
        held = self.access.held_before(user) if replacing else 0
        gains = (policy for policy in gained if policy not in replacing or self._gives(policy) & ~held)
        return PersonEffect(
            user, tuple(sorted(gains)), tuple(sorted(lost - {keep.was for keep in keeps})), keeps
        )

    def _group(self, group: str) -> tuple[Set[str], Set[str]]:
        if group not in self._of_group:
            self._of_group[group] = _parted(self.access.policies(group).items())
        return self._of_group[group]

    def _keeps(self, user: str, lost: Sequence[str], after: Sequence[str]) -> tuple[Keep, ...]:
        known = [policy for policy in lost if not any(map(is_opaque, self.access.contents(policy).before))]
        held = self.access.held_after(user) if known else 0
        gave = {policy: self.access.classes.mask(self.access.contents(policy).before) for policy in known}
        return tuple(
            Keep(policy, self._replacing(mask, after))
            for policy, mask in gave.items()
            if mask and mask & ~held == 0
        )

    def _replacing(self, mask: int, after: Sequence[str]) -> tuple[str, ...]:
        """Return one policy that gives all of this, or the first few that do so together."""
        for policy in after:
            if mask & ~self._gives(policy) == 0:
                return (policy,)
        found = []
        for policy in after:
            if mask & self._gives(policy):
                found.append(policy)
                mask &= ~self._gives(policy)
        return tuple(found)

    def _gives(self, policy: str) -> int:
        return self.access.classes.mask(self.access.contents(policy).after)


def _parted(policies: Iterable[tuple[str, When]]) -> tuple[set[str], set[str]]:
    """Return the policies there before, and those there afterwards."""
    known = list(policies)
    return {p for p, when in known if not when.begun}, {p for p, when in known if not when.ended}
