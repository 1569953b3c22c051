"""Resource patterns.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import pytest

from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.resources import resource_matches, without_resource_matches
from iamgroups.policy.truth import Truth

ALICE = RequestContext(
    {"aws:username": ("alice",), "aws:principaltag/team": ("a*",), "aws:tagkeys": ("a", "b")}
)


def match(
    pattern: str, resource: str | None, context: RequestContext = ALICE, variables: bool = True
) -> Truth:
    return resource_matches(pattern, resource, (), context, variables)


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("*", "arn:aws:s3:::data/q1.csv", True),
        ("arn:aws:s3:::data/*", "arn:aws:s3:::data/2026/q1.csv", True),  # includes slashes
        ("arn:aws:s3:::data/q?.csv", "arn:aws:s3:::data/q1.csv", True),
        ("arn:aws:s3:::data/q?.csv", "arn:aws:s3:::data/q10.csv", False),
        ("arn:aws:s3:::Data/*", "arn:aws:s3:::data/q1.csv", False),  # case-sensitive
        ("arn:aws:ec2:*", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", True),  # a last * crosses colons
        ("arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", True),
        ("arn:aws:ec2:eu-*-1:*:instance/*", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", True),
        ("arn:aws:ec2:eu*1:instance/*", "arn:aws:ec2:eu-west-1:1:instance/i-1", None),  # one within does not
        (
            "arn:aws:sns:eu-west-1:1:a:*",
            "arn:aws:sns:eu-west-1:1:a:b:c",
            True,
        ),  # the sixth part takes the rest
        ("arn:aws:s3:::a.b[1](x)+$", "arn:aws:s3:::a.b[1](x)+$", True),
        ("arn:aws:s3:::a.b", "arn:aws:s3:::aXb", False),
        ("arn:aws:*:::data", "arn:aws:s3:::data", None),  # no wildcard in the service
        ("arn:aws:*:::data", "arn:aws:s3:::other", False),
        ("arn:aws:iam::1:u*", "arn:aws:iam::1:user/alice", None),  # nor in the type of an IAM resource
        ("arn:aws:iam::1:*", "arn:aws:iam::1:user/alice", True),
        ("arn:aws:iam::*:user/*", "arn:aws:iam::1:user/a/alice", True),
        ("arn:aws:s3:::data", "arn:aws:s3:::data\n", False),
    ],
)
def test_a_pattern_is_matched_part_by_part(pattern: str, resource: str, expected: Truth) -> None:
    assert match(pattern, resource) is expected


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/alice/x", True),
        ("arn:aws:s3:::home/${AWS:UserName}/*", "arn:aws:s3:::home/alice/x", True),  # key names ignore case
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/bob/x", False),
        ("arn:aws:s3:::${aws:PrincipalTag/team}", "arn:aws:s3:::abc", False),  # a value's star is a star
        (
            "arn:aws:s3:::${aws:PrincipalTag/team}",
            "arn:aws:s3:::a*",
            None,
        ),  # asked for every bucket from a on
        ("arn:aws:s3:::${aws:TagKeys}", "arn:aws:s3:::a", None),  # several values
        ("arn:aws:s3:::${*}", "arn:aws:s3:::a", False),
        ("arn:aws:s3:::${$}{x}", "arn:aws:s3:::${x}", True),
        ("arn:aws:s3:::${aws:SourceIp}/*", "arn:aws:s3:::10.0.0.1/x", None),  # unknown
        ("arn:aws:s3:::${aws:SourceIp}/*", "arn:aws:s3:::10.0.0.1", False),  # whatever the value is
        ("arn:aws:s3::${aws:username}:x", "arn:aws:s3::alice:x", None),  # only the sixth part has variables
    ],
)
def test_variables_stand_for_the_values_of_keys(pattern: str, resource: str, expected: Truth) -> None:
    assert match(pattern, resource) is expected


def test_a_variable_without_value_matches_nothing_unless_it_has_a_default() -> None:
    nothing = RequestContext(absent=("",))
    assert match("arn:aws:s3:::${aws:PrincipalTag/t}*", "arn:aws:s3:::x", nothing) is False
    assert match("arn:aws:s3:::${aws:PrincipalTag/t}*", None, nothing) is False
    assert match("arn:aws:s3:::${aws:PrincipalTag/t, 'x'}", "arn:aws:s3:::x", nothing) is True


def test_in_the_old_version_a_variable_is_text() -> None:
    assert match("arn:aws:s3:::${aws:username}", "arn:aws:s3:::alice", variables=False) is False
    assert match("arn:aws:s3:::${aws:username}", "arn:aws:s3:::${aws:username}", variables=False) is True


def test_without_a_resource_only_everything_is_certain() -> None:
    objects = ("arn:*:s3:::*/*",)
    assert resource_matches("*", None, objects, ALICE, True) is True
    assert resource_matches("arn:aws:s3:::data/*", None, objects, ALICE, True) is None
    assert resource_matches("arn:aws:s3:::data", None, objects, ALICE, True) is False
    assert resource_matches("arn:aws:s3:::data", None, (), ALICE, True) is None


def test_a_resource_with_wildcards_is_every_one_that_fits() -> None:
    assert match("arn:aws:s3:::data/*", "arn:aws:s3:::data/a/*") is True
    assert match("arn:aws:s3:::data/a/b", "arn:aws:s3:::data/a/*") is None
    assert match("arn:aws:s3:::other/*", "arn:aws:s3:::data/a/*") is False
    assert match("arn:aws:s3:::data/?", "arn:aws:s3:::data/*") is None


def test_an_action_without_resource_types_is_authorised_on_a_star() -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""
    assert without_resource_matches("*") is True
    assert without_resource_matches("arn:aws:s3:::data") is False
    assert without_resource_matches("arn:aws:s3:::*") is False


def test_a_pattern_of_many_stars_costs_no_time() -> None:
    pattern = "arn:aws:s3:::" + "*a" * 200 + "b"
    assert match(pattern, "arn:aws:s3:::" + "a" * 2000) is False


@pytest.mark.parametrize(
    ("pattern", "template", "expected"),
    [
        ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", False),
        ("arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}", False),
        ("arn:aws:s3:::*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::b*/x?", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:ec2:*:*:instance/*", "arn:${Partition}:ec2:${Region}:${Account}:volume/${VolumeId}", False),
        ("arn:aws:ec2:*", "arn:${Partition}:ec2:${Region}:${Account}:volume/${VolumeId}", True),
        ("arn:aws:iam::1:user/${aws:username}", "arn:${Partition}:iam::${Account}:user/${User}", True),
        (
            "arn:aws:logs:*:*:log-group:a:*",
            "arn:${Partition}:logs:${Region}:${Account}:log-group:${Name}",
            True,
        ),
    ],
)
def test_a_pattern_that_fits_no_resource_of_an_action_matches_nothing(
    pattern: str, template: str, expected: bool
) -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"""
    unknown = resource_matches(pattern, None, (template,), RequestContext(), True)
    assert unknown is (None if expected else False)
