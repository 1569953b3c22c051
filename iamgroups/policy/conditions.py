"""Whether a condition of a statement holds: true, false, or unknown where its key is not known.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and .../reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from functools import lru_cache
from typing import NamedTuple

from iamgroups.policy.comparisons import COMPARISONS, NEGATED, readable, without_value
from iamgroups.policy.parsed import Condition
from iamgroups.policy.request_context import Missing, RequestContext, Values
from iamgroups.policy.truth import Truth, all_of, any_of, negation

_QUALIFIERS = ("forallvalues:", "foranyvalue:")


class Operator(NamedTuple):
    """An operator taken apart: `name` is a key of COMPARISONS, "null", or "" for one that is not known."""

    name: str
    qualifier: str = ""
    negated: bool = False
    if_exists: bool = False


@lru_cache(maxsize=1024)
def operator_of(text: str) -> Operator:
    """Return what an operator is made of; case is ignored."""
    folded = text.lower()
    qualifier = next((prefix for prefix in _QUALIFIERS if folded.startswith(prefix)), "")
    bare = folded.removeprefix(qualifier)
    name = bare.removesuffix("ifexists")
    negated = name in NEGATED
    positive = NEGATED.get(name, name)
    if positive == "null":
        return Operator("null" if folded == "null" else "")
    return Operator(positive if positive in COMPARISONS else "", qualifier, negated, name != bare)


def problem(condition: Condition) -> str:
    """Return what makes a condition impossible to judge, in words; "" where nothing does."""
    found = operator_of(condition.operator)
    if not found.name:
        return f"the operator {condition.operator} is not known"
    if found.name == "null":
        wrong = [value for value in condition.values if value.lower() not in ("true", "false")]
    else:
        wrong = [value for value in condition.values if not readable(found.name, value)]
    return f"{condition.operator} cannot compare {wrong[0]}" if wrong else ""


def condition_holds(condition: Condition, context: RequestContext, variables: bool) -> Truth:
    """Tell whether a condition holds in a context."""
    operator = operator_of(condition.operator)
    values = context.get(condition.key)
    if problem(condition) or values is Missing.UNKNOWN:
        return None
    if operator.name == "null":
        wanted = "true" if values is Missing.ABSENT else "false"
        return any(value.lower() == wanted for value in condition.values)
    if values is Missing.ABSENT:
        return _absent(operator)
    return _known(operator, condition, values, context, variables)


def _absent(operator: Operator) -> bool:
    if operator.qualifier:
        return operator.qualifier == "forallvalues:"
    return operator.if_exists or operator.negated


def _known(
    operator: Operator, condition: Condition, values: Values, context: RequestContext, variables: bool
) -> Truth:
    if not operator.qualifier:
        return _passes(operator, condition, values[0], context, variables) if len(values) == 1 else None
    # An empty text counts as no value at all under a qualifier: either way has to agree.
    passed = [_passes(operator, condition, value, context, variables) for value in values]
    told = all_of(passed) if operator.qualifier == "forallvalues:" else any_of(passed)
    return told if "" not in values or told == _absent(operator) else None


def _passes(
    operator: Operator, condition: Condition, value: str, context: RequestContext, variables: bool
) -> Truth:
    """Tell whether one value of the request passes: one of the policy's fits, or for a negation none."""
    compare = COMPARISONS[operator.name]
    textual = variables and operator.name.startswith(("string", "arn"))
    if not operator.negated:
        return any_of(compare(wanted, value, context, textual) for wanted in condition.values)
    # Pages and tools disagree on a negation with a variable that has no value.
    return negation(
        any_of(
            None if without_value(wanted, context, textual) else compare(wanted, value, context, textual)
            for wanted in condition.values
        )
    )
