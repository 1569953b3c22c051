"""The JSON schemas that ship with the package. Must not validate anything."""

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
    for folder in _FOLDERS:
        file = folder / f"{name}.schema.json"
        if file.is_file():
            written: Schema = json.loads(file.read_text(encoding="utf-8"))
            inlined: Schema = _inline(written, written, {})
            return inlined
    raise FileNotFoundError(f"no schema {name!r} in {', '.join(map(str, _FOLDERS))}")


def _inline(value: Any, root: Schema, done: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_inline(item, root, done) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        pointer = value["$ref"]
        if pointer not in done:
            target: Any = root
            for part in pointer.removeprefix("#/").split("/"):
                target = target[part]
            done[pointer] = _inline(target, root, done)
        return done[pointer]
    return {key: _inline(item, root, done) for key, item in value.items() if key != "definitions"}
