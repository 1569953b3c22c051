"""YAML text -> plain data and, in parallel, where everything stands.

Every scalar stays the text that was written; the schema decides what it means. Built from parser events:
no recursion, no resolver, no constructor. https://pyyaml.org/wiki/PyYAMLDocumentation (Events)
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from iamgroups.config.source_file import SourceFile, quoted
from iamgroups.errors import ConfigError, Position, Problem

MAX_DEPTH = 32
_TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep"
# Nodes that aliases may repeat in one file.
MAX_ALIASED = 100_000

Spot = tuple[int, int]
_DROPPED: Final = object()


@dataclass(slots=True)
class Marks:
    """Where a mapping or a list stands, its keys, and what is in it."""

    spot: Spot
    children: Any  # key -> Marks | Spot, or a list of them, shaped like the data
    keys: dict[str, Spot] = field(default_factory=dict)


@dataclass(slots=True)
class Node:
    """A value and where it stands."""

    source: SourceFile
    value: Any
    marks: Marks | Spot

    @property
    def spot(self) -> Spot:
        """Line and column, from 1."""
        return self.marks.spot if isinstance(self.marks, Marks) else self.marks

    @property
    def position(self) -> Position:
        """Where the value starts."""
        return self.source.position(*self.spot)

    def key_position(self, key: str) -> Position:
        """Where a key of this mapping stands."""
        assert isinstance(self.marks, Marks)
        return self.source.position(*self.marks.keys[key])

    def __getitem__(self, key: str | int) -> "Node":
        assert isinstance(self.marks, Marks)
        return Node(self.source, self.value[key], self.marks.children[key])

    def get(self, key: str) -> "Node | None":
        """Return the value under a key of this mapping, None when absent."""
        return self[key] if key in self.value else None

    def each(self) -> "Iterator[tuple[str, Node]]":
        """Yield key and value of a mapping, in the order of the file."""
        for key in self.value:
            yield key, self[key]

    def items(self) -> "Iterator[Node]":
        """Yield the items of a list."""
        for index in range(len(self.value)):
            yield self[index]

    def problem(self, message: str, hint: str | None = None, key: str | None = None) -> Problem:
        """Return a problem at this value, or at one of its keys."""
        assert key is None or isinstance(self.marks, Marks)
        spot = self.spot if key is None else self.marks.keys[key]  # type: ignore[union-attr]
        return self.source.problem(message, spot[0], spot[1], hint)


def parse(source: SourceFile) -> tuple[Node | None, list[Problem]]:
    """Parse one YAML document; with problems the tree is what could be made of it, or None.

    Falls back to the pure Python parser where PyYAML was built without libyaml.
    """
    import yaml

    builder = _Builder(source)
    try:
        with _parser(source.text) as get_event:
            builder.run(get_event)
    except yaml.YAMLError as error:
        return None, [*builder.problems, _too_deep(source, error) or _syntax(source, error)]
    except (ValueError, OverflowError, MemoryError, RecursionError) as error:
        # An escape or a number that Python cannot hold, or a limit of the parser itself.
        return None, [*builder.problems, source.problem(f"not valid YAML: {error or 'too large'}", 1, 1)]
    except ConfigError as error:
        return None, [*builder.problems, *error.problems]
    if builder.root is None:
        hint = "write at least one key; remove the file, or its include, if it is not needed"
        return None, [*builder.problems, source.problem("the file is empty", 1, 1, hint)]
    return builder.root, builder.problems


@contextmanager
def _parser(text: str) -> Iterator[Callable[[], Any]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        yield loader.get_event
    finally:
        loader.dispose()


class _Builder:
    """The state of one parse: the mapping or list that is open, and a stack of those around it.

    `key` is the key that waits for its value, None when a key comes next.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self.box: Any = None
        self.marks: Any = None
        self.key: Any = None
        self.stack: list[tuple[Any, Any, Any, str | None, int]] = []
        self.anchors: dict[str, tuple[Any, Marks | Spot, int]] = {}
        self.nodes = 0
        self.aliased = 0

    def run(self, get_event: Callable[[], Any]) -> None:
        """Read events until the document ends."""
        from yaml import events

        take: dict[type, Callable[[Any], None]] = {
            events.ScalarEvent: self._scalar,
            events.SequenceStartEvent: lambda event: self._open(event, []),
            events.MappingStartEvent: lambda event: self._open(event, {}),
            events.SequenceEndEvent: self._close,
            events.MappingEndEvent: self._close,
            events.AliasEvent: self._alias,
        }
        while (kind := type(event := get_event())) is not events.StreamEndEvent:
            if kind in take:
                take[kind](event)
            elif kind is events.DocumentStartEvent and self.root is not None:
                hint = "remove the `---`, or put the rest into a file of its own"
                message, spot = "a second document starts here", _spot(event)
                self.problems.append(self.source.problem(message, *spot, hint))
                return

    def _scalar(self, event: Any) -> None:
        value, spot = event.value, _spot(event)
        self.nodes += 1
        if event.tag is not None or event.anchor is not None or not value.isascii():
            self._check_scalar(event, value, spot)
        if self.key is None and type(self.box) is dict:
            self.key = self._key(value, spot, event.style)
        else:
            self._add(value, spot)

    def _open(self, event: Any, box: dict[str, Any] | list[Any]) -> None:
        spot = _spot(event)
        self._check_open(event, spot)
        self.stack.append((self.box, self.marks, self.key, event.anchor, self.nodes))
        self.nodes += 1
        self.box, self.marks, self.key = box, Marks(spot, type(box)()), None

    def _close(self, event: Any) -> None:
        value, marks = self.box, self.marks
        self.box, self.marks, self.key, anchor, before = self.stack.pop()
        if anchor is not None:
            self.anchors[anchor] = (value, marks, self.nodes - before)
        self._add(value, marks)

    def _alias(self, event: Any) -> None:
        spot = _spot(event)
        value, place = self._anchored(event.anchor, spot)
        if self.key is None and type(self.box) is dict:
            self.key = self._key(value, spot, "*")
        else:
            self._add(value, place)

    def _add(self, value: Any, place: Any) -> None:
        """Put a finished value into what is open; with nothing open it is the document."""
        if type(self.box) is dict:
            if self.key is not _DROPPED:
                self.box[self.key] = value
                self.marks.children[self.key] = place
            self.key = None
        elif self.box is None:
            self.root = Node(self.source, value, place)
        else:
            self.box.append(value)
            self.marks.children.append(place)

    def _key(self, value: Any, spot: Spot, style: str | None) -> Any:
        if not isinstance(value, str):
            raise self._stop("a key must be plain text", spot)
        if value == "<<" and not style:
            hint = "write the keys out, or name a policy set or a team"
            self.problems.append(self.source.problem("merge keys (`<<`) are not supported", *spot, hint))
            return _DROPPED
        if value in self.marks.keys:
            first = self.source.position(*self.marks.keys[value])
            message = f"key {quoted(value)} appears twice; the first is at {first}"
            self.problems.append(self.source.problem(message, *spot, "keep one of them"))
            return _DROPPED
        self.marks.keys[value] = spot
        return value

    def _check_scalar(self, event: Any, value: str, spot: Spot) -> None:
        self._check_tag(event, spot)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, spot, 1)
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise self._stop("half a surrogate pair is no character", spot)

    def _check_tag(self, event: Any, spot: Spot) -> None:
        if event.tag is not None:
            hint = "remove it: the schema decides what a value is"
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.append(self.source.problem(f"tags ({quoted(tag)}) are not supported", *spot, hint))

    def _check_open(self, event: Any, spot: Spot) -> None:
        self._check_tag(event, spot)
        if self.key is None and type(self.box) is dict:
            raise self._stop("a key must be plain text", spot)
        if len(self.stack) >= MAX_DEPTH:
            raise self._stop(_TOO_DEEP, spot)

    def _anchored(self, name: str, spot: Spot) -> tuple[Any, Marks | Spot]:
        if name not in self.anchors:
            raise self._stop(f"alias `*{name}` has no finished anchor `&{name}` before it", spot)
        value, marks, size = self.anchors[name]
        self.nodes += size
        self.aliased += size
        if self.aliased > MAX_ALIASED:
            raise self._stop(f"aliases repeat more than {MAX_ALIASED:,} values", spot)
        return value, marks if isinstance(marks, Marks) else spot

    def _stop(self, message: str, spot: Spot) -> ConfigError:
        return ConfigError([self.source.problem(message, *spot)])


def _spot(event: Any) -> Spot:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _too_deep(source: SourceFile, error: Any) -> Problem | None:
    """Return our own problem where the parser stopped at nesting deeper than our cap.

    The scanner reads ahead of the events, so a limit of its own can speak before ours. The text before that
    place keeps the parser's limit, and its events show whether ours is passed.
    """
    import yaml

    mark: Any = getattr(error, "problem_mark", None)
    if mark is None:
        return None
    depth = 0
    with _parser(source.text[: mark.index]) as get_event, suppress(yaml.YAMLError):
        while not isinstance(event := get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.CollectionStartEvent):
                if depth == MAX_DEPTH:
                    start: Any = event.start_mark
                    return source.problem(_TOO_DEEP, start.line + 1, start.column + 1)
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    return None


def _syntax(source: SourceFile, error: Any) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = getattr(error, "problem", None) or str(error)
    context = getattr(error, "context", None)
    hint = f"{context} that starts at line {error.context_mark.line + 1}" if _has_context(error) else context
    if "'\\t'" in what or "\t" in source.lines[min(line, len(source.lines)) - 1][: column + 1]:
        hint = "YAML does not allow tabs for indentation: use spaces"
    return source.problem(f"not valid YAML: {what}", min(line, len(source.lines)), column, hint)


def _has_context(error: Any) -> bool:
    return bool(getattr(error, "context", None) and getattr(error, "context_mark", None))
