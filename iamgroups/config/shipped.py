"""The JSON schemas that ship with the package."""

import json
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

# In a wheel the schemas lie inside the package, in a checkout beside it.
_FOLDERS = (Path(__file__).parents[1] / "schemas", Path(__file__).parents[2] / "schemas")


@cache
def schema(name: str) -> Schema:
    """Return a shipped schema, `$ref`s replaced by what they name; `name` as in `schemas/NAME.schema.json`.

    Shared by all callers: never change it.
    """
    as_written = written(name)
    inlined: Schema = _inline(as_written, as_written, {})
    return inlined


def written(name: str) -> Schema:
    """Return a shipped schema as it is in its file."""
    content: Schema = json.loads(text(name))
    return content


def text(name: str) -> str:
    """Return the text of a shipped schema's file."""
    for folder in _FOLDERS:
        file = folder / f"{name}.schema.json"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise FileNotFoundError(f"no schema {name!r} in {', '.join(map(str, _FOLDERS))}")


def follow(root: Schema, spec: Schema) -> Schema:
    """Return what a subschema's `$ref` names, with the annotations that stand beside the `$ref`."""
    if "$ref" not in spec:
        return spec
    target: Any = root
    for part in spec["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**target, **{key: value for key, value in spec.items() if key != "$ref"}}


def _inline(value: Any, root: Schema, done: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_inline(item, root, done) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        pointer = value["$ref"]
        if pointer not in done:
            done[pointer] = _inline(follow(root, {"$ref": pointer}), root, done)
        return done[pointer]
    return {key: _inline(item, root, done) for key, item in value.items() if key != "definitions"}
