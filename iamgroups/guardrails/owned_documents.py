"""owned_documents: warns of owned policies that allow everything, or writing to IAM. It never blocks."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from iamgroups.guardrails.context import Context
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.planning import Finding

RULE = "owned_documents"
# Every read action of IAM begins with one of these.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
READS = ("get", "list", "simulate", "generate")


def judge(context: Context, _: Any) -> Iterator[Finding]:
    """Yield a warning for each owned document that allows `*` or IAM writes."""
    for decl in context.config.policies:
        actions = [action for statement in _allowing(decl.document) for action in _powerful(statement)]
        if actions:
            message = f"policy {decl.name} allows {listed(actions)}: whoever holds it may widen their access"
            yield Finding(RULE, message, False, (f"policy/{decl.name}",), (decl.position,))


def _allowing(document: Any) -> Iterator[Any]:
    statements = document.get("Statement", ()) if isinstance(document, dict) else ()
    for statement in statements if isinstance(statements, list | tuple) else [statements]:
        if isinstance(statement, dict) and statement.get("Effect") == "Allow":
            yield statement


def _powerful(statement: dict[str, Any]) -> Iterator[str]:
    """Yield the statement's actions that are `*` or may write to IAM; `NotAction` allows all the others."""
    yield from (action for action in _strings(statement.get("Action")) if _writes_iam(action))
    spared = _strings(statement.get("NotAction"))
    if spared and not any(fnmatchcase("iam:*", action.lower()) for action in spared):
        yield f"everything but {listed(spared)}"


def _writes_iam(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    if action == "*":
        return True
    literal = name.split("*")[0].split("?")[0]
    return fnmatchcase("iam", service) and not literal.startswith(READS)


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [item for item in values if isinstance(item, str)]


GUARDRAIL = Guardrail(RULE, judge)
