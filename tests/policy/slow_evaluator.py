"""A second evaluator, written from the same text: two-valued, everything known, statement by statement.

It shares no code with the first and knows only what the differential test makes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Keys = Mapping[str, str | None]  # in lower case; None is absent


def glob(pattern: Sequence[str], text: str) -> bool:
    if not pattern:
        return not text
    first, rest = pattern[0], pattern[1:]
    if first == "<any>":
        return any(glob(rest, text[place:]) for place in range(len(text) + 1))
    if not text:
        return False
    return (first in ("<one>", text[0])) and glob(rest, text[1:])


def symbols(text: str, keys: Keys, variables: bool, wildcards: bool = True) -> list[str] | None:
    found: list[str] = []
    while text:
        if variables and text.startswith("${") and "}" in text:
            name, _, text = text[2:].partition("}")
            value = name if name in ("*", "?", "$") else keys[name.lower()]
            if value is None:
                return None
            found += value
            continue
        wild = {"*": "<any>", "?": "<one>"}.get(text[0]) if wildcards else None
        found.append(wild or text[0])
        text = text[1:]
    return found


def fits(pattern: str, text: str, keys: Keys, variables: bool, wildcards: bool = True) -> bool:
    made = symbols(pattern, keys, variables, wildcards)
    return made is not None and glob(made, text)


def condition(operator: str, wanted: Sequence[str], value: str | None, keys: Keys, variables: bool) -> bool:
    if operator == "Null":
        return ("true" if value is None else "false") in wanted
    qualifier, _, name = operator.rpartition(":")
    exists, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    negated, name = "Not" in name, name.replace("Not", "")
    if value is None:
        if qualifier:
            return qualifier == "ForAllValues"
        return exists or negated
    if name == "StringEquals":
        found = any(fits(each, value, keys, variables, wildcards=False) for each in wanted)
    elif name == "StringLike":
        found = any(fits(each, value, keys, variables) for each in wanted)
    elif name == "Bool":
        found = any(each.lower() == value.lower() for each in wanted)
    else:
        assert name == "NumericLessThan"
        found = any(float(value) < float(each) for each in wanted)
    return found != negated


def applies(statement: Mapping[str, Any], action: str, resource: str, keys: Keys, variables: bool) -> bool:
    key = "Action" if "Action" in statement else "NotAction"
    matched = any(fits(each.lower(), action.lower(), {}, False) for each in statement[key])
    if matched != (key == "Action"):
        return False
    key = "Resource" if "Resource" in statement else "NotResource"
    matched = any(fits(each, resource, keys, variables) for each in statement[key])
    if matched != (key == "Resource"):
        return False
    return all(
        condition(operator, wanted, keys[name.lower()], keys, variables)
        for operator, tests in statement.get("Condition", {}).items()
        for name, wanted in tests.items()
    )


def allowed(layers: Sequence[Sequence[Mapping[str, Any]]], action: str, resource: str, keys: Keys) -> bool:
    """Tell whether every layer allows and none denies."""
    for documents in layers:
        effects = [
            statement["Effect"]
            for document in documents
            for statement in document["Statement"]
            if applies(statement, action, resource, keys, document["Version"] == "2012-10-17")
        ]
        if "Deny" in effects:
            return False
        if "Allow" not in effects:
            return False
    return True
