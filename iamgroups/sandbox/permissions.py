"""Whether policy documents allow one action on one resource. Must not know which call needs what.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from iamgroups.sandbox.refusal import IamError


class Demand(NamedTuple):
    """What a call needs: an action (`iam:CreateGroup`) on a resource, with condition keys -> value."""

    action: str
    resource: str
    context: Mapping[str, str]


def allowed(documents: Iterable[Mapping[str, Any]], demand: Demand) -> bool:
    """Tell whether some statement allows it and none denies it; raises IamError for a condition not known."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _list(document["Statement"])
        if _applies(statement, demand)
    }
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], demand: Demand) -> bool:
    resource = partial(_resource_matches, value=demand.resource, context=demand.context)
    return (
        _named(statement, "Action", lambda pattern: _like(pattern.lower(), demand.action.lower()))
        and _named(statement, "Resource", resource)
        and all(
            _condition_holds(operator, key, _list(values), demand.context)
            for operator, block in statement.get("Condition", {}).items()
            for key, values in block.items()
        )
    )


def _named(statement: Mapping[str, Any], key: str, matches: Callable[[str], bool]) -> bool:
    if key in statement:
        return any(matches(pattern) for pattern in _list(statement[key]))
    return not any(matches(pattern) for pattern in _list(statement[f"Not{key}"]))


def _resource_matches(pattern: str, value: str, context: Mapping[str, str]) -> bool:
    return _like(_filled(pattern, context), value)


def _filled(pattern: str, context: Mapping[str, str]) -> str:
    """Replace policy variables; one without a value matches nothing, as on AWS."""
    return re.sub(r"\$\{([^}]*)\}", lambda found: context.get(found[1].lower(), "\0"), pattern)


def _condition_holds(operator: str, key: str, wanted: Sequence[str], context: Mapping[str, str]) -> bool:
    value = context.get(key.lower())
    if operator == "Null":
        return (value is None) == (str(wanted[0]).lower() == "true")
    name, optional = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    negated = "Not" in name
    test = _TESTS.get(name.replace("Not", ""))
    if test is None:
        raise IamError("MalformedPolicyDocument", f"The embedded IAM does not know the condition {operator}.")
    if value is None:
        return optional or negated
    return any(test(_filled(str(pattern), context), value) for pattern in wanted) != negated


def _arn_like(pattern: str, value: str) -> bool:
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(_like, patterns, parts))


def _like(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda pattern, value: pattern == value,
    "StringEqualsIgnoreCase": lambda pattern, value: pattern.lower() == value.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda pattern, value: pattern.lower() == value.lower(),
}
