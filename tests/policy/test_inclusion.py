"""A pattern includes another exactly where it matches every text of the other."""

import re
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.policy.inclusion import includes

WORDS = ["".join(word) for length in range(7) for word in product("abz", repeat=length)]


@cache
def matched(pattern: str) -> frozenset[str]:
    compiled = re.compile(pattern.replace("*", ".*").replace("?", "."))
    return frozenset(word for word in WORDS if compiled.fullmatch(word))


@settings(max_examples=400, deadline=None)
@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4))
def test_a_pattern_includes_another_exactly_when_no_text_speaks_against_it(wide: str, narrow: str) -> None:
    assert includes(wide, narrow) == (matched(narrow) <= matched(wide))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("s3:*", "s3:getobject"),
        ("s3:get*", "s3:get*acl"),
        ("s3:*object", "s3:get?*object"),
        ("?*a", "*ba"),
        ("arn:aws:s3:::b*", "arn:aws:s3:::bucket/${aws:username}/*"),
        ("*/${aws:username}", "arn:aws:iam::*:user/${aws:username}"),
        ("user/*", "user/${*}"),
        ("price-in-$*", "price-in-${$}5"),
    ],
)
def test_a_wider_pattern_includes_a_narrower_one(wide: str, narrow: str) -> None:
    assert includes(wide, narrow)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("s3:get*", "s3:*"),
        ("s3:*", "s3-object-lambda:*"),
        ("user/?", "user/${aws:username}"),
        ("user/${aws:username}", "user/alice"),
        ("user/${aws:userid}", "user/${aws:username}"),
        ("user/alice", "user/${aws:username}"),
        ("user/a*", "user/${aws:username}"),
        ("a$*", "a${aws:username}"),
        ("${*}", "*"),
        ("${*}", "a"),
    ],
)
def test_a_pattern_that_may_miss_a_text_includes_nothing(wide: str, narrow: str) -> None:
    assert not includes(wide, narrow)


def test_a_pattern_of_many_wildcards_is_answered_at_once() -> None:
    assert not includes("*a?" * 40 + "*", "*?a" * 39 + "*b")
