"""Differences are told by statement, and only where the meaning differs."""

from iamgroups.policy.difference import differences


def statement(sid: str, *actions: str, effect: str = "Allow") -> dict[str, object]:
    return {"Sid": sid, "Effect": effect, "Action": list(actions), "Resource": "*"}


def document(*statements: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


A, B, DENY = (
    statement("A", "s3:Get*", "s3:List*"),
    statement("B", "ec2:*"),
    statement("C", "iam:*", effect="Deny"),
)


def test_documents_that_mean_the_same_have_no_differences() -> None:
    upper = {**B, "Action": "EC2:*", "Condition": {}}
    assert differences(document(A, B), document(upper, A)) == ()


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


def test_differences_in_conditions_keep_the_case_of_the_document() -> None:
    before = {**A, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": True}}}
    after = {**A, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    assert differences(document(before), document(after)) == (
        '- Statement.A.Condition.Bool.aws:MultiFactorAuthPresent: "true"',
        '+ Statement.A.Condition.Bool.aws:MultiFactorAuthPresent: "false"',
    )
