"""jsonschema's verdicts, faster and with one error per mistake."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from iamgroups.config.fits import fits
from iamgroups.config.shipped import Schema


@cache
def validator_class() -> Any:
    """Return a validator class with the same verdicts as jsonschema's for an inlined schema.

    `additionalProperties` and `required` carry the key as their message; `anyOf` reports one branch.
    """
    from jsonschema import Draft202012Validator, validators

    rules = {"items": _items, "anyOf": _any_of, "additionalProperties": _additional, "required": _required}
    return validators.extend(Draft202012Validator, rules)  # type: ignore[no-untyped-call]


def _items(validator: Any, spec: Schema, instance: Any, _: Schema) -> Iterator[Any]:
    """Check a list. One of 40,000 names is what costs: jsonschema is not shown items that plainly fit."""
    if isinstance(instance, list):
        for index, item in enumerate(instance):
            if not fits(item, spec):
                yield from validator.descend(item, spec, path=index)


def _any_of(validator: Any, branches: list[Schema], instance: Any, _: Schema) -> Iterator[Any]:
    branch = _branch(validator, branches, instance)
    if branch is None:
        yield _error("")
        return
    errors = list(validator.descend(instance, branch))
    if errors and not any(validator.evolve(schema=other).is_valid(instance) for other in branches):
        yield from errors


def _additional(validator: Any, below: Any, instance: Any, spec: Schema) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    known, patterns = spec.get("properties", {}), spec.get("patternProperties", ())
    for key in instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        if isinstance(below, dict):
            yield from validator.descend(instance[key], below, path=key)
        elif below is False:
            yield _error(key)


def _required(_: Any, keys: list[str], instance: Any, __: Schema) -> Iterator[Any]:
    if isinstance(instance, dict):
        yield from (_error(key) for key in keys if key not in instance)


def _error(message: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(message)


def _branch(validator: Any, branches: list[Schema], instance: Any) -> Schema | None:
    """Pick the branch that the value was meant for: of its type, and with the most of its required keys."""
    fitting = [branch for branch in branches if _is_type(validator, branch, instance)]
    if isinstance(instance, dict):
        fitting.sort(key=lambda branch: -sum(key in instance for key in branch.get("required", ())))
    return fitting[0] if fitting else None


def _is_type(validator: Any, branch: Schema, instance: Any) -> bool:
    kinds = branch.get("type")
    if kinds is None:
        return True
    return any(validator.is_type(instance, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds))
