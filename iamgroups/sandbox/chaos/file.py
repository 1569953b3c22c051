"""Chaos from a file. Must not accept what its schema does not describe."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from iamgroups.errors import UsageError
from iamgroups.sandbox.chaos.engine import Chaos

# In a wheel the schemas lie inside the package, in a checkout beside it.
_FOLDERS = (Path(__file__).parents[2] / "schemas", Path(__file__).parents[3] / "schemas")


def read_chaos(path: Path) -> Chaos:
    """Return the chaos a file describes; raises UsageError."""
    try:
        return load_chaos(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def load_chaos(text: str, source: str = "chaos") -> Chaos:
    """Return the chaos that JSON describes; raises UsageError naming `source` and all that is wrong."""
    from jsonschema import Draft7Validator
    from jsonschema.exceptions import best_match

    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source}: not JSON: {error}") from error
    faults = [best_match([error]) for error in Draft7Validator(_schema()).iter_errors(data)]
    if faults:
        lines = [f"{source}: {fault.json_path}: {fault.message}" for fault in faults]
        raise UsageError("\n".join(lines))
    return Chaos(data["rules"], data.get("seed", 0))


@lru_cache(maxsize=1)
def _schema() -> Any:
    files = (folder / "chaos.schema.json" for folder in _FOLDERS)
    return json.loads(next(file for file in files if file.is_file()).read_text(encoding="utf-8"))
