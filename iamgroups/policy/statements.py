"""Walk the statements of a policy document, in every shape that AWS accepts.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Iterator
from typing import Any

Statement = dict[str, Any]
# Keys and indexes that lead to a value in a document.
Place = tuple[str | int, ...]


def as_list(value: Any) -> list[Any]:
    """Return the value as a list: the grammar takes one value wherever it takes several."""
    if isinstance(value, list | tuple):
        return list(value)
    return [value]


def statements(document: Any) -> list[Statement]:
    """Return the statements; what is not an object, as in a document that AWS refuses, is left out."""
    found = document.get("Statement", []) if isinstance(document, dict) else []
    return [statement for statement in as_list(found) if isinstance(statement, dict)]


def located(document: Any) -> Iterator[tuple[Place, Any]]:
    """Yield each statement with its place, of any type."""
    found = document.get("Statement", []) if isinstance(document, dict) else []
    if not isinstance(found, list):
        yield ("Statement",), found
        return
    for index, statement in enumerate(found):
        yield ("Statement", index), statement


def located_texts(document: Any, *keys: str) -> Iterator[tuple[Place, str]]:
    """Yield each text under these keys of all statements, with its place."""
    for place, statement in located(document):
        for key in keys if isinstance(statement, dict) else ():
            value = statement.get(key, [])
            for index, item in enumerate(as_list(value)):
                if isinstance(item, str):
                    yield (*place, key, *((index,) if isinstance(value, list) else ())), item


def texts(statement: Statement, key: str) -> list[str]:
    """Return the strings under a key such as `Action`; none where the key is absent."""
    return [value for value in as_list(statement.get(key, [])) if isinstance(value, str)]


def condition_tests(statement: Statement) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each condition test as operator, key and values, the values as the text that AWS compares."""
    condition = statement.get("Condition")
    for operator, block in condition.items() if isinstance(condition, dict) else ():
        for key, values in block.items() if isinstance(block, dict) else ():
            yield operator, key, [text(value) for value in as_list(values)]


def text(value: Any) -> str:
    """Return a condition value as text: the grammar takes `true` and `10` for "true" and "10"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def has_deny(document: Any) -> bool:
    """Tell whether a statement of the document denies."""
    return any(statement.get("Effect") == "Deny" for statement in statements(document))


def has_variables(statement: Statement) -> bool:
    """Tell whether `${` occurs where Version decides if it is a variable: in resources and conditions."""
    values = texts(statement, "Resource") + texts(statement, "NotResource")
    return any("${" in value for value in values) or any(
        "${" in value for _, _, wanted in condition_tests(statement) for value in wanted
    )
