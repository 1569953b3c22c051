"""docs/configuration.md, generated from the schema: `python -m tools.configuration_page`."""

import sys
from collections.abc import Iterator
from typing import NamedTuple

from iamgroups.config.shipped import Schema, follow, written
from iamgroups.config.writer import emit

_INTRODUCTION = """\
# Configuration reference

Generated from `schemas/config.schema.json` by `python -m tools.configuration_page`. Do not edit it.

A configuration is a root file, `iamgroups.yaml` or the file that `-c` names, and the files its `include`
globs name, merged into one. Editors check it as you type when its first line is
`# yaml-language-server: $schema=` and the place of the schema.

- A text is read as it is written: `no`, `012` and `2026-12-31` are texts. Only `true` and `false` are
  booleans, and `012` is not a number either. Quotes change none of this.
- A missing key is not an empty list: a group without `members` leaves its members alone, `members: []`
  empties it.
- Names compare without case, as IAM does. A group, set, team, policy or user declared twice is an error.
- Included files and policy documents, symlinks followed, stay in the root file's folder.
- Duplicate keys, merge keys (`<<`), tags and several documents in a file are errors. Anchors and aliases
  are fine.
- A file has at most 8 MiB and 32 levels.
- `iamgroups fmt` sorts lists of people (teams first) and of policies (sets first) and moves nothing else. A
  comment right above an item moves with it. A blank line starts a section that is sorted by itself. Lists
  with anchors or aliases in them, and lists in brackets with comments in them, stay as they are.

`sample-config/` holds a whole organisation's worth.
"""


class Row(NamedTuple):
    """One key: its dotted place, what it takes, its default as JSON would print it, what it is for."""

    place: str
    takes: str
    default: str
    about: str


def reference() -> str:
    """Return the page as Markdown."""
    root = written("config")
    parts = [_INTRODUCTION]
    for name, spec in root["properties"].items():
        full = follow(root, spec)
        first, *rows = _rows(root, spec, name)
        parts.append(f"## `{name}`\n\n{full['description']}\n\n{_table([first._replace(about=''), *rows])}")
        parts += [f"```yaml\n{emit({name: example})}```\n" for example in full.get("examples", ())]
    parts.append(_forms(root))
    return "\n".join(parts)


def _rows(root: Schema, spec: Schema, place: str, needed: bool = False) -> Iterator[Row]:
    spec = follow(root, spec)
    default = _code(spec["default"]) if "default" in spec else "required" if needed else ""
    yield Row(place, _takes(root, spec), default, spec.get("description", ""))
    yield from _below(root, spec, place)


def _below(root: Schema, spec: Schema, place: str) -> Iterator[Row]:
    for key, below in spec.get("properties", {}).items():
        yield from _rows(root, below, f"{place}.{key}", key in spec.get("required", ()))
    if isinstance(named := spec.get("additionalProperties"), dict):
        yield from _below(root, follow(root, named), f"{place}.NAME")
    if "items" in spec:
        yield from _below(root, follow(root, spec["items"]), f"{place}[]")
    for branch in spec.get("anyOf", ()):
        yield from _below(root, follow(root, branch), place)


def _takes(root: Schema, spec: Schema) -> str:
    """Say in words what a key takes."""
    spec = follow(root, spec)
    if "enum" in spec:
        return " or ".join(_code(option) for option in spec["enum"])
    if "anyOf" in spec:
        return " or ".join(dict.fromkeys(_takes(root, branch) for branch in spec["anyOf"]))
    if "title" in spec:
        return str(spec["title"])
    kind = spec.get("type")
    if kind == "array":
        return f"a list, each item {_takes(root, spec['items'])}"
    if kind == "object" and isinstance(spec.get("additionalProperties"), dict):
        return f"a mapping, each NAME to {_takes(root, spec['additionalProperties'])}"
    if kind == "object":
        keys = spec.get("required", ())
        return f"a mapping with {' and '.join(map(_code, keys))}" if keys else "a mapping"
    if kind == "integer":
        low, high = spec.get("minimum"), spec.get("maximum")
        return f"{low} to {high}" if high is not None else f"a whole number from {low}"
    return {"boolean": "`true` or `false`", "string": "a text"}[str(kind)]


def _forms(root: Schema) -> str:
    """Return how each kind of text is written."""
    forms = {
        spec["title"]: spec["patternErrorMessage"].removeprefix(f"{spec['title']} ")
        for spec in root["definitions"].values()
        if "patternErrorMessage" in spec
    }
    return "## Texts\n\n" + "".join(f"- {title}: {how}\n" for title, how in forms.items())


def _table(rows: list[Row]) -> str:
    lines = ["| key | takes | default | |", "|---|---|---|---|"]
    lines += [f"| `{row.place}` | {row.takes} | {row.default} | {row.about} |" for row in rows]
    return "\n".join(lines) + "\n"


def _code(value: object) -> str:
    if value == "":
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
