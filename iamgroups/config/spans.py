"""Where each value of a YAML text begins and ends, as one tree."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from iamgroups.config.source_file import SourceFile

Path = tuple[str | int, ...]


class Span(NamedTuple):
    """A value in the text: character offsets, and lines from 0 (`last_line` holds its last character).

    `column` (from 0) is where a block list has its dashes and a block mapping its keys. `fixed`: something
    in it is anchored or an alias, so that its place matters. `items` are those of a list, `pairs` those of a
    mapping, as key and value.
    """

    value: Any
    start: int
    end: int
    line: int
    last_line: int
    column: int
    flow: bool = False
    fixed: bool = False
    items: "tuple[Span, ...]" = ()
    pairs: "tuple[tuple[Span, Span], ...]" = ()

    def at(self, path: Path) -> "Span":
        """Return the value at a path of keys and indexes. Raises: KeyError, IndexError."""
        found = self
        for step in path:
            found = found.items[step] if isinstance(step, int) else found.pair(step)[1]
        return found

    def pair(self, key: str) -> "tuple[Span, Span]":
        """Return a key of this mapping and its value. Raises: KeyError."""
        for pair in self.pairs:
            if pair[0].value == key:
                return pair
        raise KeyError(key)


def spans(source: SourceFile) -> Span:
    """Return the tree of a text that `tree.parse` has passed: it caps depth, which the recursion needs."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source.text)
    try:
        events = iter(loader.get_event, None)
        next(events), next(events)  # the stream and the document begin
        return _value(next(events), events)
    finally:
        loader.dispose()


def _value(event: Any, events: Iterator[Any]) -> Span:
    import yaml

    start, end = event.start_mark, event.end_mark
    if isinstance(event, yaml.AliasEvent | yaml.ScalarEvent):
        # A block scalar ends where the next line starts.
        last = end.line - (getattr(event, "style", None) in ("|", ">") and end.column == 0)
        text, fixed = getattr(event, "value", None), event.anchor is not None
        return Span(text, start.index, end.index, start.line, last, start.column, fixed=fixed)
    inside: list[Span] = []
    while not isinstance(closing := next(events), yaml.MappingEndEvent | yaml.SequenceEndEvent):
        inside.append(_value(closing, events))
    if event.flow_style:
        mark: Any = closing.end_mark
        stop, last = mark.index, mark.line
    else:
        # A block's closing event comes only after what follows it.
        stop, last = inside[-1].end, inside[-1].last_line
    fixed = event.anchor is not None or any(item.fixed for item in inside)
    whole = Span(None, start.index, stop, start.line, last, start.column, bool(event.flow_style), fixed)
    if isinstance(event, yaml.SequenceStartEvent):
        return whole._replace(value=[item.value for item in inside], items=tuple(inside))
    pairs = tuple(zip(inside[::2], inside[1::2], strict=True))
    return whole._replace(value={str(key.value): value.value for key, value in pairs}, pairs=pairs)
