"""Look for the order of a few changes that breaks the fewest claims, state by state."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, get_args

from iamgroups.access import When
from iamgroups.access.classes import bits
from iamgroups.planning.note import MomentKind
from iamgroups.planning.order.promise import Claim, Subject
from iamgroups.planning.order.rooms import Room

# Up to so many changes every order is tried; beyond it, the most promising states within a budget.
MOST_CHANGES_TRIED = 12
MOST_STATES_TRIED = 20_000


class Found(NamedTuple):
    """A way to a state, by places, and what it breaks: a bit for each of the search's subjects."""

    order: tuple[int, ...]
    broken: int


# When something holds: once all changes of the first mask are done, and none of the second.
_Times = tuple[int, int]


class _Rule(NamedTuple):
    """A claim in bits: whenever `when` holds, one of `then` holds, or all `subjects` are broken."""

    when: _Times
    then: tuple[_Times, ...]
    subjects: int

    def is_broken(self, done: int) -> bool:
        begun, ended = self.when
        if done & begun != begun or done & ended:
            return False
        return all(done & begun != begun or done & ended for begun, ended in self.then)


class _Knot(NamedTuple):
    """A search in bits, by the places of its changes. Knots that look the same have the same answer.

    `levels`: the subjects of each kind, the worst first. `before`: place -> the changes that come first.
    `rooms`: additions, removals and how many more fit now. `width`: how many states are followed; 0 is all.
    """

    levels: tuple[int, ...]
    rules: tuple[_Rule, ...]
    before: tuple[int, ...]
    rooms: tuple[tuple[int, int, int], ...]
    width: int


class Search:
    """The changes to order, and what their order decides.

    `subjects`: claim -> what it announces when broken. `before`: change -> the changes that come first.
    """

    def __init__(
        self,
        changes: Sequence[int],
        subjects: Mapping[Claim, Sequence[Subject]],
        before: Mapping[int, Sequence[int]],
        rooms: Sequence[Room] = (),
    ) -> None:
        self._changes = changes
        self._bit = {change: 1 << place for place, change in enumerate(changes)}
        self.subjects = sorted({subject for named in subjects.values() for subject in named})
        number = {subject: 1 << place for place, subject in enumerate(self.subjects)}
        size = len(changes)
        self._knot = _Knot(
            tuple(sum(number[s] for s in self.subjects if s[0] == kind) for kind in get_args(MomentKind)),
            tuple(
                _Rule(
                    self._times(c.when), tuple(map(self._times, c.then)), sum(number[s] for s in set(named))
                )
                for c, named in subjects.items()
            ),
            tuple(self._mask(before.get(change, ())) for change in changes),
            tuple((self._mask(r.additions), self._mask(r.removals), r.limit - r.now) for r in rooms),
            0 if size <= MOST_CHANGES_TRIED else max(1, MOST_STATES_TRIED // size**2),
        )

    def best(self) -> tuple[list[int], set[Subject]]:
        """Return the order that breaks least, access before Deny before excess, and what it breaks."""
        best = _best(self._knot)
        broken = {self.subjects[place] for place in bits(best.broken)}
        return [self._changes[place] for place in best.order], broken

    def _mask(self, changes: Sequence[int] | frozenset[int]) -> int:
        return sum(self._bit[change] for change in set(changes))

    def _times(self, when: When) -> _Times:
        return self._mask(when.begun), self._mask(when.ended)


@lru_cache(maxsize=256)
def _best(knot: _Knot) -> Found:
    return _Walk(knot).best()


class _Walk:
    """Goes through the states of a knot, from nothing done to all."""

    def __init__(self, knot: _Knot) -> None:
        self._knot = knot
        self._seen: dict[int, int] = {}

    def best(self) -> Found:
        """Return the cheapest way to the end that was found."""
        states: dict[int, list[Found]] = {0: [Found((), 0)]}
        for _ in self._knot.before:
            longer: dict[int, list[Found]] = {}
            for done, found in states.items():
                for place in self._ready(done):
                    now = done | 1 << place
                    breach = self._breach(now)
                    longer.setdefault(now, []).extend(
                        Found((*one.order, place), one.broken | breach) for one in found
                    )
            states = self._promising(longer)
        (found,) = states.values()
        return min(found, key=self._cost)

    def _ready(self, done: int) -> list[int]:
        return [
            place
            for place, before in enumerate(self._knot.before)
            if not done >> place & 1 and before & ~done == 0 and self._fits(done, 1 << place)
        ]

    def _fits(self, done: int, change: int) -> bool:
        now = done | change
        return not self._knot.rooms or all(
            not change & added or (now & added).bit_count() - (now & removed).bit_count() <= free
            for added, removed, free in self._knot.rooms
        )

    def _breach(self, done: int) -> int:
        if done not in self._seen:
            broken = 0
            for rule in self._knot.rules:
                if rule.is_broken(done):
                    broken |= rule.subjects
            self._seen[done] = broken
        return self._seen[done]

    def _cost(self, found: Found) -> tuple[list[int], tuple[int, ...]]:
        return [(found.broken & level).bit_count() for level in self._knot.levels], found.order

    def _promising(self, states: dict[int, list[Found]]) -> dict[int, list[Found]]:
        """Keep of each state what no other contains; with a width, the cheapest states alone."""
        kept, width = {done: self._smallest(found) for done, found in states.items()}, self._knot.width
        if not width or len(kept) <= width:
            return kept
        cheapest = sorted(kept, key=lambda done: self._cost(kept[done][0]))[:width]
        return {done: kept[done][:1] for done in cheapest}

    def _smallest(self, found: list[Found]) -> list[Found]:
        if len(found) == 1:
            return found
        kept: list[Found] = []
        for one in sorted(found, key=self._cost):
            if not any(other.broken & ~one.broken == 0 for other in kept):
                kept.append(one)
        return kept
