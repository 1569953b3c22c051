"""jsonschema's errors, in words people can act on."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from iamgroups.config.shipped import Schema
from iamgroups.config.similar import did_you_mean
from iamgroups.config.source_file import quoted

_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "nothing",
}
_BOOLEANS = {
    **dict.fromkeys(("yes", "on", "y", "1", "true"), "true"),
    **dict.fromkeys(("no", "off", "n", "0", "false"), "false"),
}
_PREFIXES = {"aws", "local", "arn"}  # of a policy

Path = tuple[str | int, ...]


class Violation(NamedTuple):
    """One violation: `path` leads to the value; `key` is the offending key of that mapping, if any."""

    path: Path
    key: str | None
    message: str
    hint: str | None


# Title of a subschema -> what to say about a text that does not match it.
Explanations = Mapping[str, Callable[[str], str | None]]


def worded(error: Any, explanations: Explanations) -> Violation:
    """Return what an error of our validator (`validator.py`) means to whoever wrote the data."""
    path: Path = tuple(error.absolute_path)
    kind, spec, value = error.validator, error.schema, error.instance
    if kind == "additionalProperties":
        return _unknown_key(path, error.message, spec)
    if kind == "required":
        hint = spec.get("keyHints", {}).get(error.message)
        return Violation(path, None, f"{label(path)} needs the key {quoted(error.message)}", hint)
    if "propertyNames" in error.absolute_schema_path:
        return Violation(path, value, *_mismatch(value, spec, explanations))
    if kind in ("type", "anyOf"):
        return Violation(path, None, *_wrong_type(path, value, _types(error)))
    if kind in ("enum", "const"):
        allowed = error.validator_value if kind == "enum" else [spec["const"]]
        options = [str(option).lower() if isinstance(option, bool) else str(option) for option in allowed]
        hint = did_you_mean(value, options) if isinstance(value, str) else None
        return Violation(
            path, None, f"{label(path)} must be {' or '.join(options)}, not {_actual(value)}", hint
        )
    if kind == "pattern":
        return Violation(path, None, *_mismatch(value, spec, explanations))
    return Violation(path, None, f"{label(path)} {_limit(kind, error.validator_value)}", None)


def _unknown_key(path: Path, key: str, spec: Schema) -> Violation:
    where = f" in {label(path)}" if path else ""
    known = list(spec.get("properties", ()))
    hint = spec.get("keyHints", {}).get(key) or did_you_mean(key, known) or f"known keys: {', '.join(known)}"
    return Violation(path, key, f"unknown key {quoted(key)}{where}", hint)


def _mismatch(value: str, spec: Schema, explanations: Explanations) -> tuple[str, str | None]:
    title = spec.get("title", "allowed here")
    explain = explanations.get(title)
    hint = (explain(value) if explain else None) or spec.get("patternErrorMessage")
    if not value:
        return f"{title} is missing here", hint
    return f"{quoted(value)} is not {title}", hint


def _wrong_type(path: Path, value: Any, kinds: list[str]) -> tuple[str, str | None]:
    wanted = " or ".join(dict.fromkeys(_WORDS[kind] for kind in kinds))
    if value == "":
        hint = "write [] for an empty list, or remove the key" if "array" in kinds else None
        return f"{label(path)} has no value; it must be {wanted}", hint
    hint = None
    if kinds == ["boolean"] and str(value).lower() in _BOOLEANS:
        hint = f"write {_BOOLEANS[str(value).lower()]}"
    elif kinds == ["integer"] and isinstance(value, str) and value.startswith("0") and value.isdigit():
        hint = "a number does not begin with 0"
    elif kinds == ["array"] and isinstance(value, str) and len(value) < 60:
        hint = f"write [{value}]"
    elif kinds == ["object"] and isinstance(value, list):
        hint = "write each name as a key with a colon, without a dash: `NAME: {...}`"
    elif kinds == ["string"] and isinstance(value, dict) and len(value) == 1 and {*value} <= _PREFIXES:
        hint = f"a space after the colon makes a mapping: write {next(iter(value))}:NAME"
    return f"{label(path)} must be {wanted}, not {_actual(value)}", hint


def _types(error: Any) -> list[str]:
    branches = error.validator_value if error.validator == "anyOf" else [error.schema]
    kinds: list[str] = []
    for branch in branches:
        kind = branch.get("type", [])
        kinds += [kind] if isinstance(kind, str) else kind
    return kinds


def _actual(value: Any) -> str:
    if isinstance(value, dict):
        return _WORDS["object"]
    if isinstance(value, list):
        return _WORDS["array"]
    if isinstance(value, bool):
        return str(value).lower()
    return _WORDS["null"] if value is None else quoted(value)


def _limit(kind: str, bound: Any) -> str:
    return {
        "minLength": "must not be empty",
        "maxLength": f"is longer than {bound} characters",
        "minItems": "must not be empty" if bound == 1 else f"needs at least {bound} items",
        "maxItems": f"must not have more than {bound} items",
        "minProperties": "must not be empty",
        "minimum": f"must be at least {bound}",
        "maximum": f"must be at most {bound}",
    }.get(kind, f"breaks the schema's rule `{kind}`")


def label(path: Path) -> str:
    """Return the path as people write it, `groups.devs.members[1]`; items count from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the file"
