"""Which ways to gain more access somebody has, by everything they can do."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from iamgroups.access.methods import METHODS, Method
from iamgroups.access.powers import Powers, Scope, union
from iamgroups.catalogue import Catalogue
from iamgroups.catalogue.actions import Actions
from iamgroups.policy.matching import PieceKind, parse
from iamgroups.policy.resources import PARTS, arns_overlap, split

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
        self.everything = catalogue.everything

    def ways(self, powers: Powers) -> tuple[Way, ...]:
        """Return the methods that somebody with these powers has, in the order of METHODS."""
        return tuple(self._ways(powers))

    def _ways(self, powers: Powers) -> Iterator[Way]:
        sure = powers.free & ~powers.capped
        on_others = powers.free | union(
            actions for scope, actions in powers.scoped.items() if not is_own_user(scope)
        )
        reach: dict[str, Actions] = {"": powers.any, "others": on_others, "any": powers.free}
        for method, needed in self._needed:
            if not needed & ~reach[method.target]:
                yield Way(method, possibly=bool(needed & ~sure))

    def own_only(self, powers: Powers) -> Actions:
        """Return the actions that somebody has on their own user only."""
        own = union(actions for scope, actions in powers.scoped.items() if is_own_user(scope))
        others = union(actions for scope, actions in powers.scoped.items() if not is_own_user(scope))
        return own & ~others & ~powers.free

    def is_administrator(self, powers: Powers) -> bool:
        """Tell whether every action is allowed on every resource; conditions may stand in the way."""
        return powers.free == self.everything


@lru_cache(maxsize=4096)
def is_own_user(scope: Scope) -> bool:
    """Tell whether the only users within a scope are the person themselves: `user/${aws:username}`."""
    if scope.not_resources:
        return False
    users = [text for text in scope.resources if arns_overlap(parse(text, variables=False), _USER)]
    return bool(users) and all(map(_names_self, users))


def _names_self(text: str) -> bool:
    """Tell whether a pattern ends with the caller's own name, at whatever path."""
    parts = split(parse(text, variables=True))
    if len(parts) < PARTS or not parts[-1]:
        return False
    *before, last = parts[-1]
    path = before[-1].text if before and before[-1].kind is PieceKind.TEXT else ""
    return last.kind is PieceKind.KEY and last.text.lower() == "aws:username" and path.endswith("/")
