"""Documents are compared by meaning, and their differences told by statement."""

import pytest

from iamgroups.policy.documents import differences, same


def statement(sid: str, *actions: str, effect: str = "Allow") -> dict[str, object]:
    return {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": "*"}


def document(*statements: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


A, B, DENY = (
    statement("A", "s3:Get*", "s3:List*"),
    statement("B", "ec2:*"),
    statement("C", "iam:*", effect="Deny"),
)


@pytest.mark.parametrize(
    "other",
    [
        document(B, A),
        document(statement("A", "s3:LIST*", "S3:get*"), {**B, "Action": "ec2:*", "Resource": ["*"]}),
    ],
)
def test_order_and_one_for_a_list_of_one_change_nothing(other: object) -> None:
    assert same(document(A, B), other)
    assert differences(document(A, B), document(B, A)) == ()


def test_a_condition_value_is_text_whatever_its_type() -> None:
    conditions = [{"Bool": {"aws:MultiFactorAuthPresent": value}} for value in (True, "true", ["true"])]
    assert (
        len(
            {
                same(document({**A, "Condition": one}), document({**A, "Condition": conditions[0]}))
                for one in conditions
            }
        )
        == 1
    )
    assert not same(document({**A, "Condition": conditions[0]}), document(A))


def test_differences_name_statements_by_their_sid() -> None:
    wider = statement("A", "s3:Get*", "s3:List*", "s3:PutObject")
    assert differences(document(A, B), document(wider, B, DENY)) == (
        '+ Statement.A.Action: "s3:PutObject"',
        '+ Statement.C: {"Action": ["iam:*"], "Effect": "Deny", "Resource": ["*"], "Sid": "C"}',
    )
    changed = {**A, "Effect": "Deny"}
    assert differences(document(A), document(changed)) == (
        '- Statement.A.Effect: "Allow"',
        '+ Statement.A.Effect: "Deny"',
    )


def test_differences_number_statements_without_a_sid() -> None:
    bare = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
    assert differences(
        {"Version": "2012-10-17", "Statement": bare}, document({**bare, "Resource": "arn:aws:s3:::b"})
    ) == (
        '- Statement[0].Resource: "*"',
        '+ Statement[0].Resource: "arn:aws:s3:::b"',
    )
