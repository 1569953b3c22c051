"""Whether data plainly fits a schema. Good files are told at once, and jsonschema is not even imported.

"No" is no verdict: jsonschema then says what is wrong, if anything is.
"""

import re
import sys
from collections.abc import Callable, Collection
from typing import Any

from iamgroups.config.shipped import Schema

Check = Callable[[Any], bool]

# What a schema says to people. Any other key that is not below is left to jsonschema.
WORDS = frozenset({
    "$schema", "title", "description", "default", "examples", "patternErrorMessage", "keyHints",
})  # fmt: skip
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}


def fits(data: Any, spec: Schema) -> bool:
    """Tell whether data surely fits a shipped schema."""
    return _check_of(spec)(data)


def _check_of(spec: Schema) -> Check:
    if id(spec) not in _MADE:
        # The schema is kept beside its check, so that its id stays its own.
        _MADE[id(spec)] = (spec, _made(spec))
    return _MADE[id(spec)][1]


_MADE: dict[int, tuple[Schema, Check]] = {}


def _made(spec: Schema) -> Check:
    checks = [CHECKS[key](spec[key], spec) if key in CHECKS else _doubt for key in spec if key not in WORDS]
    return lambda value: all(check(value) for check in checks)


def _doubt(_: Any) -> bool:
    return False


def _type(wanted: str | list[str], _: Schema) -> Check:
    names = [wanted] if isinstance(wanted, str) else wanted
    known = {TYPES[name] for name in names if name in TYPES}
    return lambda value: type(value) in known


def _enum(allowed: list[Any], _: Schema) -> Check:
    # In Python, but not in JSON, True is 1.
    known = {(type(each), each) for each in allowed if isinstance(each, str | int)}
    return lambda value: isinstance(value, str | int) and (type(value), value) in known


def _pattern(pattern: str, _: Schema) -> Check:
    search = re.compile(pattern).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _long(kind: type, least: int, most: int = sys.maxsize) -> Check:
    return lambda value: not isinstance(value, kind) or least <= len(value) <= most  # type: ignore[arg-type]


def _properties(known: dict[str, Schema], _: Schema) -> Check:
    checks = {key: _check_of(below) for key, below in known.items()}

    def check(value: Any) -> bool:
        return not isinstance(value, dict) or all(
            checks[key](item) for key, item in value.items() if key in checks
        )

    return check


def _additional(below: bool | Schema, spec: Schema) -> Check:
    known: Collection[str] = spec.get("properties", {})
    fit = _check_of(below) if isinstance(below, dict) else lambda _: bool(below)

    def check(value: Any) -> bool:
        return not isinstance(value, dict) or all(
            fit(item) for key, item in value.items() if key not in known
        )

    return check


def _names(below: Schema, _: Schema) -> Check:
    fit = _check_of(below)
    return lambda value: not isinstance(value, dict) or all(map(fit, value))


def _items(below: Schema, _: Schema) -> Check:
    fit = _check_of(below)
    return lambda value: not isinstance(value, list) or all(map(fit, value))


def _any_of(branches: list[Schema], _: Schema) -> Check:
    fitting = [_check_of(branch) for branch in branches]
    return lambda value: any(fit(value) for fit in fitting)


def _required(keys: list[str], _: Schema) -> Check:
    return lambda value: not isinstance(value, dict) or all(key in value for key in keys)


def _unique(wanted: bool, _: Schema) -> Check:
    def check(value: Any) -> bool:
        if not (wanted and isinstance(value, list)):
            return True
        return all(isinstance(item, str) for item in value) and len({*value}) == len(value)

    return check


# Keyword -> what makes a check of its value, given the schema around it.
CHECKS: dict[str, Callable[[Any, Schema], Check]] = {
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "minLength": lambda least, _: _long(str, least),
    "maxLength": lambda most, _: _long(str, 0, most),
    "minItems": lambda least, _: _long(list, least),
    "minProperties": lambda least, _: _long(dict, least),
    "minimum": lambda least, _: lambda value: not isinstance(value, int | float) or value >= least,
    "maximum": lambda most, _: lambda value: not isinstance(value, int | float) or value <= most,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "anyOf": _any_of,
    "required": _required,
    "uniqueItems": _unique,
}
