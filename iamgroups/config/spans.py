"""Where the lists of people and of policies, and each of their items, begin and end. Must not change text."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from iamgroups.config.source import Source


class Span(NamedTuple):
    """A value in the text: character offsets, and lines from 0 (`last_line` holds its last character).

    `fixed`: something in it is anchored or an alias, so that its place matters.
    """

    value: Any
    start: int
    end: int
    line: int
    last_line: int
    fixed: bool = False


class ListSpan(NamedTuple):
    """A list whose items may be sorted; `column` (from 0) is where a block list's dashes stand."""

    items: tuple[Span, ...]
    flow: bool
    column: int


Path = tuple[str, ...]


def sortable_lists(source: Source) -> list[ListSpan]:
    """Return the lists of members and of policies; `tree.parse` must have passed the text: it caps depth."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source.text)
    found: list[ListSpan] = []
    try:
        events = iter(loader.get_event, None)
        next(events), next(events)  # the stream and the document begin
        _value(next(events), events, (), found)
    finally:
        loader.dispose()
    return found


def is_sorted_place(path: Path) -> bool:
    """Whether a list at this path holds people or policies whose order means nothing."""
    if len(path) == 2:
        return path[0] in ("teams", "policy_sets")
    return len(path) == 3 and path[0] == "groups" and path[2] in ("members", "policies")


def _value(event: Any, events: Iterator[Any], path: Path, found: list[ListSpan]) -> Span:
    import yaml

    start, end = event.start_mark, event.end_mark
    if isinstance(event, yaml.AliasEvent | yaml.ScalarEvent):
        # A block scalar ends where the next line starts.
        last = end.line - (getattr(event, "style", None) in ("|", ">") and end.column == 0)
        text = getattr(event, "value", None)
        return Span(text, start.index, end.index, start.line, last, event.anchor is not None)
    inside: list[Span] = []
    value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
    while not isinstance(closing := next(events), yaml.MappingEndEvent | yaml.SequenceEndEvent):
        # Nothing below an item of a list, or a key, is a place of ours.
        inside.append(_value(closing, events, ("[]",), found))
        if isinstance(value, dict):
            key = str(inside[-1].value)
            inside.append(_value(next(events), events, (*path, key), found))
            value[key] = inside[-1].value
        else:
            value.append(inside[-1].value)
    whole = _whole(event, closing, inside, value)
    if isinstance(value, list) and is_sorted_place(path):
        found.append(ListSpan(tuple(inside), bool(event.flow_style), start.column))
    return whole


def _whole(event: Any, closing: Any, inside: list[Span], value: Any) -> Span:
    """Return the span of a mapping or a list; a block's closing event comes only after what follows it."""
    start, end = event.start_mark, closing.end_mark
    fixed = event.anchor is not None or any(item.fixed for item in inside)
    if event.flow_style:
        return Span(value, start.index, end.index, start.line, end.line, fixed)
    return Span(value, start.index, inside[-1].end, start.line, inside[-1].last_line, fixed)
