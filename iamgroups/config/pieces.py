"""Which pieces of text to replace so that a list or a mapping gains or loses something."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from iamgroups.config.format import lines_of, sections, sort_key
from iamgroups.config.spans import Span
from iamgroups.config.writer import Data, entry, flow

LINE_BREAKS = "\r\n\x85\u2028\u2029"


class Piece(NamedTuple):
    """Text that takes the place of what is between two offsets."""

    start: int
    end: int
    text: str


class Unsafe(Exception):
    """The layout does not allow the edit; the message says why."""


def list_pieces(
    text: str, found: Span, key: Span, removed: Collection[int], inserted: Sequence[Data]
) -> list[Piece]:
    """Return the pieces that take items out of a list under a key, and put others in. Raises: Unsafe."""
    if found.flow:
        return _in_brackets(text, found, found.items, removed, _slots(found.items, found.fixed, inserted))
    lines, offsets = lines_of(text)
    runs = sections(lines, found)
    if runs is None:
        raise Unsafe("an item does not start on a line of its own")
    pieces = []
    for index, item in enumerate(item for run in runs for _, item in run):
        if index in removed:
            pieces.append(Piece(offsets[_dash(lines, item, found)], offsets[item.last_line + 1], ""))
    if len(removed) == len(found.items) and not inserted:
        colon = text.index(":", key.end) + 1
        return [Piece(colon, colon, " []"), *pieces]
    # The last section takes what is new: what is above it was set apart by hand.
    starts = [first for first, _ in runs[-1]] + [runs[-1][-1][1].last_line + 1]
    margin = lines[found.line][: found.column]
    for index, new in _slots([item for _, item in runs[-1]], found.fixed, inserted):
        pieces.append(_new_lines(lines, offsets, starts[index], [f"{margin}- {flow(new)}"]))
    return pieces


def mapping_pieces(
    text: str, found: Span, own: Span | None, removed: Collection[str], put: Mapping[str, Data]
) -> list[Piece]:
    """Return the pieces that take keys out of a mapping, and put others in. Raises: Unsafe.

    `own` is the key of the mapping itself, None for the whole file.
    """
    gone = {index for index, (key, _) in enumerate(found.pairs) if key.value in removed}
    if found.flow:
        whole = [key._replace(end=value.end) for key, value in found.pairs]
        return _in_brackets(text, found, whole, gone, [(len(whole), {key: put[key]}) for key in put])
    lines, offsets = lines_of(text)
    pieces = []
    for key, value in (found.pairs[index] for index in gone):
        if lines[key.line][: key.column].strip():
            raise Unsafe("its key does not start on a line of its own")
        pieces.append(Piece(offsets[key.line], offsets[value.last_line + 1], ""))
    if own and not put and len(gone) == len(found.pairs):
        colon = text.index(":", own.end) + 1
        return [Piece(colon, colon, " {}"), *pieces]
    margin = lines[found.line][: found.column]
    if put and margin.strip():
        raise Unsafe("its first key does not start on a line of its own")
    for name, data in put.items():
        pieces.append(_new_lines(lines, offsets, found.last_line + 1, entry(name, data, margin)))
    return pieces


def _slots(values: Sequence[Span], fixed: bool, inserted: Sequence[Data]) -> list[tuple[int, Data]]:
    """Return each new item with the index it goes before; the end, where nobody sorted the values."""
    keys = [sort_key(value.value) for value in values]
    known = [key for key in keys if key is not None]
    is_sorted = len(known) == len(keys) and known == sorted(known) and not fixed
    found = []
    for item in sorted(inserted, key=lambda item: sort_key(item) or (9, "", "")):
        key = sort_key(item)
        later = [index for index, other in enumerate(known) if is_sorted and key and other > key]
        found.append((later[0] if later else len(values), item))
    return found


def _dash(lines: Sequence[str], item: Span, found: Span) -> int:
    """Return the line of an item's dash, which may be above the item."""
    line = item.line
    while lines[line][found.column : found.column + 1] != "-" or lines[line][: found.column].strip():
        line -= 1
    return line


def _new_lines(lines: Sequence[str], offsets: Sequence[int], at: int, written: Sequence[str]) -> Piece:
    """Return new lines before a line, with the line end of the one above."""
    above = lines[at - 1]
    end = above[len(above.rstrip(LINE_BREAKS)) :]
    # The last line of a file may have no end, and then the new last one has none either.
    usual = lines[0][len(lines[0].rstrip(LINE_BREAKS)) :] or "\n"
    block = "".join(line + end for line in written) if end else "".join(usual + line for line in written)
    return Piece(offsets[at], offsets[at], block)


def _in_brackets(
    text: str,
    found: Span,
    values: Sequence[Span],
    removed: Collection[int],
    slots: Sequence[tuple[int, Data]],
) -> list[Piece]:
    """Return the pieces of a list or mapping written in brackets; comments between its values stay."""
    new = [
        (index, flow(item)[1:-1] if isinstance(found.value, dict) else flow(item)) for index, item in slots
    ]
    if len(removed) == len(values):
        inside = text[found.start + 1 : found.end - 1]
        if "#" in inside:
            raise Unsafe("there is a comment in its brackets")
        return [Piece(found.start + 1, found.end - 1, ", ".join(item for _, item in new))]
    kept = [index for index in range(len(values)) if index not in removed]
    pieces = [*_cuts(text, values, removed)]
    for index, item in new:
        if index < len(values):
            pieces.append(Piece(values[index].start, values[index].start, f"{item}, "))
        else:
            pieces.append(Piece(values[kept[-1]].end, values[kept[-1]].end, f", {item}"))
    return pieces


def _cuts(text: str, values: Sequence[Span], removed: Collection[int]) -> Iterator[Piece]:
    """Yield what takes each run of values out, with as many commas."""
    for _, numbered in groupby(enumerate(sorted(removed)), lambda pair: pair[1] - pair[0]):
        run = [index for _, index in numbered]
        first, last = values[run[0]], values[run[-1]]
        if run[-1] + 1 < len(values):
            start, end = first.start, values[run[-1] + 1].start
        else:
            start, end = values[run[0] - 1].end, last.end
        if "#" in text[start:end]:
            raise Unsafe("there is a comment in its brackets")
        yield Piece(start, end, "")
