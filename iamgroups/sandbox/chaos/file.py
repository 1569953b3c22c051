"""Chaos from a file."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from iamgroups.bounded import check_objects, read_whole
from iamgroups.errors import UsageError
from iamgroups.sandbox import s3
from iamgroups.sandbox.chaos.engine import Chaos
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.service_model import service

MAX_BYTES = 1 << 20
MOST_OBJECTS = 20_000
# In a wheel the schemas lie inside the package, in a checkout beside it.
_FOLDERS = (Path(__file__).parents[2] / "schemas", Path(__file__).parents[3] / "schemas")


def read_chaos(path: Path) -> Chaos:
    """Return the chaos a file describes; raises UsageError."""
    return load_chaos(read_whole(path, MAX_BYTES), str(path))


def load_chaos(text: str | bytes, source: str = "chaos") -> Chaos:
    """Return the chaos that JSON describes; raises UsageError naming `source` and all that is wrong."""
    from jsonschema import Draft7Validator
    from jsonschema.exceptions import best_match

    check_objects(text, source, MOST_OBJECTS)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source}: not JSON: {error}") from error
    faults = [best_match([error]) for error in Draft7Validator(_schema()).iter_errors(data)]
    lines = [f"{fault.json_path}: {fault.message}" for fault in faults] or list(_impossible(data["rules"]))
    if lines:
        raise UsageError("\n".join(f"{source}: {line}" for line in lines))
    return Chaos(data["rules"], data.get("seed", 0))


def _impossible(rules: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what no call can meet and no call can do: misspelt, a rule would never fire."""
    known = {*service("iam").operations, *service("sts").operations, *s3.OPERATIONS}
    for place, rule in enumerate(rules):
        for glob in rule.get("operations", ()):
            if not any(fnmatchcase(operation, glob) for operation in known):
                yield f"$.rules[{place}].operations: {glob} is no operation of IAM, STS or S3 answered here"
        for call in rule["calls"] if rule["fault"] == "change" else ():
            try:
                service("iam").check(call["operation"], call["params"])
            except IamError as error:
                yield f"$.rules[{place}].calls: {call['operation']}: {error.message}"


@lru_cache(maxsize=1)
def _schema() -> Any:
    files = (folder / "chaos.schema.json" for folder in _FOLDERS)
    return json.loads(next(file for file in files if file.is_file()).read_text(encoding="utf-8"))
