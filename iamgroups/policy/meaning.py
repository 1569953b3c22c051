"""What a policy document means, in one form for all the ways to write it."""

import hashlib
import json
from typing import Any

from iamgroups.policy.statements import Statement, condition_tests, has_variables, statements, texts

# Without a Version, and with this one, `${` is ordinary text.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
DEFAULT_VERSION = "2008-10-17"

_CASELESS_OPERATORS = ("bool", "boolifexists", "null")


def meaning(document: Any) -> Any:
    """Return plain data that is equal for documents that mean the same.

    What does not count: order, repetition, one value or a list of one, the case of actions, of operators
    and of condition keys, an empty Condition or Sid, and the Version where no statement has `${`.
    """
    if not isinstance(document, dict):
        return document
    found = statements(document)
    body = {key: value for key, value in document.items() if key not in ("Version", "Statement")}
    if any(map(has_variables, found)):
        body["Version"] = document.get("Version", DEFAULT_VERSION)
    unique = {json.dumps(_statement(statement), sort_keys=True) for statement in found}
    return {**body, "Statement": [json.loads(text) for text in sorted(unique)]}


def same(left: Any, right: Any) -> bool:
    """Tell whether two documents mean the same."""
    return bool(meaning(left) == meaning(right))


def digest(document: Any) -> str:
    """Return the sha256 (hex) of what a document means."""
    text = json.dumps(meaning(document), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def condition_meaning(statement: Statement) -> list[Any]:
    """Return the tests as `[operator, key, values]`, the same for conditions that mean the same."""
    return sorted(
        [operator.lower(), key.lower(), sorted({_folded(operator, value) for value in values})]
        for operator, key, values in condition_tests(statement)
    )


def _folded(operator: str, value: str) -> str:
    """Fold the values of the operators that ignore case, with a set prefix (`ForAllValues:`) or without."""
    return value.lower() if operator.lower().rpartition(":")[2] in _CASELESS_OPERATORS else value


def _statement(statement: Statement) -> Statement:
    result: Statement = {}
    for key, value in statement.items():
        if key in ("Action", "NotAction"):
            result[key] = sorted({action.lower() for action in texts(statement, key)})
        elif key in ("Resource", "NotResource"):
            result[key] = sorted(set(texts(statement, key)))
        elif key == "Condition":
            result[key] = condition_meaning(statement)
        elif key != "Sid" or value:
            result[key] = value
    return {key: value for key, value in result.items() if key != "Condition" or value}
