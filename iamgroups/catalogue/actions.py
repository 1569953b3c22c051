"""The catalogue as data: an action is its place in the sorted names, and a set of actions is an int.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

# AWS's access levels, the most telling first.
LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")
Actions = int  # bit i is the action at place i


@dataclass(frozen=True)
class Catalogue:
    """Every action that was known on a day.

    `names` are spelled like `s3:PutObject` and sorted ignoring case; `levels` are places in LEVELS.
    `types` are places in `templates`, the ARNs an action takes, like `arn:${Partition}:s3:::${BucketName}`.
    """

    version: str
    date: str
    names: tuple[str, ...]
    levels: tuple[int, ...]
    types: tuple[tuple[int, ...], ...]
    templates: tuple[str, ...]
    _masks: dict[str, Actions] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the names in lower case."""
        return tuple(name.lower() for name in self.names)

    @cached_property
    def everything(self) -> Actions:
        """Return all actions."""
        return (1 << len(self.names)) - 1

    @cached_property
    def resourceless(self) -> Actions:
        """Return the actions that take no resource but `*`."""
        return _of(place for place, types in enumerate(self.types) if not types)

    @cached_property
    def services(self) -> Mapping[str, tuple[int, int]]:
        """Return service -> its first place and the one after its last."""
        found: dict[str, tuple[int, int]] = {}
        for place, key in enumerate(self.keys):
            service = key.partition(":")[0]
            found[service] = (found.get(service, (place, place))[0], place + 1)
        return found

    @cached_property
    def level_masks(self) -> tuple[Actions, ...]:
        """Return the actions of each of LEVELS."""
        return tuple(
            _of(place for place, level in enumerate(self.levels) if level == wanted)
            for wanted in range(len(LEVELS))
        )

    @cached_property
    def by_template(self) -> tuple[Actions, ...]:
        """Return for each template the actions that take such a resource."""
        found: list[list[int]] = [[] for _ in self.templates]
        for place, types in enumerate(self.types):
            for template in types:
                found[template].append(place)
        return tuple(map(_of, found))

    def find(self, action: str) -> int | None:
        """Return the place of an action, ignoring case; None for one the catalogue does not have."""
        place = bisect_left(self.keys, action.lower())
        return place if place < len(self.keys) and self.keys[place] == action.lower() else None

    def mask(self, pattern: str) -> Actions:
        """Return the actions that a pattern of a policy includes; case is ignored, the service is literal."""
        folded = pattern.lower()
        if folded not in self._masks:
            self._masks[folded] = self._mask(folded)
        return self._masks[folded]

    def _mask(self, pattern: str) -> Actions:
        if pattern == "*":
            return self.everything
        prefix = re.split("[*?]", pattern, maxsplit=1)[0]
        first = bisect_left(self.keys, prefix)
        last = bisect_left(self.keys, prefix + "\U0010ffff")
        rest = pattern[len(prefix) :]
        if not rest:
            return _range(first, first + 1) if self.keys[first : first + 1] == (pattern,) else 0
        if rest == "*" and ":" in prefix:
            return _range(first, last)
        fits = re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)).fullmatch
        return _of(place for place in range(first, last) if fits(self.keys[place]))

    def listed(self, actions: Actions) -> Iterator[str]:
        """Yield the names of a set of actions, in order."""
        return (self.names[place] for place in places(actions))

    def by_service(self, actions: Actions) -> dict[str, int]:
        """Return service -> how many of the actions are its, the largest first."""
        text, counts = _bits(actions), {}
        place = text.find("1")
        while place >= 0:
            service = self.keys[place].partition(":")[0]
            _, last = self.services[service]
            counts[service] = text.count("1", place, last)
            place = text.find("1", last)
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def by_level(self, actions: Actions) -> dict[str, int]:
        """Return level -> how many of the actions have it, in the order of LEVELS."""
        counts = zip(LEVELS, ((actions & mask).bit_count() for mask in self.level_masks), strict=True)
        return {level: count for level, count in counts if count}

    def level(self, action: str) -> str:
        """Return the access level of an action; "" for one the catalogue does not have."""
        place = self.find(action)
        return "" if place is None else LEVELS[self.levels[place]]

    def templates_of(self, action: str) -> tuple[str, ...] | None:
        """Return what an action takes as resources; None for an action the catalogue does not have."""
        place = self.find(action)
        return None if place is None else tuple(self.templates[kind] for kind in self.types[place])

    def close_to(self, action: str) -> list[str]:
        """Return the names that somebody may have meant."""
        from difflib import get_close_matches

        service = action.lower().partition(":")[0]
        first, last = self.services.get(service, (0, 0))
        spelled = dict(zip(self.keys[first:last], self.names[first:last], strict=True))
        if not spelled:
            return [f"{found}:..." for found in get_close_matches(service, self.services, n=3)]
        return [spelled[key] for key in get_close_matches(action.lower(), spelled, n=3)]


def places(actions: Actions) -> Iterator[int]:
    """Yield the places of the bits that are set."""
    text = _bits(actions)
    place = text.find("1")
    while place >= 0:
        yield place
        place = text.find("1", place + 1)


def _bits(actions: Actions) -> str:
    """Return "1" or "0" for each place, up to the last that is set."""
    return bin(actions)[:1:-1]


def _range(first: int, last: int) -> Actions:
    return ((1 << last - first) - 1) << first


def _of(found: Iterable[int]) -> Actions:
    """Return the set of some places."""
    bits = bytearray(1)
    for place in found:
        if place >> 3 >= len(bits):
            bits.extend(bytes((place >> 3) - len(bits) + 1))
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")
