"""Resources are refused where AWS refuses them, and only there."""

import pytest

from iamgroups.policy.grammar.refusal import LEGACY
from iamgroups.policy.grammar.resources import refuse_resource


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:s3:::bucket",
        "arn:aws:s3:::bucket/folder:with:colons/*",
        "arn:*:s3:::bucket",
        "arn:aws-us-gov:s3:::bucket",
        "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine",
        "arn:aws:s3:*:*:access-grants/default/grant/*",
        "arn:aws:s3:*:123456789012:storage-lens*",
        "arn:aws:s3::123456789012:accesspoint/alias.mrap",
        "arn:aws:iam::*:*",
        "arn:aws:iam::*:root",
        "arn:aws:iam::123456789012:user/${aws:username}",
        "arn:aws:iam::aws:role-template/x.amazonaws.com/Y:1",
        "arn:aws:ec2:us-east-1::image/*",
        "arn:aws:anything",
    ],
)
def test_a_resource_that_aws_accepts(resource: str) -> None:
    assert refuse_resource(resource, None) is None


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        ("", 'Resource  must be in ARN format or "*".'),
        ("bucket", 'Resource bucket must be in ARN format or "*".'),
        ("urn:aws:s3:::bucket", 'Resource urn:aws:s3:::bucket must be in ARN format or "*".'),
        ("arn:aws", "Resource vendor must be fully qualified and cannot contain regexes."),
        ("arn:aws:*:::x", "Resource vendor must be fully qualified and cannot contain regexes."),
        ("arn:aws:s?:::x", "Resource vendor must be fully qualified and cannot contain regexes."),
        ("arn:awz:s3:::b", 'Partition "awz" is not valid for resource "arn:awz:s3:::b".'),
        ("aws:s3:::b", 'Partition "s3" is not valid for resource "arn:s3:::b:*".'),
        ("arn:aws:s3::b", LEGACY),
        ("arn:aws::::b", LEGACY),
        ("arn:aws:sqs::queue", LEGACY),
        ("arn:aws:s3:b", "Resource arn:aws:s3:b can not contain region information."),
        ("arn:aws:s3:*::b", "Resource arn:aws:s3:*::b can not contain region information."),
        (
            "arn:aws:s3:eu-west-1:123456789012:b",
            "Resource arn:aws:s3:eu-west-1:123456789012:b can not contain region information.",
        ),
        (
            "arn:aws:iam:us-east-1:123456789012:user/a",
            "IAM resource arn:aws:iam:us-east-1:123456789012:user/a cannot contain region information.",
        ),
    ],
)
def test_a_resource_that_aws_refuses(resource: str, answer: str) -> None:
    refusal = refuse_resource(resource, None)
    assert refusal is not None
    assert refusal.answer == answer
    assert refusal.hint


@pytest.mark.parametrize(
    "resource", ["s3:::bucket", "${aws:ResourceTag/x}", "ARN:aws:s3:::b", " arn:aws:s3:::b"]
)
def test_what_does_not_begin_as_an_arn_is_called_that(resource: str) -> None:
    refusal = refuse_resource(resource, None)
    assert refusal is not None
    assert refusal.message == f"{resource!r} is not a resource"


@pytest.mark.parametrize("partition", ["${AWS::Partition}", "aws*", "a?s"])
def test_a_pattern_for_a_partition_is_told_how_it_is_written(partition: str) -> None:
    refusal = refuse_resource(f"arn:{partition}:s3:::b", None)
    assert refusal is not None
    assert refusal.hint == "write arn:*:... where the document serves several partitions"


@pytest.mark.parametrize("name", ["alice", "users/alice", "User/alice", "u*", "user"])
def test_an_iam_resource_says_its_kind(name: str) -> None:
    refusal = refuse_resource(f"arn:aws:iam::123456789012:{name}", None)
    assert refusal is not None
    assert refusal.answer.startswith('IAM resource path must either be "*" or start with user/')


def test_a_resource_of_another_partition_is_refused_where_the_account_is_known() -> None:
    refusal = refuse_resource("arn:aws:s3:::b/*", "aws-us-gov")
    assert refusal is not None
    assert refusal.answer == 'Partition "aws" is not valid for resource "arn:aws:s3:::b/*".'
    assert "aws-us-gov" in refusal.message
    assert refuse_resource("arn:aws-us-gov:s3:::b/*", "aws-us-gov") is None
    assert refuse_resource("arn:*:s3:::b/*", "aws-us-gov") is None
