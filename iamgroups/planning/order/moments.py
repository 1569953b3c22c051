"""What a broken claim is about, in words of people and policies, and until when."""

from collections.abc import Iterable, Sequence

from iamgroups.access import Access, Source, When
from iamgroups.access.classes import bits
from iamgroups.planning.note import Moment
from iamgroups.planning.order.promise import Claim, Subject
from iamgroups.state.change import Change


class Subjects:
    """Says what claims are about. Claims of the same user come one after the other."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._user = ""
        self._sources: list[Source] = []
        self._missing: dict[int, set[str]] = {}

    def __call__(self, claim: Claim) -> list[Subject]:
        """Return the policies the claim is about: those in excess, or one for every grant that is missing."""
        if claim.user != self._user:
            self._user, self._missing = claim.user, {}
            self._sources = list(self._access.sources(claim.user))
        if claim.kind == "excess":
            found = {s.policy for s in self._sources if s.when == claim.when and s.mask & claim.mask}
        elif claim.mask in self._missing:
            found = self._missing[claim.mask]
        else:
            found = self._missing[claim.mask] = set(map(self._first, bits(claim.mask)))
        return [(claim.kind, claim.user, policy) for policy in sorted(found)]

    def _first(self, place: int) -> str:
        return min((_turn(s.when), s.policy) for s in self._sources if s.mask >> place & 1)[1]


def _turn(when: When) -> int:
    """Return 0 for what holds before, 1 for what holds afterwards alone, 2 for what holds in between."""
    return bool(when.begun) + bool(when.begun and when.ended)


def moments(
    broken: Iterable[Claim], subjects: Subjects, order: Sequence[int], changes: Sequence[Change]
) -> tuple[Moment, ...]:
    """Return what to announce: each policy of each person once, until the last change that mends it."""
    place = {index: number for number, index in enumerate(order)}
    ends: dict[Subject, int] = {}
    for claim in broken:
        end = place[_mended(claim, place)]
        for subject in subjects(claim):
            ends[subject] = max(end, ends.get(subject, end))
    return tuple(
        sorted(
            Moment(kind, user, policy, changes[order[end]].address)
            for (kind, user, policy), end in ends.items()
        )
    )


def _mended(claim: Claim, place: dict[int, int]) -> int:
    """Return the change after which the claim is kept for good, in this order."""
    ours = sorted(claim.changes, key=place.__getitem__)
    last = 0
    for number in range(1, len(ours)):
        done = frozenset(ours[:number])
        if _broken(claim, done):
            last = number
    return ours[last]


def _broken(claim: Claim, done: frozenset[int]) -> bool:
    return claim.when.holds(done) and not any(when.holds(done) for when in claim.then)
