"""What one policy document gives by AWS's access levels, and what it gives that it did not give before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iamgroups.access.escalation import Escalation
from iamgroups.access.powers import PowerReader, powers, union
from iamgroups.catalogue import LEVELS, Catalogue
from iamgroups.catalogue.actions import Actions
from iamgroups.policy.parsed import MalformedStatement, Statement, parse_document
from iamgroups.state.fingerprints import Given, Gives

HARMLESS = ("Read", "List")


@dataclass(frozen=True)
class Rise:
    """What a document gives that it did not give before, as patterns of actions.

    `gained`: level -> actions that it did not allow. `freed`: level -> actions that it allowed under a
    resource or condition only, and now without. `unlisted`: actions that the catalogue of `date` does not
    have. `ways` are ids of methods.
    """

    gained: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    freed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ways: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    date: str = ""

    @property
    def levels(self) -> tuple[str, ...]:
        """Return the levels that rose, the most telling first."""
        return tuple(level for level in LEVELS if level in self.gained or level in self.freed)

    @property
    def weighty(self) -> bool:
        """Tell whether more than List and Read may have risen."""
        return bool(set(self.levels) - set(HARMLESS) or self.ways or self.unlisted)


class Levels:
    """Says what documents give, with one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._reader = PowerReader(catalogue)
        self._escalation = Escalation(catalogue)
        self._masks = dict(zip(LEVELS, catalogue.level_masks, strict=True))

    def gives(self, document: Any) -> Gives:
        """Return what a document gives; one that IAM would refuse gives nothing."""
        everywhere, limited = self._allowed(document)
        patterns = self._patterns(document)
        levels = {
            level: Given(
                self._spelled(everywhere & mask, mask, patterns),
                self._spelled(limited & mask, mask, patterns),
            )
            for level, mask in self._masks.items()
            if (everywhere | limited) & mask
        }
        return Gives(levels, self._ways(document), self._unlisted(document))

    def rise(self, before: Gives, document: Any) -> Rise:
        """Return what a document gives and `before` did not have."""
        everywhere, limited = self._allowed(document)
        was_everywhere = self._meant({level: given.everywhere for level, given in before.levels.items()})
        was_limited = self._meant({level: given.limited for level, given in before.levels.items()})
        gained = (everywhere | limited) & ~(was_everywhere | was_limited)
        freed = everywhere & was_limited & ~was_everywhere
        patterns = self._patterns(document)
        return Rise(
            gained=dict(self._by_level(gained, patterns)),
            freed=dict(self._by_level(freed, patterns)),
            ways=tuple(way for way in self._ways(document) if way not in before.ways),
            unlisted=tuple(text for text in self._unlisted(document) if text not in before.unlisted),
            date=self._catalogue.date,
        )

    def _allowed(self, document: Any) -> tuple[Actions, Actions]:
        """Return the actions allowed everywhere and without condition, and the others that are allowed."""
        given = powers(self._reader.read(document))
        everywhere = given.free & ~given.capped
        return everywhere, given.any & ~everywhere

    def _ways(self, document: Any) -> tuple[str, ...]:
        return tuple(way.method.id for way in self._escalation.ways(powers(self._reader.read(document))))

    def _unlisted(self, document: Any) -> tuple[str, ...]:
        """Return the patterns that name no action of the catalogue."""
        found = {
            pattern
            for statement in _allows(document)
            if not statement.not_actions
            for pattern in statement.actions
            if not self._catalogue.mask(pattern)
        }
        return tuple(sorted(found))

    def _patterns(self, document: Any) -> Sequence[str]:
        """Return the wildcards that a document allows, the widest first; NotAction allows whole services."""
        found: set[str] = set()
        for statement in _allows(document):
            if statement.not_actions:
                left_out = union(map(self._catalogue.mask, statement.actions))
                services = (f"{service}:*" for service in self._catalogue.services)
                found.update(each for each in services if not self._catalogue.mask(each) & left_out)
            else:
                found.update(filter(_is_wild, statement.actions))
        return sorted(found, key=lambda pattern: (-self._catalogue.mask(pattern).bit_count(), pattern))

    def _by_level(self, actions: Actions, patterns: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for level, mask in self._masks.items():
            if actions & mask:
                yield level, self._spelled(actions & mask, mask, patterns)

    def _spelled(self, actions: Actions, level: Actions, patterns: Sequence[str]) -> tuple[str, ...]:
        """Return few patterns that include, of one level, these actions and no other.

        A wildcard of the document also stands for what AWS adds later. All else is told by name.
        """
        found: list[str] = []
        left = actions
        for pattern in patterns:
            meant = self._catalogue.mask(pattern) & level
            if meant & left and not meant & ~actions:
                found.append(pattern)
                left &= ~meant
        return tuple(sorted([*found, *self._catalogue.listed(left)]))

    def _meant(self, levels: Mapping[str, Sequence[str]]) -> Actions:
        """Return the actions that patterns of levels include. AWS may have moved a name to another level."""
        return union(
            self._catalogue.mask(pattern) & (self._masks.get(level, 0) if _is_wild(pattern) else -1)
            for level, patterns in levels.items()
            for pattern in patterns
        )


def _allows(document: Any) -> Iterator[Statement]:
    try:
        statements = parse_document(document)
    except MalformedStatement:
        return
    yield from (statement for statement in statements if statement.effect == "Allow")


def _is_wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern
