"""Statements as the evaluation takes them: typed, and refused where IAM would refuse them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from iamgroups.policy.statements import as_list, text

Effect = Literal["Allow", "Deny"]
WITH_VARIABLES = "2012-10-17"


class MalformedStatement(ValueError):
    """A statement that IAM would refuse."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One test: the operator and key as written, and the values they are compared with."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `number` counts from 1. `not_actions`, `not_resources`: what the patterns leave over.

    `variables`: the document's version gives `${...}` a meaning.
    """

    number: int
    sid: str
    effect: Effect
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    conditions: tuple[Condition, ...] = ()
    variables: bool = True


def parse_document(document: Any) -> tuple[Statement, ...]:
    """Return the statements of a document. Raises: MalformedStatement."""
    if not isinstance(document, dict):
        raise MalformedStatement("the document is not an object")
    variables = document.get("Version") == WITH_VARIABLES
    return tuple(
        _statement(number, value, variables)
        for number, value in enumerate(as_list(document.get("Statement", [])), start=1)
    )


def _statement(number: int, value: Any, variables: bool) -> Statement:
    if not isinstance(value, dict) or value.get("Effect") not in ("Allow", "Deny"):
        raise MalformedStatement(f"statement {number} has no Effect of Allow or Deny")
    actions, not_actions = _patterns(number, value, "Action")
    resources, not_resources = _patterns(number, value, "Resource")
    return Statement(
        number=number,
        sid=str(value.get("Sid", "")),
        effect=value["Effect"],
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        conditions=tuple(_conditions(number, value.get("Condition", {}))),
        variables=variables,
    )


def _patterns(number: int, value: dict[str, Any], key: str) -> tuple[tuple[str, ...], bool]:
    """Return the patterns under a key or under its `Not` form, and whether it was that."""
    negated = f"Not{key}" in value
    found = as_list(value.get(f"Not{key}" if negated else key))
    if not all(isinstance(pattern, str) for pattern in found) or (negated and key in value):
        raise MalformedStatement(f"statement {number} needs {key} or Not{key}, a string or a list of strings")
    return tuple(found), negated


def _conditions(number: int, block: Any) -> Iterator[Condition]:
    if not isinstance(block, dict) or not all(isinstance(tests, dict) for tests in block.values()):
        raise MalformedStatement(f"the Condition of statement {number} is not operators with keys")
    for operator, tests in block.items():
        for key, values in tests.items():
            yield Condition(operator, key, tuple(map(text, as_list(values))))
