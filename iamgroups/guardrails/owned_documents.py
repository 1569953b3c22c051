"""owned_documents: warns of owned policies that allow everything, or writing to IAM. It never blocks."""

from collections.abc import Iterator
from typing import Any

from iamgroups.guardrails.context import Context
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.planning.note import Finding
from iamgroups.policy.grants import spares_iam, writes_iam
from iamgroups.policy.statements import statements, texts

RULE = "owned_documents"


def judge(context: Context, _: Any) -> Iterator[Finding]:
    """Yield a warning for each owned document that allows `*` or IAM writes."""
    for decl in context.config.policies:
        actions = list(_powerful(decl.document))
        if actions:
            message = f"policy {decl.name} allows {listed(actions)}: whoever holds it may widen their access"
            yield Finding(RULE, message, False, (f"policy/{decl.name}",), (decl.position,))


def _powerful(document: Any) -> Iterator[str]:
    """Yield the actions allowed that are `*` or may write to IAM; `NotAction` allows all the others."""
    for statement in statements(document):
        if statement.get("Effect") != "Allow":
            continue
        yield from filter(writes_iam, texts(statement, "Action"))
        spared = texts(statement, "NotAction")
        if spared and not spares_iam(spared):
            yield f"everything but {listed(spared)}"


GUARDRAIL = Guardrail(RULE, judge)
