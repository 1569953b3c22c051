"""Whether data has the shape its schema gives it, in words people can act on."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from iamgroups.config.fits import fits
from iamgroups.config.shipped import Schema, schema
from iamgroups.config.source_file import SourceFile, printable
from iamgroups.config.tree import Marks, Node
from iamgroups.errors import Problem

if TYPE_CHECKING:
    from iamgroups.config.violations import Explanations, Path, Violation

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,8})", re.ASCII)

# A file with more than this many mistakes has one mistake.
MAX_VIOLATIONS = 1000


def check(data: Any, name: str, file: str = "") -> list[Problem]:
    """Check JSON data against a shipped schema; problems name the place as a dotted path."""
    found = violations(data, schema(name))
    where = SourceFile(file, "").position(1, 1) if file else None
    return [
        Problem(printable(violation.message), where, printable(violation.hint) if violation.hint else None)
        for violation in found
    ]


def type_scalars(value: Any, spec: Schema) -> Any:
    """Return YAML data with the texts that the schema wants as booleans or integers turned into those.

    Changes mappings and lists in place. A text that does not fit stays, for `violations` to find.
    """
    if isinstance(value, str):
        kind = spec.get("type")
        if kind == "boolean" and value in ("true", "false"):
            return value == "true"
        return int(value) if kind == "integer" and _INTEGER.fullmatch(value) else value
    for branch in spec.get("anyOf", (spec,)):
        if isinstance(value, dict):
            for key, item in value.items():
                below = branch.get("properties", {}).get(key, branch.get("additionalProperties"))
                if isinstance(below, dict) and _has_typed(below):
                    value[key] = type_scalars(item, below)
        elif isinstance(value, list) and (below := branch.get("items")) and _has_typed(below):
            for index, item in enumerate(value):
                if not (isinstance(item, str) and "anyOf" in below):
                    value[index] = type_scalars(item, below)
    return value


def violations(data: Any, spec: Schema, explanations: "Explanations | None" = None) -> "list[Violation]":
    """Return every violation of the (inlined) schema that jsonschema finds, MAX_VIOLATIONS at most."""
    if fits(data, spec):
        return []
    from iamgroups.config.validator import validator_class
    from iamgroups.config.violations import worded

    errors = list(islice(validator_class()(spec).iter_errors(data), MAX_VIOLATIONS))
    # A mapping with an unknown key is not also told which key it lacks: most likely it is that one.
    unknown = {tuple(e.absolute_path) for e in errors if e.validator == "additionalProperties"}
    found: dict[tuple[Path, str], Violation] = {}
    for error in errors:
        path: Path = tuple(error.absolute_path)
        if error.validator == "required" and path in unknown:
            continue
        # What has the wrong type has the wrong pattern too: the first complaint about a value is enough.
        about = error.message if error.validator in ("additionalProperties", "required") else ""
        found.setdefault((path, about), worded(error, explanations or {}))
    return list(found.values())


def locate(node: Node, violation: "Violation") -> Problem:
    """Return the violation as a problem at its place in the tree."""
    for step in violation.path:
        node = node[step]
    return node.problem(violation.message, violation.hint, violation.key)


def prune(root: Node, found: "Sequence[Violation]") -> None:
    """Remove what is faulty from the tree; everything when there may be more than was found."""
    doomed: dict[int, tuple[Any, Marks, set[Any]]] = {}
    for violation in found:
        steps = (*violation.path, violation.key) if violation.key is not None else violation.path
        if not steps or len(found) >= MAX_VIOLATIONS:
            root.value, root.marks = {}, Marks(root.spot, {})
            return
        node = root
        for step in steps[:-1]:
            node = node[step]
        assert isinstance(node.marks, Marks)
        doomed.setdefault(id(node.value), (node.value, node.marks, set()))[2].add(steps[-1])
    for value, marks, keys in doomed.values():
        for key in sorted(keys, reverse=True):
            del value[key]
            del marks.children[key]


def _has_typed(spec: Schema) -> bool:
    known: bool | None = _TYPED.get(id(spec))
    if known is None:
        known = spec.get("type") in ("boolean", "integer") or any(
            _has_typed(below)
            for group in ("properties", "additionalProperties", "items", "anyOf")
            for below in _subschemas(spec.get(group), group)
        )
        _TYPED[id(spec)] = known
    return known


# Inlined schemas live as long as the process, so their ids are theirs alone.
_TYPED: dict[int, bool] = {}


def _subschemas(value: Any, group: str) -> list[Schema]:
    if group == "properties" and value:
        return list(value.values())
    if group == "anyOf":
        return list(value or ())
    return [value] if isinstance(value, dict) else []
