"""Condition operators and dates are those that AWS takes."""

import pytest

from iamgroups.policy.grammar.conditions import is_date, is_operator, refuse_condition


@pytest.mark.parametrize(
    "name",
    [
        "StringEquals",
        "stringequals",
        "ForAllValues:StringLike",
        "ForAnyValue:ArnLikeIfExists",
        "Null",
        "DateEquals",
    ],
)
def test_an_operator_exists_with_its_prefix_and_suffix(name: str) -> None:
    assert is_operator(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "StringEqual",
        "ForAnyValue::StringEquals",
        "ForSomeValues:StringEquals",
        "ForAnyValue:ForAllValues:StringEquals",
        "ForAllValues:ForAnyValue:StringEquals",
        "NullIfExists",
        "IfExists",
    ],
)
def test_an_operator_with_a_slip_does_not_exist(name: str) -> None:
    assert not is_operator(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("StringEqual", "StringEquals"),
        ("stringEqualIgnoreCase", "StringEqualsIgnoreCase"),
        ("StringEqualsIfExist", "StringEqualsIfExists"),
        ("ForAllValue:StringLike", "ForAllValues:StringLike"),
        ("ForAnyValue::ArnLike", "ForAnyValue:ArnLike"),
    ],
)
def test_the_whole_operator_that_was_meant_is_named(name: str, meant: str) -> None:
    (refusal,) = refuse_condition({name: {"aws:RequestedRegion": "eu-west-1"}})
    assert refusal.hint == f"did you mean {meant!r}?"


@pytest.mark.parametrize(
    "value",
    [
        *("2026-12-31", "2026-12-31T18:00Z", "2026-12-31T18:00:00Z", "2026-12-31T18:00:00-05:00"),
        *("2026-12-31t18:00:00.123456789+01", "2026", "01T", "-292275054", "0", "9223372036854775807"),
        "${aws:PrincipalTag/until}",
    ],
)
def test_a_date_may_leave_out_its_end(value: str) -> None:
    assert is_date(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", "tomorrow", "2026-13-01", "2026-12-32", "2026-12-31T24:00:00Z", "2026-12-31T18:60:00Z"),
        *("2026-12-31T18:00:61Z", "2026-12-31T18:00:00+1", "2026-12-31T18:00:00.1234567890Z", "31.12.2026"),
        *("2026/12/31", "9223372036854775808", "-292275055", "2026-12-31 18:00", "2026-1-1-1"),
        "9" * 5000,
    ],
)
def test_a_date_out_of_range_or_in_another_form_is_none(value: str) -> None:
    assert not is_date(value)
