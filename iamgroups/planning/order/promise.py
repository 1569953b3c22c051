"""The access promise as claims on every state that a plan can pass through.

While a plan runs, after every single write, each person holds at least the grants held both before and after
it, and none held neither before nor after. A Deny is there before what it denies, and stays as long.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from iamgroups.access import ALWAYS, Access, When
from iamgroups.planning.note import MomentKind

# What an announced moment names: what goes wrong, the user and the policy.
Subject = tuple[MomentKind, str, str]


class Claim(NamedTuple):
    """Whenever `when` holds, one of `then` holds; for one user, and the classes of grants in `mask`."""

    kind: MomentKind
    user: str
    mask: int
    when: When
    then: tuple[When, ...]

    @property
    def changes(self) -> frozenset[int]:
        """Return the changes whose order decides whether the claim is kept."""
        return frozenset().union(*(changes for when in (self.when, *self.then) for changes in when))


def promise(access: Access, people: Iterable[str]) -> Iterator[Claim]:
    """Yield what is promised to these people, as far as an order of the changes could break it."""
    ours = (user for user in people if _depends_on_order(user, access))
    return (claim for user in ours for claim in _of_person(_Person(user, access)))


def _depends_on_order(user: str, access: Access) -> bool:
    """Tell whether the user both gains and loses something, or has a Deny."""
    begins, ends, mask = access.extent(user)
    return (begins and ends) or bool(mask & access.classes.denies)


class _Person:
    """What one user holds: `holds` is when -> classes of grants."""

    def __init__(self, user: str, access: Access) -> None:
        self.name, self.classes = user, access.classes
        self.holds = access.holds(user)
        self.before = self.after = self.between = 0
        for when, mask in self.holds.items():
            self.before |= 0 if when.begun else mask
            self.after |= 0 if when.ended else mask
            self.between |= mask if when.begun and when.ended else 0

    def cells(self, wanted: int) -> Iterator[tuple[int, tuple[When, ...]]]:
        """Yield the wanted classes, those together that are held by the same sources, and when."""
        cells: list[tuple[int, tuple[When, ...]]] = [(wanted, ())] if wanted else []
        for when, mask in self.holds.items():
            if mask & wanted:
                inside = [(cell & mask, (*found, when)) for cell, found in cells if cell & mask]
                cells = inside + [(cell & ~mask, found) for cell, found in cells if cell & ~mask]
        yield from cells

    def when(self, classes: int) -> Iterator[When]:
        """Yield each time at which one of these classes is held."""
        return (when for when, mask in self.holds.items() if mask & classes)

    def claims(
        self, kind: MomentKind, mask: int, times: Iterable[When], then: Sequence[When]
    ) -> Iterator[Claim]:
        """Yield a claim for each of the times, unless every order keeps it."""
        widest = _widest(then)
        for when in times:
            if not any(when.within(other) for other in widest):
                yield Claim(kind, self.name, mask, when, widest)


def _of_person(person: _Person) -> Iterator[Claim]:
    settled = person.holds.get(ALWAYS, 0)
    for mask, sources in person.cells(person.before & person.after & ~settled):
        yield from person.claims("loss", mask, [ALWAYS], sources)
    for mask, sources in person.cells(person.between & ~(person.before | person.after)):
        for when in sources:
            yield Claim("excess", person.name, mask, when, ())
    if person.classes.denies:
        yield from _denied_from_the_start(person)
        yield from _denied_to_the_end(person)


def _denied_from_the_start(person: _Person) -> Iterator[Claim]:
    """Claim: a Deny that is new begins before every Allow of the same service that is new."""
    gained = person.after & ~person.before
    for mask, sources in person.cells(gained & person.classes.denies):
        allowed = person.when(person.classes.allows_beside(mask) & gained)
        yield from person.claims("undenied", mask, allowed, sources)


def _denied_to_the_end(person: _Person) -> Iterator[Claim]:
    """Claim: a Deny that goes ends after every Allow of the same service that goes, and after a new Deny."""
    lost, gained = person.before & ~person.after, person.after & ~person.before
    for mask, sources in person.cells(lost & person.classes.denies):
        allows = person.classes.allows_beside(mask)
        yield from person.claims("undenied", mask, person.when(allows & lost), sources)
        if allows & person.before & person.after:
            for _, others in person.cells(person.classes.denies_beside(mask) & gained):
                yield from person.claims("undenied", mask, [ALWAYS], (*sources, *others))


def _widest(times: Sequence[When]) -> tuple[When, ...]:
    """Leave out what holds only while another holds."""
    distinct = list(dict.fromkeys(times))
    return tuple(one for one in distinct if not any(other != one and one.within(other) for other in distinct))
