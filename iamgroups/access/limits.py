"""Which scopes of actions came and went between two powers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from iamgroups.access.powers import DocumentPowers, Powers, Scoped, union
from iamgroups.access.scope import Scope
from iamgroups.catalogue.actions import Actions

Pair = tuple[DocumentPowers, DocumentPowers]
NONE = DocumentPowers()


class Moved(NamedTuple):
    """The actions that some scope no longer has, and those that some scope has anew."""

    gone: Actions = 0
    new: Actions = 0


class Difference(NamedTuple):
    """The scopes that differ in a pair of parts, and all actions that make the difference."""

    pair: Pair
    scopes: frozenset[Scope]
    actions: Actions


@dataclass(frozen=True)
class Limits:
    """Compares one of the scoped sets of parts, `of`. Each pair of parts is compared once."""

    of: Callable[[DocumentPowers], Scoped]
    _compared: dict[tuple[int, int], Difference] = field(default_factory=dict)

    def moved(self, before: Powers, after: Powers, wanted: Actions) -> Moved:
        """Return which of the wanted actions came and went in some scope.

        Only the parts that differ are looked into: what both sides have can but hide a difference.
        """
        shared = set(map(id, before.parts)) & set(map(id, after.parts))
        old = [part for part in before.parts if id(part) not in shared]
        new = [part for part in after.parts if id(part) not in shared]
        found = [self._difference(pair) for pair in zip_longest(old, new, fillvalue=NONE)]
        scopes = frozenset[Scope]().union(*(each.scopes for each in found if each.actions & wanted))
        both = [self.of(part) for part in before.parts if id(part) in shared]
        was_in, is_in = [self.of(part) for part in old], [self.of(part) for part in new]
        gone = come = 0
        for scope in scopes:
            was, now = _within(scope, was_in) & wanted, _within(scope, is_in) & wanted
            if was != now:
                always = _within(scope, both)
                gone |= was & ~now & ~always
                come |= now & ~was & ~always
        return Moved(gone, come)

    def _difference(self, pair: Pair) -> Difference:
        # The pair is kept, so that its ids stay its own.
        key = id(pair[0]), id(pair[1])
        if key not in self._compared:
            left, right = map(self.of, pair)
            differ = {scope: left.get(scope, 0) ^ right.get(scope, 0) for scope in left.keys() | right.keys()}
            scopes = frozenset(scope for scope, actions in differ.items() if actions)
            self._compared[key] = Difference(pair, scopes, union(differ.values()))
        return self._compared[key]


def _within(scope: Scope, parts: Iterable[Scoped]) -> Actions:
    actions = 0
    for part in parts:
        actions |= part.get(scope, 0)
    return actions
