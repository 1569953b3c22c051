"""Plain data as YAML in block style, for files written whole. Must not edit a file somebody wrote."""

import re
from collections.abc import Iterator, Mapping, Sequence

# What every YAML reader takes for the text it is; everything else goes in double quotes.
PLAIN = re.compile(r"[A-Za-z/](?:[A-Za-z0-9_+=,.@/:-]*[A-Za-z0-9_+=,.@/-])?", re.ASCII)
WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})

Value = str | int | Sequence["Value"] | Mapping[str, "Value"]


def block(content: Mapping[str, Value]) -> str:
    """Return a mapping as YAML, in its own order; empty collections stand on their key's line."""
    return "".join(f"{line}\n" for line in _mapping(content, ""))


def comment(text: str) -> str:
    """Return a text as comment lines; what is not printable cannot end the comment."""
    safe = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    return "".join(f"# {line}".rstrip() + "\n" for line in safe.split("\n"))


def _mapping(content: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, value in content.items():
        name = f"{indent}{_scalar(key)}:"
        if isinstance(value, Mapping) and value:
            yield name
            yield from _mapping(value, f"{indent}  ")
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield name
            for item in value:
                assert isinstance(item, str), "lists hold names only"
                yield f"{indent}  - {_scalar(item)}"
        else:
            yield f"{name} {_scalar(value)}"


def _scalar(value: Value) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in WORDS
        return value if plain else _quoted(value)
    return str(value) if isinstance(value, int) else "[]"


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08x}" if c in '"\\' or not c.isprintable() else c for c in text) + '"'
