"""Which conditions AWS accepts in a policy document.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from iamgroups.policy.grammar.refusal import LEGACY, Refusal, shown
from iamgroups.policy.statements import as_list, text

_COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
    *("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"),
    *(f"{kind}{comparison}" for kind in ("Numeric", "Date") for comparison in _COMPARISONS),
)
PREFIXES = ("", "ForAnyValue:", "ForAllValues:")
_FOLDED = frozenset(operator.lower() for operator in OPERATORS)

# What AWS takes for a date, as recorded: parts may be left out from the right, a fraction has 9 digits.
_DATE = re.compile(
    r"(?P<year>-?[0-9]{1,9})(-(?P<month>[0-9]{1,2})(-(?P<day>[0-9]{1,2}))?)?"
    r"(t((?P<hour>[0-9]{1,2})(:(?P<minute>[0-9]{1,2})(:(?P<second>[0-9]{1,2})(\.[0-9]{1,9})?)?)?"
    r"(z|[+-](?P<offset_hour>[0-9]{2})(:(?P<offset_minute>[0-9]{2}))?)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_RANGES = {
    "year": (-292275054, 292278993),
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
    "offset_hour": (0, 23),
    "offset_minute": (0, 59),
}
_LAST_MOMENT = 2**63 - 1
_MOST_DIGITS = 40


def refuse_condition(condition: Any) -> Iterator[Refusal]:
    """Yield what breaks the grammar of a Condition, with places below it."""
    if not isinstance(condition, dict):
        yield Refusal("Condition must be an object", hint='write {"OPERATOR": {"KEY": "VALUE"}}')
        return
    for operator, block in condition.items():
        if not isinstance(block, dict):
            yield Refusal(f"{operator} must be an object of keys and values", place=(operator,))
            continue
        # AWS accepts any operator that tests nothing.
        if block and not is_operator(operator):
            message = f"condition operator {shown(operator)} does not exist"
            yield Refusal(message, hint=_likely(operator), key=operator)
        for key, values in block.items():
            if not _are_scalars(values):
                message = f"{key} must be a text, a number, true, false, or a list of them"
                yield Refusal(message, place=(operator, key))


def refuse_dates(condition: Any) -> Iterator[Refusal]:
    """Yield the values of date operators that are not dates, with places below the Condition."""
    for operator, block in condition.items() if isinstance(condition, dict) else ():
        if not bare(operator).startswith("date") or not isinstance(block, dict):
            continue
        for key, values in block.items():
            for index, value in enumerate(as_list(values)):
                if isinstance(value, str | int | float) and not is_date(text(value)):
                    place = (operator, key, index) if isinstance(values, list) else (operator, key)
                    hint = "write a day, 2026-12-31, a moment, 2026-12-31T18:00:00Z, or seconds since 1970"
                    yield Refusal(f"{shown(text(value))} is not a date", LEGACY, hint, place)


def is_operator(name: str) -> bool:
    """Tell whether a condition operator exists, with its prefix and suffix. Case does not count."""
    return bare(name) in _FOLDED and name.lower() != "nullifexists"


def is_date(value: str) -> bool:
    """Tell whether AWS takes the text for a date: ISO 8601, seconds since 1970, or a variable."""
    if "${" in value:
        return True
    if re.fullmatch("[0-9]+", value, re.ASCII):
        return len(value) <= _MOST_DIGITS and int(value) <= _LAST_MOMENT
    found = _DATE.fullmatch(value)
    return found is not None and all(
        low <= int(found[name]) <= high for name, (low, high) in _RANGES.items() if found[name] is not None
    )


def bare(operator: str) -> str:
    """Return an operator in lower case, without its prefix and suffix."""
    name = operator.lower()
    prefix = next((prefix for prefix in PREFIXES if prefix and name.startswith(prefix.lower())), "")
    return name[len(prefix) :].removesuffix("ifexists")


def _are_scalars(values: Any) -> bool:
    return all(isinstance(value, str | bool | int | float) for value in as_list(values))


def _likely(operator: str) -> str:
    folded = {
        f"{prefix}{name}{suffix}".lower(): f"{prefix}{name}{suffix}"
        for prefix in PREFIXES
        for name in OPERATORS
        for suffix in ("", "IfExists")
    }
    close = get_close_matches(operator.lower(), folded, 1, 0.7)
    return f"did you mean {folded[close[0]]!r}?" if close else "StringEquals and ArnLike are operators"
