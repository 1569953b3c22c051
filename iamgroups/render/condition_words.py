"""Conditions of policies in words."""

from collections.abc import Iterable, Sequence

from iamgroups.access.scope import Scope
from iamgroups.policy.conditions import operator_of
from iamgroups.policy.parsed import Condition

_VERBS = {
    "stringequals": ("is", "is not"),
    "stringequalsignorecase": ("is", "is not"),
    "stringlike": ("is like", "is not like"),
    "numericequals": ("is", "is not"),
    "numericlessthan": ("is less than", "is at least"),
    "numericlessthanequals": ("is at most", "is more than"),
    "numericgreaterthan": ("is more than", "is at most"),
    "numericgreaterthanequals": ("is at least", "is less than"),
    "dateequals": ("is", "is not"),
    "datelessthan": ("is before", "is not before"),
    "datelessthanequals": ("is not after", "is after"),
    "dategreaterthan": ("is after", "is not after"),
    "dategreaterthanequals": ("is not before", "is before"),
    "bool": ("is", "is not"),
    "binaryequals": ("is", "is not"),
    "ipaddress": ("is in", "is not in"),
    "arnequals": ("is like", "is not like"),
    "arnlike": ("is like", "is not like"),
}


def words(condition: Condition, holds: bool = True) -> str:
    """Return what has to be so for a condition to hold, or not to hold."""
    found = operator_of(condition.operator)
    if found.name == "null":
        absent = (condition.values[:1] == ("true",)) == holds
        return f"{condition.key} is {'absent' if absent else 'present'}"
    if not found.name:
        return written(condition) if holds else f"not ({written(condition)})"
    verb = _VERBS[found.name][found.negated == holds]
    values = " or ".join(condition.values)
    each = {"forallvalues:": "every ", "foranyvalue:": "a value of "}.get(found.qualifier, "")
    text = f"{each}{condition.key} {verb} {values}"
    if found.if_exists and holds:
        return f"{text} or is absent"
    return text


def written(condition: Condition) -> str:
    """Return a condition as it is written: `BoolIfExists aws:MultiFactorAuthPresent = false`."""
    return f"{condition.operator} {condition.key} = {', '.join(condition.values)}"


def all_words(conditions: Iterable[Condition], joined: str = " and ") -> str:
    """Return what has to be so for all of them to hold."""
    return joined.join(words(condition) for condition in conditions)


def scope(limits: Scope) -> str:
    """Return the resources and conditions of a scope: `on arn:... if ...`."""
    parts = []
    if limits.resources:
        parts.append(("on all but " if limits.not_resources else "on ") + _some(limits.resources))
    if limits.conditions:
        parts.append(f"if {all_words(limits.conditions)}")
    if limits.uncertain:
        parts.append("if AWS takes a wildcard in the service of an action")
    if limits.ceiling:
        parts.append(f"and the boundary only {scope(limits.ceiling)}")
    return " ".join(parts)


def scopes(found: Sequence[Scope], shown: int = 3) -> str:
    """Return several scopes, each alternative once."""
    texts = list(dict.fromkeys(filter(None, map(scope, found))))
    rest = len(texts) - shown
    return "; or ".join(texts[:shown]) + (f"; or {rest} more ways" if rest > 0 else "")


def _some(texts: Sequence[str], shown: int = 3) -> str:
    rest = len(texts) - shown
    return ", ".join(texts[:shown]) + (f", {rest} more" if rest > 0 else "")
