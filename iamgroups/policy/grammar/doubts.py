"""What AWS accepts in a policy document although it does nothing, or not what it says: most likely a slip."""

from collections.abc import Iterator
from typing import Any

from iamgroups.policy.grammar.conditions import bare
from iamgroups.policy.grammar.refusal import Refusal, shown
from iamgroups.policy.statements import Place, as_list, located, located_texts, text


def doubts(document: Any) -> Iterator[Refusal]:
    """Yield what is doubtful, with its place; AWS refuses none of it."""
    for place, action in located_texts(document, "Action", "NotAction"):
        if any(map(str.isspace, action)):
            yield Refusal(f"action {shown(action)} has a space and matches nothing", "", place=place)
    for place, resource in located_texts(document, "Resource", "NotResource"):
        parts = resource.split(":", 5)
        if 1 < len(parts) < 6 and parts[-1] != "*":
            message = f"{shown(resource)} has {len(parts)} parts of 6: AWS takes * for the rest"
            yield Refusal(message, "", place=place)
    for place, statement in located(document):
        condition = statement.get("Condition") if isinstance(statement, dict) else None
        for operator, block in condition.items() if isinstance(condition, dict) else ():
            yield from _test((*place, "Condition"), operator, block)


def _test(place: Place, operator: str, block: Any) -> Iterator[Refusal]:
    if block == {}:
        message = f"{operator} tests nothing: the statement applies without it"
        yield Refusal(message, "", place=place, key=operator)
    for key, values in block.items() if isinstance(block, dict) else ():
        if values == []:
            yield Refusal(f"{key} has no value to compare with", "", place=(*place, operator, key))
        if ":" not in key:
            message = (
                f"no request has the condition key {shown(key)}: a key is PREFIX:NAME, such as aws:SourceIp"
            )
            yield Refusal(message, "", place=(*place, operator), key=key)
        for index, value in enumerate(as_list(values)):
            if not _comparable(bare(operator), text(value)):
                below = (index,) if isinstance(values, list) else ()
                message = f"{operator} cannot compare with {shown(value)}"
                yield Refusal(message, "", place=(*place, operator, key, *below))


def _comparable(operator: str, wanted: str) -> bool:
    """Tell whether an operator can do something with a value. The grammar has judged the dates."""
    if "${" in wanted or operator.startswith("date"):
        return True
    from iamgroups.policy.comparisons import NEGATED, readable

    return readable("bool" if operator == "null" else NEGATED.get(operator, operator), wanted)
