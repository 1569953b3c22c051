"""Plain data -> YAML text that `load` reads back as it was.

Written by hand because PyYAML quotes for YAML 1.1's idea of types, and lays out lists as no person would.
"""

import json
import re
from collections.abc import Mapping, Sequence

Data = str | bool | int | Sequence["Data"] | Mapping[str, "Data"]

# Plain in every YAML: no indicator, no number, date or word that some version takes for another type.
_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./+@-]*(?:[:=]+[A-Za-z0-9_./+@=-]+)*", re.ASCII)
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_WIDTH = 100


class Plain(str):
    """A text that is written as it is, such as a day."""

    __slots__ = ()


def emit(data: Mapping[str, Data]) -> str:
    """Return a YAML document; keys and items keep their order.

    Texts, truth values and whole numbers only; `load` gives back every text whatever it looks like.
    """
    return "".join(f"{line}\n" for line in _block(data, ""))


def comment(text: str) -> str:
    """Return a text as comment lines; what is not printable cannot end the comment."""
    safe = "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
    return "".join(f"# {line}".rstrip() + "\n" for line in safe.split("\n"))


def entry(key: str, value: Data, indent: str) -> list[str]:
    """Return the lines of a key and its value, the value in block style."""
    start = f"{indent}{scalar(key)}:"
    if _is_leaf(value):
        return [f"{start} {flow(value)}"]
    return [start, *_block(value, indent + "  ")]


def _block(value: Data, indent: str) -> list[str]:
    if isinstance(value, Mapping):
        return [line for key, item in value.items() for line in entry(key, item, indent)]
    assert isinstance(value, Sequence)
    lines: list[str] = []
    for item in value:
        if isinstance(item, Mapping) and item and len(flow(item)) + len(indent) > _WIDTH:
            first, *rest = _block(item, indent + "  ")
            lines += [f"{indent}- {first.lstrip()}", *rest]
        else:
            lines.append(f"{indent}- {flow(item)}")
    return lines


def _is_leaf(value: Data) -> bool:
    """Whether a value stands on its key's line: a scalar, or what is empty."""
    return isinstance(value, str | bool | int) or not value


def flow(value: Data) -> str:
    """Return a value on one line."""
    if isinstance(value, Plain):
        return str(value)
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


def scalar(text: str) -> str:
    """Return a text as YAML: plain where no reader could take it for something else, else in quotes.

    JSON's quoting is YAML's, but for characters above U+FFFF and a few that YAML wants escaped.
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and len(text) <= 200:
        return text
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\U{ord(char):08x}"
