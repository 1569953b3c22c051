"""Which scopes of actions came and went between two powers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from iamgroups.access.powers import DocumentPowers, Powers, Scoped
from iamgroups.access.scope import Scope
from iamgroups.catalogue.actions import Actions

Pair = tuple[DocumentPowers, DocumentPowers]
NONE = DocumentPowers()


class Moved(NamedTuple):
    """The actions that some scope no longer has, and those that some scope has anew."""

    gone: Actions = 0
    new: Actions = 0


@dataclass(frozen=True)
class Limits:
    """Compares powers. Only the parts that differ are looked into, and each pair of parts once."""

    _allowed: dict[tuple[int, int], tuple[Pair, frozenset[Scope]]] = field(default_factory=dict)
    _denied: dict[tuple[int, int], tuple[Pair, frozenset[Scope]]] = field(default_factory=dict)

    def allowed(self, before: Powers, after: Powers) -> Moved:
        """Return what came and went in the scopes within which actions are allowed."""
        scopes = frozenset[Scope]().union(*(self._allowed_of(pair) for pair in _differing(before, after)))
        return _moved(
            scopes, [part.allowed_in for part in before.parts], [part.allowed_in for part in after.parts]
        )

    def denied(self, before: Powers, after: Powers) -> Moved:
        """Return what came and went in the scopes within which actions are denied."""
        scopes = frozenset[Scope]().union(*(self._denied_of(pair) for pair in _differing(before, after)))
        return _moved(
            scopes, [part.denied_in for part in before.parts], [part.denied_in for part in after.parts]
        )

    def _allowed_of(self, pair: Pair) -> frozenset[Scope]:
        # The parts are kept beside the scopes, so that their ids stay their own.
        key = id(pair[0]), id(pair[1])
        if key not in self._allowed:
            self._allowed[key] = pair, _unequal(pair[0].allowed_in, pair[1].allowed_in)
        return self._allowed[key][1]

    def _denied_of(self, pair: Pair) -> frozenset[Scope]:
        key = id(pair[0]), id(pair[1])
        if key not in self._denied:
            self._denied[key] = pair, _unequal(pair[0].denied_in, pair[1].denied_in)
        return self._denied[key][1]


def _differing(before: Powers, after: Powers) -> Iterator[Pair]:
    """Yield the parts that only one side has, in pairs: what is equal in each pair is equal in the whole."""
    shared = set(map(id, before.parts)) & set(map(id, after.parts))
    old = (part for part in before.parts if id(part) not in shared)
    new = (part for part in after.parts if id(part) not in shared)
    return zip_longest(old, new, fillvalue=NONE)


def _unequal(left: Scoped, right: Scoped) -> frozenset[Scope]:
    return frozenset(scope for scope in left.keys() | right.keys() if left.get(scope) != right.get(scope))


def _moved(scopes: Iterable[Scope], before: list[Scoped], after: list[Scoped]) -> Moved:
    gone = new = 0
    for scope in scopes:
        old = now = 0
        for part in before:
            old |= part.get(scope, 0)
        for part in after:
            now |= part.get(scope, 0)
        gone |= old & ~now
        new |= now & ~old
    return Moved(gone, new)
