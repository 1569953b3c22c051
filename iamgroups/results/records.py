"""Data as JSON and back: a record names each of its fields once. What is read may come from anybody."""

import json
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any, NamedTuple

from iamgroups.errors import Position

FORMAT_VERSION = 1
Document = dict[str, Any]
REQUIRED: Any = object()


class Codec(NamedTuple):
    """How a value is written and read. `read` raises TypeError, ValueError or KeyError for another value.

    A field with the value `empty` is left out, and a field that is missing has it.
    """

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    empty: Any = REQUIRED


def of_type(kind: type) -> Codec:
    """Return the codec of values that are the same in JSON."""

    def read(raw: object) -> Any:
        if type(raw) is not kind:
            raise TypeError(type(raw))
        return raw

    return Codec(lambda value: value, read)


TEXT = of_type(str)
NUMBER = of_type(int)
FLAG = of_type(bool)


def one_of(*words: str) -> Codec:
    """Return the codec of one of these words."""

    def read(raw: object) -> Any:
        if raw not in words:
            raise ValueError(raw)
        return raw

    return Codec(str, read)


def many(codec: Codec) -> Codec:
    """Return the codec of a tuple of values, a list in JSON."""

    def read(raw: object) -> Any:
        if not isinstance(raw, list):
            raise TypeError(type(raw))
        return tuple(map(codec.read, raw))

    return Codec(lambda values: [codec.write(value) for value in values], read)


def optional(codec: Codec, empty: object = None) -> Codec:
    """Return the codec of a field that may be missing."""
    return codec._replace(empty=empty)


def record(make: Callable[..., Any], **fields: Codec) -> Codec:
    """Return the codec of what `make` makes of these fields; it has each of them as an attribute."""

    def write(value: Any) -> Document:
        values = {name: getattr(value, name) for name in fields}
        return {
            name: codec.write(values[name])
            for name, codec in fields.items()
            if codec.empty is REQUIRED or values[name] != codec.empty
        }

    def read(raw: Mapping[str, Any]) -> Any:
        return make(
            **{
                name: codec.read(raw[name]) if codec.empty is REQUIRED or name in raw else codec.empty
                for name, codec in fields.items()
            }
        )

    return Codec(write, read)


POSITION = record(Position, file=TEXT, line=NUMBER, column=NUMBER)


def text(content: Mapping[str, Any]) -> str:
    """Return a document as text, ASCII only: nothing in it can steer a terminal."""
    # Not json.dumps, which holds every piece before it joins them: a third of a large plan's memory.
    buffer = StringIO()
    json.dump(content, buffer, indent=1)
    buffer.write("\n")
    return buffer.getvalue()
