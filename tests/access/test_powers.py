"""Sets of actions say the same as the evaluation, action by action."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups import catalogue
from iamgroups.access.powers import PowerReader, Powers, powers, united
from iamgroups.access.scope import Scope
from iamgroups.policy.evaluate import Request, evaluate
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.resources import resource_matches
from iamgroups.policy.truth import Truth, any_of, negation
from iamgroups.sandbox.aws_managed import aws_managed_policies
from tests.policy.documents import document, layer, statement

ACTIONS = (
    *("iam:ListUsers", "iam:GetUser", "iam:CreateAccessKey", "iam:PassRole", "iam:CreateUser"),
    *("s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:ListAllMyBuckets", "s3:PutBucketPolicy"),
    *("ec2:RunInstances", "ec2:DescribeInstances", "ec2:DeleteVolume", "s3-object-lambda:GetObject"),
)
PATTERNS = (
    "*",
    "s3:*",
    "S3:get*",
    "iam:*",
    "s3:PutObject",
    "ec2:*",
    "s?:*",
    "iam:*User*",
    "s3-object-lambda:*",
)
RESOURCES = (
    *("*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::*", "arn:aws:iam::*:user/${aws:username}"),
    *("arn:aws:iam::1:role/*", "arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*", "arn:aws:*:::x"),
)
CONDITIONS: tuple[dict[str, Any], ...] = ({}, {}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})


@cache
def reader() -> PowerReader:
    return PowerReader(catalogue.load())


def request(action: str, resource: str | None = None) -> Request:
    templates = reader().catalogue.templates_of(action)
    assert templates is not None
    return Request(action, resource, RequestContext(), templates, resourceless=not templates)


def told(found: Powers, action: str) -> str:
    place = reader().catalogue.find(action)
    assert place is not None
    bit = 1 << place
    if not found.any & bit:
        return "denied"
    return "allowed" if found.free & ~found.capped & bit else "conditional"


@st.composite
def entry(draw: st.DrawFn) -> dict[str, Any]:
    some = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2)
    where = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)
    return {
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
        draw(st.sampled_from(("Action", "Action", "NotAction"))): draw(some),
        draw(st.sampled_from(("Resource", "Resource", "NotResource"))): draw(where),
        "Condition": draw(st.sampled_from(CONDITIONS)),
    }


documents = st.lists(st.builds(document, entry(), entry()), max_size=3)


@settings(max_examples=200, deadline=None)
@given(identity=documents, boundary=st.one_of(st.none(), documents))
def test_powers_say_what_the_evaluation_says(identity: list[Any], boundary: list[Any] | None) -> None:
    given_by = united(map(reader().read, identity))
    ceiling = None if boundary is None else united(map(reader().read, boundary))
    found = powers(given_by, ceiling)
    layers = [layer(*identity)]
    if boundary is not None:
        layers.append(layer(*boundary, kind="boundary"))
    for action in ACTIONS:
        assert told(found, action) == evaluate(layers, request(action)).verdict, action


@pytest.mark.parametrize(
    "name", ["PowerUserAccess", "AmazonS3FullAccess", "job-function/Billing", "IAMFullAccess"]
)
def test_powers_of_aws_policies_say_what_the_evaluation_says(name: str) -> None:
    policy = aws_managed_policies()[f"arn:aws:iam::aws:policy/{name}"]
    text = next(version.document for version in policy.versions if version.id == policy.default)
    found = powers(reader().read(text))
    wrong = [
        action
        for action in reader().catalogue.names[::7]
        if told(found, action) != evaluate([layer(text)], request(action)).verdict
    ]
    assert not wrong


OBJECTS = ("arn:aws:s3:::b/k", "arn:aws:s3:::c/k")
BUCKETS = ("arn:aws:s3:::b", "arn:aws:s3:::c")


@settings(max_examples=150, deadline=None)
@given(identity=documents)
def test_a_scope_holds_the_resources_on_which_an_action_is_allowed(identity: list[Any]) -> None:
    found = powers(united(map(reader().read, identity)))
    for action, resources in (("s3:GetObject", OBJECTS), ("s3:ListBucket", BUCKETS)):
        place = reader().catalogue.find(action)
        assert place is not None
        bit = 1 << place
        for resource in resources:
            verdict = evaluate([layer(*identity)], request(action, resource)).verdict
            within = [within_scope(scope, resource) for scope in found.scopes_of(bit)]
            if verdict != "denied":
                assert found.free & bit or any(fits is not False for fits in within)
            if not found.capped & bit and (found.free & bit or True in within):
                assert verdict == "allowed"


def within_scope(scope: Scope, resource: str) -> Truth:
    fits = any_of(
        resource_matches(text, resource, (), RequestContext(), True) for text in scope.resources or ("*",)
    )
    fits = negation(fits) if scope.not_resources else fits
    return None if fits and (scope.conditions or scope.uncertain) else fits


def test_a_grant_that_can_match_no_resource_is_none() -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html"""
    dead = document(
        statement("s3:GetObject", "arn:aws:s3:::b"),
        statement("s3:ListBucket", "arn:aws:s3:::b/*"),
        statement("iam:ListUsers", "arn:aws:iam::1:user/*"),
    )
    assert powers(reader().read(dead)).any == 0


def test_what_iam_would_refuse_is_unread() -> None:
    assert powers(reader().read({"Statement": "x"})).unread
    assert powers(reader().read(None)).unread


def test_text_of_2008_has_the_scope_of_the_same_text_in_a_document_of_2012() -> None:
    own = "arn:aws:s3:::home/${aws:username}/*"
    old = document(statement("s3:GetObject", own), version="2008-10-17")
    new = document(statement("s3:GetObject", own.replace("${", "${$}{")))
    assert reader().read(old).allowed_in == reader().read(new).allowed_in
    variable = document(statement("s3:GetObject", own))
    assert reader().read(old).allowed_in != reader().read(variable).allowed_in
