"""Condition operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from typing import Any

import pytest

from iamgroups.policy.conditions import condition_holds, problem
from iamgroups.policy.parsed import Condition
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.truth import Truth

ABSENT: Any = "absent"
UNKNOWN: Any = "unknown"


def holds(operator: str, wanted: str | tuple[str, ...], value: Any, **more: str) -> Truth:
    known = {key.replace("_", ":").lower(): (each,) for key, each in more.items()}
    if value is ABSENT:
        known["k"] = None  # type: ignore[assignment]
    elif value is not UNKNOWN:
        known["k"] = (value,) if isinstance(value, str) else tuple(value)
    values = (wanted,) if isinstance(wanted, str) else wanted
    return condition_holds(Condition(operator, "K", values), RequestContext(known), variables=True)


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", "a*", "ab", False),  # a star is a star
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", ("x", "a"), "a", True),  # values are alternatives
        ("StringNotEquals", ("x", "a"), "a", False),  # of a negation none may match
        ("StringNotEquals", ("x", "y"), "a", True),
        ("stringequals", "a", "a", True),  # operators ignore case
        ("StringEqualsIgnoreCase", "aB", "Ab", True),
        ("StringNotEqualsIgnoreCase", "aB", "Ab", False),
        ("StringLike", "a*c?", "abbcd", True),
        ("StringLike", "a*", "Ab", False),
        ("StringNotLike", "a*", "b", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", "10.0", False),
        ("NumericLessThan", "10", "9.9", True),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericGreaterThan", "10", "10", False),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("DateLessThan", "2026-01-01", "2025-12-31T23:59:59Z", True),
        ("DateEquals", "2026-01-01", "2026-01-01T01:00:00+01:00", True),
        ("DateEquals", "1767225600", "2026-01-01T00:00:00Z", True),  # seconds since 1970
        ("DateGreaterThan", "2026-01-01T00:00:00Z", "1767225601", True),
        ("DateGreaterThanEquals", "2026-01-01", "2026-01-01", True),
        ("DateLessThanEquals", "2026-01-01", "2026-01-02", False),
        ("DateNotEquals", "2026-01-01", "2026-01-02", True),
        ("Bool", "true", "True", True),
        ("Bool", "false", "true", False),
        ("BinaryEquals", "YWI=", "YWI=", True),
        ("BinaryEquals", "YWI=", "YWM=", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
        ("IpAddress", "203.0.113.9", "203.0.113.9", True),
        ("IpAddress", "0.0.0.0/0", "2001:db8::1", False),  # never across families
        ("IpAddress", "0.0.0.0/0", "8.8.8.8", True),
        ("IpAddress", "2001:db8::/32", "2001:db8:1::1", True),
        ("NotIpAddress", ("10.0.0.0/8", "192.168.0.0/16"), "10.1.1.1", False),
        ("NotIpAddress", "10.0.0.0/8", "2001:db8::1", True),
        ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", True),
        ("ArnEquals", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/a/b", True),  # the two behave alike
        ("ArnEquals", "arn:aws:*:role/x", "arn:aws:iam::1:role/x", False),  # each part on its own
        ("ArnEquals", "arn:*", "arn:aws:iam::1:role/x", False),  # fewer than six parts
        ("ArnNotLike", "arn:aws:iam::*:user/*", "arn:aws:iam::1:role/x", True),
        ("ArnNotEquals", "arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x", False),
        ("NumericEquals", "10", "ten", None),
        ("IpAddress", "10.0.0.0/8", "somewhere", None),
    ],
)
def test_each_operator_compares_in_its_own_way(
    operator: str, wanted: Any, value: str, expected: Truth
) -> None:
    assert holds(operator, wanted, value) is expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("StringEquals", ABSENT, False),
        ("StringNotEquals", ABSENT, True),  # a negation holds without the key
        ("StringEqualsIfExists", ABSENT, True),
        ("StringNotEqualsIfExists", ABSENT, True),
        ("StringEqualsIfExists", "b", False),
        ("ForAllValues:StringEquals", ABSENT, True),  # also without the key
        ("ForAnyValue:StringEquals", ABSENT, False),
        ("ForAnyValue:StringEqualsIfExists", ABSENT, False),  # IfExists does not change that
        ("ForAnyValue:StringNotEquals", ABSENT, False),
        ("ForAllValues:StringEquals", ["a", "a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], False),
        ("ForAnyValue:StringEquals", ["b", "a"], True),
        ("ForAnyValue:StringNotEquals", ["b", "a"], True),  # each value on its own
        ("ForAllValues:StringNotEquals", ["b", "c"], True),
        ("ForAllValues:StringEquals", [], True),
        ("ForAllValues:StringEquals", [""], None),  # documented as no value, compared as one
        ("StringEquals", ["a", "b"], None),  # several values without a qualifier: undefined
        *((each, UNKNOWN, None) for each in ("StringEquals", "StringNotEquals", "StringEqualsIfExists")),
        *((each, UNKNOWN, None) for each in ("ForAllValues:StringEquals", "ForAnyValue:StringEquals")),
    ],
)
def test_absent_unknown_and_several_values(operator: str, value: Any, expected: Truth) -> None:
    assert holds(operator, "a", value) is expected


def test_null_asks_whether_the_key_is_there() -> None:
    assert holds("Null", "true", ABSENT) is True
    assert holds("Null", "true", "x") is False
    assert holds("Null", "false", "x") is True
    assert holds("Null", "false", ABSENT) is False
    assert holds("Null", "true", UNKNOWN) is None


def test_what_cannot_be_judged_is_unknown_and_named() -> None:
    for operator, value in (("StringEqual", "a"), ("NumericEquals", "x"), ("DateLessThan", "soon")):
        assert holds(operator, value, ABSENT) is None
        assert problem(Condition(operator, "k", (value,)))
    assert holds("ForAllValues:Null", "true", ABSENT) is None
    assert not problem(Condition("StringLike", "k", ("*",)))


def test_variables_are_filled_in_texts_and_arns_only() -> None:
    assert holds("StringEquals", "${aws:username}", "alice", aws_username="alice") is True
    assert holds("StringLike", "${aws:username}-*", "a*-x", aws_username="a*") is True
    assert holds("StringLike", "${aws:username}-*", "ab-x", aws_username="a*") is False
    assert holds("StringLike", "x${aws:unknown}", "y") is False
    assert holds("StringLike", "x${aws:unknown}", "xy") is None
    assert holds("ArnLike", "arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/b", aws_username="b")
    assert holds("NumericEquals", "${aws:username}", "1", aws_username="1") is None


def test_a_variable_without_value_equals_nothing_and_a_negation_is_not_decided() -> None:
    context = RequestContext({"k": ("x",)}, absent=("aws:principaltag/",))
    wanted = ("${aws:PrincipalTag/team}",)
    assert condition_holds(Condition("StringEquals", "k", wanted), context, True) is False
    assert condition_holds(Condition("StringNotEquals", "k", wanted), context, True) is None
    assert condition_holds(Condition("StringNotEquals", "k", wanted), context, False) is True
