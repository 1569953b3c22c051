"""The canonical form of configuration files: members and policies sorted, all else as the hand left it.

Moves whole pieces of text; never writes YAML of its own, and returns nothing whose meaning differs.
"""

import json
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from iamgroups.config import tree
from iamgroups.config.files import config_files
from iamgroups.config.source_file import SourceFile, read
from iamgroups.config.spans import Path as Place
from iamgroups.config.spans import Span, spans
from iamgroups.errors import ConfigError, Problem
from iamgroups.state.names import fold

_LINE = re.compile("[^\n\r\x85\u2028\u2029]*(\r\n|[\n\r\x85\u2028\u2029]|$)")


def format_tree(root: str | os.PathLike[str]) -> dict[Path, tuple[str, str]]:
    """Return each file of a configuration -> its text before and after, line ends as they are.

    Raises:
        ConfigError: a file cannot be read, or is no YAML we accept.

    """
    result: dict[Path, tuple[str, str]] = {}
    problems: list[Problem] = []
    for file, shown in config_files(root):
        try:
            text = read(file, shown).text
            result[Path(shown)] = (text, format_text(text, shown))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return result


def format_text(text: str, file: str) -> str:
    """Return the canonical form of one file's text.

    People: teams first, then by name; policies: sets first, then by reference. A blank line or a comment
    set apart by one starts a section that is sorted by itself; a comment right above an item moves with it.
    Lists with anchors or aliases, and flow lists with comments inside, stay as they are.

    Raises:
        ConfigError: the text is no YAML we accept, or sorting it would change what it means.

    """
    source = SourceFile(file, text)
    before = _meaning(source)
    edits = [edit for found in _sortable(spans(source), ()) for edit in _edits(source, found)]
    for start, end, piece in sorted(edits, reverse=True):
        text = text[:start] + piece + text[end:]
    if text != source.text and _meaning(SourceFile(file, text)) != before:
        message = "sorting this file would change what it means; nothing was changed"
        raise ConfigError([source.problem(message, 1, 1, "sort its members and policies by hand")])
    return text


def is_sorted_place(path: Place) -> bool:
    """Whether a list at this path holds people or policies whose order means nothing."""
    if len(path) == 2:
        return path[0] in ("teams", "policy_sets")
    return len(path) == 3 and path[0] == "groups" and path[2] in ("members", "policies")


def _sortable(value: Span, path: Place) -> Iterator[Span]:
    for key, inside in value.pairs if len(path) < 3 else ():
        yield from _sortable(inside, (*path, str(key.value)))
    if isinstance(value.value, list) and is_sorted_place(path):
        yield value


def _meaning(source: SourceFile) -> str:
    root, problems = tree.parse(source)
    if root is None or problems:
        raise ConfigError(problems)
    return json.dumps(_unordered(root.value, ()))


def _unordered(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return [[key, _unordered(item, (*path, key))] for key, item in value.items()]
    if isinstance(value, list) and is_sorted_place(path):
        return sorted(json.dumps(item) for item in value)
    return value


def _edits(source: SourceFile, found: Span) -> list[tuple[int, int, str]]:
    """Return what to replace: start, end, new text."""
    keys = [sort_key(item.value) for item in found.items]
    if None in keys or any(item.fixed for item in found.items):
        return []
    if found.flow:
        return _flow_edits(source.text, found.items)
    return _block_edits(source.text, found)


def sort_key(value: Any) -> tuple[int, str, str] | None:
    """Return what an item is sorted by; None for what should not be there."""
    if isinstance(value, dict):
        for rank, name in ((0, "team"), (0, "set"), (1, "user")):
            if isinstance(value.get(name), str):
                return (rank, fold(value[name]), value[name])
        return None
    return (1, fold(value), value) if isinstance(value, str) and value else None


def _sorted(items: tuple[Span, ...] | list[Span]) -> list[int]:
    """Return the indexes of the items in their order."""
    return sorted(range(len(items)), key=lambda index: (sort_key(items[index].value), index))


def _flow_edits(text: str, items: tuple[Span, ...]) -> list[tuple[int, int, str]]:
    gaps = [text[left.end : right.start] for left, right in pairwise(items)]
    if any("#" in gap for gap in gaps) or any("\n" in text[item.start : item.end] for item in items):
        return []
    order = _sorted(items)
    return [
        (item.start, item.end, text[items[source].start : items[source].end])
        for item, source in zip(items, order, strict=True)
    ]


def lines_of(text: str) -> tuple[list[str], list[int]]:
    """Return the lines with their breaks, and where each starts; one more start ends the text."""
    lines = [match[0] for match in _LINE.finditer(text)]
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    return lines, offsets


def _block_edits(text: str, found: Span) -> list[tuple[int, int, str]]:
    lines, offsets = lines_of(text)
    edits = []
    for section in sections(lines, found) or ():
        firsts = [first for first, _ in section]
        pieces = ["".join(lines[first : item.last_line + 1]) for first, item in section]
        ends = [piece[len(piece.rstrip("\n\r\x85\u2028\u2029")) :] for piece in pieces]
        order = _sorted([item for _, item in section])
        # Line ends stay where they are: the last line of a file may have none.
        new = [
            pieces[source].removesuffix(ends[source]) + end for source, end in zip(order, ends, strict=True)
        ]
        edits.append((offsets[firsts[0]], offsets[section[-1][1].last_line + 1], "".join(new)))
    return edits


def sections(lines: list[str], found: Span) -> list[list[tuple[int, Span]]] | None:
    """Return runs of a block list's items, each with the line where it or the comment right above it starts.

    None when an item does not start on a line of its own.
    """
    sections: list[list[tuple[int, Span]]] = []
    previous = -1
    for item in found.items:
        dash = item.line
        while dash > previous and not _has_dash(lines[dash], found.column):
            dash -= 1
        if dash <= previous:
            return None
        first = dash
        while first - 1 > previous and lines[first - 1].lstrip(" \t").startswith("#"):
            first -= 1
        if not sections or first > previous + 1:
            sections.append([])
        previous = item.last_line
        while previous > dash and not lines[previous].strip():
            previous -= 1
        sections[-1].append((first, item._replace(last_line=previous)))
    return sections


def _has_dash(line: str, column: int) -> bool:
    return line[column : column + 1] == "-" and not line[:column].strip()
