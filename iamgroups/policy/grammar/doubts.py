"""What AWS accepts in a policy document although it does nothing: most likely a slip."""

from collections.abc import Iterator
from typing import Any

from iamgroups.policy.grammar.refusal import Refusal
from iamgroups.policy.statements import located, located_texts


def doubts(document: Any) -> Iterator[Refusal]:
    """Yield what has no effect, with its place; AWS refuses none of it."""
    for place, action in located_texts(document, "Action", "NotAction"):
        if any(map(str.isspace, action)):
            yield Refusal(f"action {action!r} has a space and matches nothing", "", place=place)
    for place, statement in located(document):
        condition = statement.get("Condition") if isinstance(statement, dict) else None
        for operator, block in condition.items() if isinstance(condition, dict) else ():
            if block == {}:
                message = f"{operator} tests nothing: the statement applies without it"
                yield Refusal(message, "", place=(*place, "Condition"), key=operator)
            for key, values in block.items() if isinstance(block, dict) else ():
                if values == []:
                    message = f"{key} has no value to compare with"
                    yield Refusal(message, "", place=(*place, "Condition", operator, key))
