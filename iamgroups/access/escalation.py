"""Which ways to gain more access somebody has, by everything they can do."""

from collections.abc import Iterator
from typing import NamedTuple

from iamgroups.access.methods import METHODS, Method
from iamgroups.access.powers import Powers, union
from iamgroups.access.scope import Scope
from iamgroups.catalogue import Catalogue
from iamgroups.catalogue.actions import Actions
from iamgroups.policy.matching import parse

_USER = parse("arn:${Partition}:iam::${Account}:user/${UserNameWithPath}", variables=True)


class Way(NamedTuple):
    """A method that somebody has; `possibly`: one of its actions depends on a resource or condition."""

    method: Method
    possibly: bool


class Escalation:
    """The methods of METHODS as sets of a catalogue's actions."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._needed = [
            (method, union(map(catalogue.mask, method.actions)))
            for method in METHODS
            if all(catalogue.find(action) is not None for action in method.actions)
        ]
        self._all_needed = union(needed for _, needed in self._needed)
        self.everything = catalogue.everything

    def ways(self, powers: Powers) -> tuple[Way, ...]:
        """Return the methods that somebody with these powers has, in the order of METHODS."""
        return tuple(self._ways(powers))

    def _ways(self, powers: Powers) -> Iterator[Way]:
        reach = {"": powers.any, "others": powers.on_others, "any": powers.free}
        lacking = {target: self._all_needed & ~actions for target, actions in reach.items()}
        unsure = self._all_needed & ~(powers.free & ~powers.capped)
        for method, needed in self._needed:
            if not needed & lacking[method.target]:
                yield Way(method, possibly=bool(needed & unsure))

    def own_only(self, powers: Powers) -> Actions:
        """Return the actions that somebody has on their own user only."""
        return powers.any & ~powers.on_others

    def is_administrator(self, powers: Powers) -> bool:
        """Tell whether every action is allowed on every resource; conditions may stand in the way."""
        return powers.free == self.everything

    def may_be_administrator(self, powers: Powers) -> bool:
        """Tell whether every action is allowed on every resource, some of them on a condition only."""
        if powers.any != self.everything:
            return False
        anywhere = (actions for scope, actions in powers.scoped.items() if _is_everywhere(scope))
        return powers.free | union(anywhere) == self.everything


def _is_everywhere(scope: Scope) -> bool:
    return not (scope.resources or scope.uncertain) and (not scope.ceiling or _is_everywhere(scope.ceiling))
