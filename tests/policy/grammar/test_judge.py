"""Documents are judged as AWS judges them.

`recorded_answers.jsonl` restates what AWS answered to CreatePolicy ("" where it accepted the document), as
the authors of moto recorded it: https://github.com/getmoto/moto, tests/test_iam/test_iam_policies.py.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from iamgroups.policy.grammar import DocumentKind, doubts, refusals
from iamgroups.policy.size import MAX_DEPTH, as_sent
from tests.policy.aws_documents import documents

RECORDED = [
    json.loads(line)
    for line in (Path(__file__).parent / "recorded_answers.jsonl").read_text(encoding="utf-8").splitlines()
]
# Documents that moto's authors hold for valid and that we refuse, by a Sid of theirs, with the reason.
DIFFERENCES = {
    "BooleanConditionOperations_Strings_And_Booleans": "AWS answers that a Sid must match [0-9A-Za-z]*",
    "NullConditionOperator_Strings_And_Booleans": "AWS answers that a Sid must match [0-9A-Za-z]*",
}
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def document(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", **more, "Statement": list(statements)}


def answers(found: Any, kind: DocumentKind = "managed", partition: str | None = None) -> list[str]:
    return [refusal.answer for refusal in refusals(found, kind, partition)]


@pytest.mark.parametrize("recorded", [row for row in RECORDED if row["answer"]])
def test_what_aws_refused_is_refused_with_its_answer(recorded: Any) -> None:
    assert answers(recorded["document"])[0] == recorded["answer"]


@pytest.mark.parametrize("recorded", [row for row in RECORDED if not row["answer"]])
def test_what_aws_accepted_is_accepted(recorded: Any) -> None:
    if not any(f'"{sid}"' in json.dumps(recorded) for sid in DIFFERENCES):
        assert answers(recorded["document"]) == []


def test_all_recorded_documents_are_compared_and_every_difference_occurs() -> None:
    assert len(RECORDED) == 132
    assert all(sum(f'"{sid}"' in json.dumps(row) for row in RECORDED) == 1 for sid in DIFFERENCES)


def test_all_documents_of_aws_are_accepted() -> None:
    for found in documents():
        assert answers(as_sent(found), partition="aws") == []


@pytest.mark.parametrize(
    "found",
    [
        document({**ALLOW, "Sid": ""}, {**ALLOW, "Sid": ""}),
        document({**ALLOW, "Action": "vpc-lattice:AssociateViaAWSService-EventsAndStates"}),
        document({**ALLOW, "Action": "*:*"}),
        document({**ALLOW, "Condition": {"NumericLessThan": {"s3:max-keys": 10}}}),
        document({**ALLOW, "Condition": {"DateLessThan": {"aws:CurrentTime": 1798761599}}}),
        document(ALLOW, ALLOW),
        document(ALLOW, Id="mine"),
        {"Statement": [ALLOW], "Version": "2012-10-17"},
    ],
)
def test_a_document_in_an_unusual_form_is_accepted(found: Any) -> None:
    assert answers(found) == []


@pytest.mark.parametrize("version", [{}, {"Version": "2008-10-17"}])
def test_the_old_version_is_refused_in_a_managed_policy_only(version: Any) -> None:
    found = {**version, "Statement": ALLOW}
    assert answers(found, "managed") == ["Policy document must be version 2012-10-17 or greater."]
    assert answers(found, "inline") == []


def test_a_single_statement_before_the_version_is_refused_unless_it_is_sent_in_our_order() -> None:
    found = {"Statement": ALLOW, "Version": "2012-10-17"}
    assert answers(found) == ["The policy failed legacy parsing"]
    assert answers(as_sent(found)) == []


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (document({**ALLOW, "Action": "s3*:GetObject"}), "Vendor s3* is not valid"),
        (document({**ALLOW, "Action": "s?:GetObject"}), "Vendor s? is not valid"),
        (document({**ALLOW, "Action": [None]}), "Syntax errors in policy."),
        (document({**ALLOW, "Condition": {"StringEquals": {"a:b": [["c"]]}}}), "Syntax errors in policy."),
        (document({**ALLOW, "Principal": "*"}), "Policy document should not specify a principal."),
        (document({**ALLOW, "sid": "a"}), "Syntax errors in policy."),
        (document(ALLOW, None), "Syntax errors in policy."),
        ([ALLOW], "Syntax errors in policy."),
    ],
)
def test_other_documents_are_refused(found: Any, answer: str) -> None:
    assert answers(found)[0] == answer


def test_every_refusal_has_its_place() -> None:
    found = document(
        ALLOW,
        {
            **ALLOW,
            "Sid": "a b",
            "Resource": ["*", "arn:aws:s3::b"],
            "Condition": {"StringEqual": {"a:b": "c"}},
        },
        {**ALLOW, "Sid": "x", "Action": ["s3:*", "GetObject"], "Condition": {"DateEquals": {"a:b": ["no"]}}},
        {**ALLOW, "Sid": "x"},
    )
    assert [(refusal.place, refusal.key) for refusal in refusals(found)] == [
        (("Statement", 1, "Condition"), "StringEqual"),
        (("Statement", 2, "Condition", "DateEquals", "a:b", 0), None),
        (("Statement", 1, "Resource", 1), None),
        (("Statement", 1, "Sid"), None),
        (("Statement", 3, "Sid"), None),
        (("Statement", 2, "Action", 1), None),
    ]
    assert refusals(found)[4].first == ("Statement", 2, "Sid")


def test_a_document_nested_without_end_is_one_refusal() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]
    assert [refusal.message for refusal in refusals(document({**ALLOW, "Action": deep}))] == [
        f"nested more than {MAX_DEPTH} levels deep"
    ]


def test_a_trust_policy_names_who_and_no_resource() -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    assert answers(document(trust), "trust") == []
    assert answers(document({**trust, "Resource": "*"}), "trust") == ["Has prohibited field Resource."]
    without = {key: value for key, value in trust.items() if key != "Principal"}
    assert answers(document(without), "trust") == ["AssumeRolepolicy must specify a principal."]


def test_what_is_accepted_and_does_nothing_is_doubted() -> None:
    conditions = {"StringEquals": {}, "StringLike": {"a:b": []}}
    found = document({**ALLOW, "Action": ["s3:*", "s3: GetObject"], "Condition": conditions})
    assert answers(found) == []
    assert [(doubt.place, doubt.key) for doubt in doubts(found)] == [
        (("Statement", 0, "Action", 1), None),
        (("Statement", 0, "Condition"), "StringEquals"),
        (("Statement", 0, "Condition", "StringLike", "a:b"), None),
    ]
    assert list(doubts(document(ALLOW))) == []


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ({"Resource": "arn:aws:sns:eu-west-1:topic"}, "'arn:aws:sns:eu-west-1:topic' has 5 parts of 6"),
        ({"NotResource": ["arn:aws:sqs:queue"]}, "'arn:aws:sqs:queue' has 4 parts of 6"),
        ({"Condition": {"Bool": {"a:b": "maybe"}}}, "Bool cannot compare with 'maybe'"),
        ({"Condition": {"Null": {"a:b": ["true", 1]}}}, "Null cannot compare with 1"),
        ({"Condition": {"NumericNotEquals": {"a:b": "x"}}}, "NumericNotEquals cannot compare with 'x'"),
        (
            {"Condition": {"ForAnyValue:NotIpAddressIfExists": {"aws:SourceIp": "10.0.0.0/40"}}},
            "ForAnyValue:NotIpAddressIfExists cannot compare with '10.0.0.0/40'",
        ),
        (
            {"Condition": {"StringEquals": {"RequestedRegion": "x"}}},
            "no request has the condition key 'RequestedRegion'",
        ),
    ],
)
def test_what_aws_takes_for_something_else_is_doubted(element: Any, message: str) -> None:
    allow = {key: value for key, value in ALLOW.items() if key != "Resource" or "NotResource" not in element}
    found = document({**allow, **element})
    assert answers(found) == []
    assert [doubt.message[: len(message)] for doubt in doubts(found)] == [message]


def test_nothing_in_the_documents_of_aws_is_doubted() -> None:
    assert [doubt for found in documents() for doubt in doubts(found)] == []


def test_values_are_shown_as_json_has_them() -> None:
    found = document({**ALLOW, "Effect": None}, {**ALLOW, "Effect": ["Allow"]}) | {"Version": True}
    assert [refusal.message for refusal in refusals(found)] == [
        "Version must be 2012-10-17, not true",
        "Effect must be Allow or Deny, not null",
        'Effect must be Allow or Deny, not ["Allow"]',
    ]
