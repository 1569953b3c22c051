"""What a policy document's file gives besides its data."""

import json
from typing import Any

import pytest

from iamgroups.config.documents import read_document
from iamgroups.config.source_file import SourceFile

ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


def text(**more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{**ALLOW, **more}]}, indent=1)


def test_what_does_nothing_is_a_warning_at_its_place() -> None:
    document = read_document(SourceFile("p.json", text(Action=["s3:*", "s3: GetObject"])))
    assert document.problems == []
    assert document.warnings == [
        ("action 's3: GetObject' has a space and matches nothing", ("p.json", 8, 5)),
    ]


def test_an_empty_condition_operator_is_a_warning_at_its_key() -> None:
    document = read_document(SourceFile("p.json", text(Condition={"StringEquals": {}})))
    assert [str(position) for _, position in document.warnings] == ["p.json:9:5"]


@pytest.mark.parametrize(
    ("written", "shown", "column"),
    [("\\u4e2d", "'\u4e2d'", 104), ("\\ud83d\\ude00", "'\U0001f600'", 104), ("\\ud800", "'\\ud800'", 104)],
)
def test_a_character_that_a_policy_cannot_hold_is_refused_in_its_escaped_form(
    written: str, shown: str, column: int
) -> None:
    found = json.dumps({"Version": "2012-10-17", "Statement": {**ALLOW, "Resource": "arn:aws:s3:::HERE"}})
    problems = read_document(SourceFile("p.json", found.replace("HERE", written))).problems
    assert [problem.message for problem in problems] == [f"character {shown} cannot stand in a policy"]
    assert problems[0].position == ("p.json", 1, column)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_is_sent_otherwise_than_it_is_written_is_refused_at_its_place(number: str) -> None:
    found = text(Sid="1", Condition={"NumericEquals": {"s3:max-keys": "HERE"}}).replace('"HERE"', number)
    (problem,) = read_document(SourceFile("p.json", found)).problems
    assert problem.message == f"{number[:30]} is not a number that a policy can hold"
    assert str(problem.position) == "p.json:11:21"


def test_a_long_value_is_shown_in_part() -> None:
    (problem,) = read_document(SourceFile("p.json", text(Resource="b" * 5000))).problems
    assert len(problem.message) < 120


def test_the_first_resource_of_each_partition_is_known() -> None:
    resources = ["*", "arn:*:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::c"]
    document = read_document(SourceFile("p.json", text(Resource=resources)))
    assert {name: str(node.position) for name, node in document.partitions.items()} == {"aws": "p.json:10:5"}


def test_a_refused_document_keeps_its_data_for_the_other_checks() -> None:
    document = read_document(SourceFile("p.json", text(Resource="b")))
    assert [problem.message for problem in document.problems] == ["'b' is not a resource"]
    assert document.data["Statement"][0]["Resource"] == "b"
    assert read_document(SourceFile("p.json", "{")).data is None
