"""Edits of a file's text that change one declaration and leave all else as the hand wrote it.

An edit inserts or removes text at a value's place. The result is parsed again. Unless it means exactly what
was asked for, the edit is refused and nothing is changed.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from iamgroups.config import tree
from iamgroups.config.pieces import Piece, Unsafe, list_pieces, mapping_pieces
from iamgroups.config.source_file import SourceFile
from iamgroups.config.spans import Path, Span, spans
from iamgroups.config.writer import Data
from iamgroups.errors import ConfigError


class Insert(NamedTuple):
    """Add an item to the list at a path: where the list is sorted, at its place."""

    path: Path
    item: Data


class Remove(NamedTuple):
    """Take out the item or the key at a path. A list keeps `[]`, a mapping goes with its last key."""

    path: Path


class Put(NamedTuple):
    """Add a key to the mapping at a path."""

    path: Path
    key: str
    value: Data


Edit = Insert | Remove | Put


@dataclass
class _Container:
    """What happens to one list or mapping."""

    removed: set[str | int] = field(default_factory=set)
    inserted: list[Data] = field(default_factory=list)
    put: dict[str, Data] = field(default_factory=dict)


def edited(source: SourceFile, edits: Iterable[Edit]) -> str:
    """Return the file's text after all the edits, whose paths are those of the file as it is.

    Raises:
        ConfigError: it cannot be done so that exactly this changes; names the line to edit by hand.

    """
    before = _meaning(source)
    containers = _by_container(before, _outermost(list(edits)))
    root = spans(source)
    pieces: list[Piece] = []
    for path, container in containers.items():
        pieces += _pieces(source, root, path, container)
    text = source.text
    for start, end, piece in sorted(pieces, reverse=True):
        text = text[:start] + piece + text[end:]
    wanted = json.loads(json.dumps(before))
    for path in sorted(containers, key=len, reverse=True):  # what is removed above moves what is below
        _change(wanted, path, containers[path])
    if not _same(SourceFile(source.file, text), wanted):
        raise _refusal(source, _place(root, next(iter(containers))), "it is shared by an anchor")
    return text


def _outermost(edits: Sequence[Edit]) -> Iterator[Edit]:
    """Yield the edits but for those inside of something that goes as a whole."""
    gone = {edit.path for edit in edits if isinstance(edit, Remove)}
    for edit in edits:
        if not any(edit.path[:end] in gone for end in range(1, len(edit.path))):
            yield edit


def _by_container(data: Any, edits: Iterable[Edit]) -> dict[Path, _Container]:
    found: dict[Path, _Container] = {}
    for edit in edits:
        path = edit.path[:-1] if isinstance(edit, Remove) else edit.path
        container = found.setdefault(path, _Container())
        if isinstance(edit, Insert):
            container.inserted.append(edit.item)
        elif isinstance(edit, Put):
            container.put[edit.key] = edit.value
        else:
            container.removed.add(edit.path[-1])
    emptied = [path for path, one in found.items() if path and _is_emptied(_at(data, path), one)]
    if found.keys() <= set(emptied) and {path[0] for path in emptied if len(path) == 1} >= data.keys():
        emptied.remove(emptied[0])  # a file of a configuration is never empty: one section stays as `{}`
    if not emptied:
        return found
    for path in emptied:
        del found[path]
        found.setdefault(path[:-1], _Container()).removed.add(path[-1])
    return found


def _is_emptied(value: Any, container: _Container) -> bool:
    return isinstance(value, dict) and not container.put and container.removed >= value.keys()


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data[step]
    return data


def _pieces(source: SourceFile, root: Span, path: Path, container: _Container) -> Sequence[Piece]:
    try:
        span = root.at(path)
        if isinstance(span.value, list):
            key = root.at(path[:-1]).pair(str(path[-1]))[0]
            removed = {step for step in container.removed if isinstance(step, int)}
            return list_pieces(source.text, span, key, removed, container.inserted)
        keys = {step for step in container.removed if isinstance(step, str)}
        own = root.at(path[:-1]).pair(str(path[-1]))[0] if path else None
        return mapping_pieces(source.text, span, own, keys, container.put)
    except (KeyError, IndexError) as error:
        raise _refusal(source, _place(root, path), "it is written as an alias") from error
    except Unsafe as error:
        raise _refusal(source, _place(root, path), str(error)) from error


def _place(root: Span, path: Path) -> Span:
    """Return the deepest value on a path that has a place of its own."""
    found = root
    for step in path:
        try:
            found = found.at((step,))
        except (KeyError, IndexError):
            return found
    return found


def _refusal(source: SourceFile, span: Span, why: str) -> ConfigError:
    line, column = source.place(span.start)
    message = f"this cannot be edited without changing something else: {why}; nothing was changed"
    return ConfigError([source.problem(message, line, column, "edit it by hand")])


def _change(data: Any, path: Path, container: _Container) -> None:
    for step in path:
        data = data[step]
    for step in sorted(container.removed, key=str if isinstance(data, dict) else int, reverse=True):
        del data[step]
    if isinstance(data, list):
        data += map(_as_text, container.inserted)
    else:
        data.update({key: _as_text(value) for key, value in container.put.items()})


def _as_text(data: Data) -> Any:
    """Return what the parser makes of written data: every scalar is text."""
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, str | int):
        return str(data)
    if isinstance(data, dict):
        return {key: _as_text(value) for key, value in data.items()}
    return [_as_text(value) for value in data]


def _meaning(source: SourceFile) -> Any:
    root, problems = tree.parse(source)
    if root is None or problems:
        raise ConfigError(problems)
    return root.value


def _same(source: SourceFile, wanted: Any) -> bool:
    root, problems = tree.parse(source)
    return root is not None and not problems and _unordered(root.value) == _unordered(wanted)


def _unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value
