"""Whether policy documents allow what a call needs."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from iamgroups.policy.conditions import problem
from iamgroups.policy.context import Context
from iamgroups.policy.evaluate import Layer, Request, Source, evaluate
from iamgroups.policy.parsed import parse_document
from iamgroups.sandbox.refusal import IamError


class Demand(NamedTuple):
    """What a call needs: an action (`iam:CreateGroup`) on a resource, with condition keys -> value."""

    action: str
    resource: str
    context: Mapping[str, str]


def allowed(documents: Iterable[Mapping[str, Any]], demand: Demand) -> bool:
    """Tell whether some statement allows it and none denies it; raises IamError for a condition not known."""
    sources = tuple(Source("", parse_document(document)) for document in documents)
    context = Context({key.lower(): (value,) for key, value in demand.context.items()}, absent=("",))
    resource = None if demand.resource == "*" else demand.resource
    request = Request(demand.action, resource, context, resourceless=resource is None)
    decision = evaluate([Layer("identity", sources)], request)
    if decision.verdict == "conditional":
        _refuse_unknown_conditions(sources)
    return decision.verdict == "allowed"


def _refuse_unknown_conditions(sources: Iterable[Source]) -> None:
    for source in sources:
        for statement in source.statements or ():
            for condition in statement.conditions:
                if wrong := problem(condition):
                    message = f"The embedded IAM cannot judge a condition: {wrong}."
                    raise IamError("MalformedPolicyDocument", message)
