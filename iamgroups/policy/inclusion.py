"""Tell whether every text that one pattern matches is matched by another, too.

Patterns are those of actions and resources: `*` is any run of characters, `?` is one character.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html: `${key}` stands for a
value of the request, `${*}`, `${?}` and `${$}` for the character itself.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

_TOKEN = re.compile(r"\$\{[^}]*\}|\*+|.", re.DOTALL)
_ESCAPES = {"${$}": "$"}
_LITERALS = ("${*}", "${?}")

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
    return _is_special(wide) and _matches_all(_tokens(wide), _tokens(narrow))


def _is_special(text: str) -> bool:
    return "*" in text or "?" in text or "$" in text


def _tokens(pattern: str) -> tuple[str, ...]:
    found = (token[0] if token[0] == "*" else token for token in _TOKEN.findall(pattern))
    return tuple(_ESCAPES.get(token, token) for token in found)


def _matches_all(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    """Read `narrow` with the automaton of `wide`, and keep the worst sets of places it can be in.

    A set of places is an int, one bit a place. A wildcard of `narrow` reads a character that `wide` does
    not name: a set that copes with it copes with any other.
    """
    sets = {_skip_stars(1, wide)}
    for token in narrow:
        if token == "*":
            sets = {further for places in sets for further in _runs(places, wide)}
        else:
            sets = {_read(places, token, wide) for places in sets}
        sets = _smallest(sets)
        if 0 in sets or len(sets) > _MAX_STATES:
            return False
    return all(places >> len(wide) & 1 for places in sets)


def _runs(places: int, wide: tuple[str, ...]) -> Iterator[int]:
    """Yield the sets after no character, one, two, and so on."""
    seen: set[int] = set()
    while places not in seen:
        seen.add(places)
        yield places
        places = _read(places, "?", wide)


def _read(places: int, token: str, wide: tuple[str, ...]) -> int:
    """Return the places after a literal, a variable, or `?`: a character that `wide` does not name."""
    # The value of a variable may have any length: `?` does not match it.
    is_variable = token.startswith("${") and token not in _LITERALS
    after = 0
    for place, expected in enumerate(wide):
        if not places >> place & 1:
            continue
        if expected == "*":
            after |= 1 << place
        elif expected == token or (expected == "?" and not is_variable):
            after |= 1 << place + 1
    return _skip_stars(after, wide)


def _skip_stars(places: int, wide: tuple[str, ...]) -> int:
    for place, expected in enumerate(wide):
        if expected == "*" and places >> place & 1:
            places |= 1 << place + 1
    return places


def _smallest(sets: set[int]) -> set[int]:
    """Leave out the sets that hold a whole other one: they match where the smaller one does."""
    if len(sets) == 1:
        return sets
    return {large for large in sets if not any(small != large and small & large == small for small in sets)}
