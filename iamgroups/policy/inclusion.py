"""Tell whether every text that one pattern matches is matched by another, too.

Patterns are those of actions and resources: `*` is any run of characters, `?` is one character.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html: `${key}` stands for a
value of the request, `${*}`, `${?}` and `${$}` for the character itself.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

_TOKEN = re.compile(r"\$\{[^}]*\}|\*+|.", re.DOTALL)
_ESCAPES = {"${$}": "$"}
_LITERALS = ("${*}", "${?}")
_SPECIAL = re.compile(r"\$\{[^}]*\}|[*?$]")
# Patterns that need more are hardly written by people. The answer is then "no", which is safe.
_MAX_STATES = 256


@lru_cache(maxsize=65536)
def includes(wide: str, narrow: str) -> bool:
    """Tell whether `wide` matches every text that `narrow` matches, for any value of the variables."""
    if wide in ("*", narrow):
        return True
    prefix = wide[:-1]
    if wide.endswith("*") and not _is_special(prefix):
        return narrow.startswith(prefix)
    return _is_special(wide) and _has_texts_of(wide, narrow) and _automaton(wide).matches_all(narrow)


def _has_texts_of(wide: str, narrow: str) -> bool:
    """Tell whether the literal texts of `wide` are in `narrow`, in order: a cheap "no" for most pairs."""
    place = 0
    for text in _texts(wide):
        place = narrow.find(text, place) + len(text)
        if place < len(text):
            return False
    return True


@lru_cache(maxsize=65536)
def _texts(pattern: str) -> list[str]:
    return _SPECIAL.split(pattern)


def _is_special(text: str) -> bool:
    return "*" in text or "?" in text or "$" in text


def _tokens(pattern: str) -> tuple[str, ...]:
    found = (token[0] if token[0] == "*" else token for token in _TOKEN.findall(pattern))
    return tuple(_ESCAPES.get(token, token) for token in found)


class _Automaton:
    """Reads another pattern. A set of the places it can be in is an int, one bit a place."""

    def __init__(self, wide: Sequence[str]) -> None:
        self._end = 1 << len(wide)
        self._at: dict[str, int] = {}
        for place, token in enumerate(wide):
            self._at[token] = self._at.get(token, 0) | 1 << place
        self._stars, self._any = self._at.get("*", 0), self._at.get("?", 0)

    def matches_all(self, narrow: str) -> bool:
        """Read `narrow`, and keep the worst sets of places it can be in.

        A wildcard of `narrow` reads a character that the automaton does not name: a set that copes with it
        copes with any other.
        """
        sets = {self._skip_stars(1)}
        for token in _tokens(narrow):
            if token == "*":
                sets = {further for places in sets for further in self._runs(places)}
            else:
                sets = {self._read(places, token) for places in sets}
            sets = _smallest(sets)
            if 0 in sets or len(sets) > _MAX_STATES:
                return False
        return all(places & self._end for places in sets)

    def _runs(self, places: int) -> Iterator[int]:
        """Yield the sets after no character, one, two, and so on."""
        seen: set[int] = set()
        while places not in seen:
            seen.add(places)
            yield places
            places = self._read(places, "?")

    def _read(self, places: int, token: str) -> int:
        """Return the places after a literal, a variable, or `?`: a character that is not named."""
        # The value of a variable may have any length: `?` does not match it.
        is_variable = token.startswith("${") and token not in _LITERALS
        here = self._at.get(token, 0) | (0 if is_variable else self._any)
        return self._skip_stars(places & self._stars | (places & here) << 1)

    def _skip_stars(self, places: int) -> int:
        return places | (places & self._stars) << 1


@lru_cache(maxsize=65536)
def _automaton(pattern: str) -> _Automaton:
    return _Automaton(_tokens(pattern))


def _smallest(sets: set[int]) -> set[int]:
    """Leave out the sets that hold a whole other one: they match where the smaller one does."""
    if len(sets) == 1:
        return sets
    return {large for large in sets if not any(small != large and small & large == small for small in sets)}
