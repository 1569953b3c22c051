"""Text of policies with wildcards and variables, matched against the text of a request.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from iamgroups.policy.request_context import Missing, RequestContext


class PieceKind:
    """What a piece of a pattern is. A hole is a variable whose value is not known."""

    TEXT: Final = "text"
    ANY: Final = "*"
    ONE: Final = "?"
    KEY: Final = "key"
    HOLE: Final = "hole"


class Piece(NamedTuple):
    """A part of a pattern; `default` is what stands for a key without a value, None without one."""

    kind: str
    text: str = ""
    default: str | None = None


Pattern = tuple[Piece, ...]
WILDCARDS = {"*": Piece(PieceKind.ANY), "?": Piece(PieceKind.ONE)}
HOLE = Piece(PieceKind.HOLE)
_WHOLE = ((WILDCARDS["*"],), (HOLE,))
_VARIABLE = r"\$\{(?P<key>[^{}]*)\}"
_DEFAULT = re.compile(r"(?P<key>[^,]*),\s*'(?P<default>.*)'\s*", re.DOTALL)
# Keys in ARN templates of the Service Authorization Reference whose values have neither slash nor colon.
NAMES = frozenset({"Partition", "Region", "Account", "BucketName"})
_SEPARATORS = ("//", "::")
_SPECIAL = ("*", "?", "$")


@lru_cache(maxsize=1 << 16)
def parse(text: str, variables: bool, wildcards: bool = True) -> Pattern:
    """Return the pieces of a pattern; `${...}` is plain text where variables do not apply."""
    specials = [_VARIABLE] * variables + [r"(?P<wildcard>[*?])"] * wildcards
    return (
        tuple(_pieces(text, re.compile("|".join(specials)))) if specials else (Piece(PieceKind.TEXT, text),)
    )


def _pieces(text: str, special: re.Pattern[str]) -> Iterator[Piece]:
    start = 0
    for found in special.finditer(text):
        if found.start() > start:
            yield Piece(PieceKind.TEXT, text[start : found.start()])
        start = found.end()
        yield WILDCARDS.get(found[0]) or _variable(found["key"])
    if start < len(text):
        yield Piece(PieceKind.TEXT, text[start:])


def _variable(inside: str) -> Piece:
    if inside in _SPECIAL:
        return Piece(PieceKind.TEXT, inside)
    found = _DEFAULT.fullmatch(inside)
    return (
        Piece(PieceKind.KEY, found["key"].strip(), found["default"])
        if found
        else Piece(PieceKind.KEY, inside.strip())
    )


def fill(pattern: Pattern, context: RequestContext) -> Pattern | None:
    """Return the pattern with the values of its variables; None where one has neither value nor default."""
    filled: list[Piece] = []
    for piece in pattern:
        if piece.kind is not PieceKind.KEY:
            filled.append(piece)
            continue
        values = context.get(piece.text)
        if values is Missing.ABSENT:
            if piece.default is None:
                return None
            filled.append(Piece(PieceKind.TEXT, piece.default))
        elif values is Missing.UNKNOWN or len(values) != 1:
            filled.append(HOLE)
        else:
            filled.append(Piece(PieceKind.TEXT, values[0]))
    return tuple(filled)


def has_hole(pattern: Pattern) -> bool:
    """Tell whether the value of a variable is not known."""
    return HOLE in pattern


def matches(pattern: Pattern, text: str) -> bool:
    """Tell whether the text fits the pattern as a whole; a hole may be any text."""
    if pattern and not (_begins_with(pattern[0], text) and _ends_with(pattern[-1], text)):
        return False
    return _expression(pattern).fullmatch(text) is not None


def _begins_with(first: Piece, text: str) -> bool:
    return first.kind is not PieceKind.TEXT or text.startswith(first.text)


def _ends_with(last: Piece, text: str) -> bool:
    return last.kind is not PieceKind.TEXT or text.endswith(last.text)


@lru_cache(maxsize=1 << 15)
def _expression(pattern: Pattern) -> re.Pattern[str]:
    return re.compile(expression(pattern), re.DOTALL)


def expression(pattern: Pattern, one: str = ".", last: str = ".*") -> str:
    """Return a regular expression that never backtracks: a text is taken where it first occurs.

    `one` is what a wildcard stands for, `last` what a `*` at the end stands for.
    """
    runs = [""]
    for piece in pattern:
        if piece.kind in (PieceKind.ANY, PieceKind.HOLE):
            runs.append("")
        else:
            runs[-1] += one if piece.kind is PieceKind.ONE else re.escape(piece.text)
    first, *rest = runs
    if not rest:
        return first
    middle = "".join(f"(?>{one}*?{run})" for run in rest[:-1] if run)
    return f"{first}{middle}{one}*{rest[-1]}" if rest[-1] else f"{first}{middle}{last}"


@lru_cache(maxsize=1 << 16)
def overlaps(left: Pattern, right: Pattern) -> bool:
    """Tell whether some text fits both patterns; a hole may be any text, a key of a template a name."""
    if (quick := _quick_overlap(left, right)) is not None:
        return quick
    one, other = _symbols(left), _symbols(right)
    reached = {0}
    for symbol in one:
        reached = _closed(reached, other)
        if not reached:
            return False
        if symbol == "*":
            reached = set(range(min(reached), len(other) + 1))
            continue
        absorbs = "*" if symbol in _SEPARATORS else "*~"
        stays = {place for place in reached if place < len(other) and other[place] in absorbs}
        moves = {place + 1 for place in reached if place < len(other) and _agree(symbol, other[place])}
        reached = stays | moves
    return len(other) in _closed(reached, other)


def _quick_overlap(left: Pattern, right: Pattern) -> bool | None:
    """Return the answer where it is easy: beginnings that differ, a text, two patterns that have a `*`."""
    if left in _WHOLE or right in _WHOLE:
        return True
    if (
        left
        and right
        and left[0].kind == right[0].kind == PieceKind.TEXT
        and not _begins(left[0].text, right[0].text)
    ):
        return False
    for one, other in ((left, right), (right, left)):
        if all(piece.kind is PieceKind.TEXT for piece in one):
            plain = all(piece.kind is not PieceKind.KEY for piece in other)
            return matches(other, "".join(piece.text for piece in one)) if plain else None
    if any(piece.kind is PieceKind.ONE or piece.text in NAMES for piece in (*left, *right)):
        return None
    prefixes, suffixes = zip(_ends(left), _ends(right), strict=True)
    return _begins(*prefixes) and _begins(suffixes[0][::-1], suffixes[1][::-1])


def _ends(pattern: Pattern) -> tuple[str, str]:
    """Return the texts that a pattern begins and ends with."""
    first, last = (piece.text if piece.kind is PieceKind.TEXT else "" for piece in (pattern[0], pattern[-1]))
    return first, last


def _begins(left: str, right: str) -> bool:
    return left.startswith(right) or right.startswith(left)


def _agree(one: str, other: str) -> bool:
    return other not in "*~" and (one == other or "?" in (one, other))


def _closed(reached: set[int], symbols: tuple[str, ...]) -> set[int]:
    """Add the places that are reached by letting a `*` stand for nothing."""
    closed = set(reached)
    for place, symbol in enumerate(symbols):
        if place in closed and symbol in "*~":
            closed.add(place + 1)
    return closed


def _symbols(pattern: Pattern) -> tuple[str, ...]:
    """Return `*`, `?`, `~` for a name, and the characters of texts, doubled to tell them from wildcards."""
    symbols: list[str] = []
    for piece in pattern:
        if piece.kind is PieceKind.TEXT:
            symbols += [character * 2 for character in piece.text]
        elif piece.kind is PieceKind.KEY and piece.text in NAMES:
            symbols.append("~")
        else:
            symbols.append("?" if piece.kind is PieceKind.ONE else "*")
    return tuple(symbols)
