"""Statements are read in every shape that AWS accepts."""

from typing import Any

import pytest

from iamgroups.policy.statements import as_list, condition_tests, has_deny, has_variables, statements, texts

ONE = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize("document", [{"Statement": ONE}, {"Statement": [ONE]}])
def test_one_statement_counts_as_a_list_of_one(document: Any) -> None:
    assert statements(document) == [ONE]


@pytest.mark.parametrize("document", [None, "text", {}, {"Statement": "text"}, {"Statement": [1, None]}])
def test_a_document_without_statements_has_none(document: Any) -> None:
    assert statements(document) == []


def test_one_action_counts_as_a_list_of_one() -> None:
    assert texts({"Action": "s3:*"}, "Action") == texts({"Action": ["s3:*"]}, "Action") == ["s3:*"]
    assert texts({}, "Action") == []
    assert as_list(("a", "b")) == ["a", "b"]


def test_condition_values_are_read_as_text() -> None:
    statement = {
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": True}, "NumericEquals": {"s3:x": [1, "2"]}}
    }
    assert list(condition_tests(statement)) == [
        ("Bool", "aws:MultiFactorAuthPresent", ["true"]),
        ("NumericEquals", "s3:x", ["1", "2"]),
    ]


def test_a_deny_is_seen_in_a_list_and_alone() -> None:
    deny = {**ONE, "Effect": "Deny"}
    assert has_deny({"Statement": deny})
    assert has_deny({"Statement": [ONE, deny]})
    assert not has_deny({"Statement": [ONE]})


def test_variables_are_seen_in_resources_and_in_condition_values() -> None:
    variable = "arn:aws:s3:::b/${aws:username}"
    assert has_variables({"Resource": variable})
    assert has_variables({"NotResource": ["*", variable]})
    assert has_variables({"Condition": {"StringLike": {"s3:prefix": ["${aws:username}/*"]}}})
    assert not has_variables({"Sid": "${x}", "Resource": "*"})
