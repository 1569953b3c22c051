"""Whether data has the shape its schema gives it, in words people can act on. Must not know its meaning."""

import difflib
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from iamgroups.config.shipped import Schema, schema
from iamgroups.config.source import Source, printable, quoted
from iamgroups.config.tree import Marks, Node
from iamgroups.errors import Problem

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
_INTEGER = re.compile(r"-?[0-9]{1,9}", re.ASCII)

# A file with more than this many mistakes has one mistake.
MAX_FAULTS = 1000

Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """One violation: `path` leads to the value; `key` is the offending key of that mapping, if any."""

    path: Path
    key: str | None
    message: str
    hint: str | None


# Title of a subschema -> what to say about a text that does not match it.
Explanations = Mapping[str, Callable[[str], str | None]]


def check(data: Any, name: str, file: str = "") -> list[Problem]:
    """Check JSON data against a shipped schema; problems name the place as a dotted path."""
    found = faults(data, schema(name))
    where = Source(file, "").position(1, 1) if file else None
    return [
        Problem(printable(fault.message), where, printable(fault.hint) if fault.hint else None)
        for fault in found
    ]


def did_you_mean(name: str, known: Sequence[str]) -> str | None:
    """Return a hint that names the most similar of `known`, ignoring case; None when nothing is close."""
    by_fold = {other.lower(): other for other in known}
    close = difflib.get_close_matches(name.lower(), list(by_fold), n=1, cutoff=0.7)
    return f"did you mean {quoted(by_fold[close[0]])}?" if close else None


def type_scalars(value: Any, spec: Schema) -> Any:
    """Return YAML data with the texts that the schema wants as booleans or integers turned into those.

    Changes mappings and lists in place. A text that does not fit stays, for `faults` to find.
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


def faults(data: Any, spec: Schema, explanations: Explanations | None = None) -> list[Fault]:
    """Return every violation of the (inlined) schema, MAX_FAULTS at most; none when jsonschema finds none."""
    errors = list(islice(_validator()(spec).iter_errors(data), MAX_FAULTS))
    # A mapping with an unknown key is not also told which key it lacks: most likely it is that one.
    unknown = {tuple(e.absolute_path) for e in errors if e.validator == "additionalProperties"}
    found: dict[tuple[Path, str], Fault] = {}
    for error in errors:
        path: Path = tuple(error.absolute_path)
        if error.validator == "required" and path in unknown:
            continue
        # What has the wrong type has the wrong pattern too: the first complaint about a value is enough.
        about = error.message if error.validator in ("additionalProperties", "required") else ""
        found.setdefault((path, about), _fault(error, explanations or {}))
    return list(found.values())


def locate(node: Node, fault: Fault) -> Problem:
    """Return the fault as a problem at its place in the tree."""
    for step in fault.path:
        node = node[step]
    return node.problem(fault.message, fault.hint, fault.key)


def prune(root: Node, found: Sequence[Fault]) -> None:
    """Remove what is faulty from the tree; everything when there may be more than was found."""
    doomed: dict[int, tuple[Any, Marks, set[Any]]] = {}
    for fault in found:
        steps = (*fault.path, fault.key) if fault.key is not None else fault.path
        if not steps or len(found) >= MAX_FAULTS:
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


@cache
def _validator() -> Any:
    """Return a validator class with the same verdicts as jsonschema's, faster and one error per mistake.

    A list of 40,000 names is what costs: texts that plainly fit are not shown to jsonschema.
    """
    from jsonschema import validators

    def items(validator: Any, spec: Schema, instance: Any, _: Schema) -> Iterator[Any]:
        if isinstance(instance, list):
            fits = _plain_text(spec)
            for index, item in enumerate(instance):
                if not (fits and isinstance(item, str) and fits(item)):
                    yield from validator.descend(item, spec, path=index)

    return validators.extend(_base(), {"items": items})  # type: ignore[no-untyped-call]


@cache
def _base() -> Any:
    from jsonschema import Draft202012Validator, ValidationError, validators

    def any_of(validator: Any, branches: list[Schema], instance: Any, _: Schema) -> Iterator[Any]:
        branch = _branch(validator, branches, instance)
        if branch is None:
            yield ValidationError("")
            return
        errors = list(validator.descend(instance, branch))
        if errors and not any(validator.evolve(schema=other).is_valid(instance) for other in branches):
            yield from errors

    def additional(validator: Any, below: Any, instance: Any, spec: Schema) -> Iterator[Any]:
        if not isinstance(instance, dict):
            return
        known = spec.get("properties", {})
        patterns = spec.get("patternProperties", ())
        for key in instance:
            if key in known or any(re.search(pattern, key) for pattern in patterns):
                continue
            if isinstance(below, dict):
                yield from validator.descend(instance[key], below, path=key)
            elif below is False:
                yield ValidationError(key)

    def required(_: Any, keys: list[str], instance: Any, __: Schema) -> Iterator[Any]:
        if isinstance(instance, dict):
            yield from (ValidationError(key) for key in keys if key not in instance)

    return validators.extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, {"anyOf": any_of, "additionalProperties": additional, "required": required}
    )


def _plain_text(spec: Schema) -> Callable[[str], object] | None:
    """Return what is true of a text that surely fits the schema; None where only jsonschema can tell."""
    for branch in spec.get("anyOf", (spec,)):
        if branch.get("type") == "string" and "pattern" in branch and branch.keys() <= _PLAIN:
            pattern, longest = re.compile(branch["pattern"]), branch.get("maxLength", sys.maxsize)
            return lambda text: len(text) <= longest and pattern.search(text)
    return None


# What a subschema may hold for `_plain_text` to judge by: the rest of it are words for people.
_PLAIN = frozenset({"type", "pattern", "maxLength", "title", "description", "patternErrorMessage"})


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


def _fault(error: Any, explanations: Explanations) -> Fault:
    path: Path = tuple(error.absolute_path)
    kind, spec, value = error.validator, error.schema, error.instance
    if kind == "additionalProperties":
        return _unknown_key(path, error.message, spec)
    if kind == "required":
        hint = spec.get("keyHints", {}).get(error.message)
        return Fault(path, None, f"{label(path)} needs the key {quoted(error.message)}", hint)
    if "propertyNames" in error.absolute_schema_path:
        return Fault(path, value, *_mismatch(value, spec, explanations))
    if kind in ("type", "anyOf"):
        return Fault(path, None, *_wrong_type(path, value, _types(error)))
    if kind in ("enum", "const"):
        options = [str(option) for option in (error.validator_value if kind == "enum" else [spec["const"]])]
        hint = did_you_mean(value, options) if isinstance(value, str) else None
        return Fault(path, None, f"{label(path)} must be {' or '.join(options)}, not {_actual(value)}", hint)
    if kind == "pattern":
        return Fault(path, None, *_mismatch(value, spec, explanations))
    return Fault(path, None, f"{label(path)} {_limit(kind, error.validator_value)}", None)


def _unknown_key(path: Path, key: str, spec: Schema) -> Fault:
    where = f" in {label(path)}" if path else ""
    known = list(spec.get("properties", ()))
    hint = spec.get("keyHints", {}).get(key) or did_you_mean(key, known) or f"known keys: {', '.join(known)}"
    return Fault(path, key, f"unknown key {quoted(key)}{where}", hint)


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
    elif kinds == ["array"] and isinstance(value, str) and len(value) < 60:
        hint = f"write [{value}]"
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
