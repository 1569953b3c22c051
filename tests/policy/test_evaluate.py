"""The order of decision.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html and
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from typing import Any

import pytest

from iamgroups.policy.actions import action_matches
from iamgroups.policy.evaluate import Decision, Layer, Request, evaluate
from iamgroups.policy.parsed import MalformedStatement, parse_document
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.truth import Truth
from tests.policy.documents import document, layer, statement

OBJECT = "arn:aws:s3:::data/q1.csv"
PUT = Request("s3:PutObject", OBJECT)
NO_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}


def decide(*layers: Layer, request: Request = PUT) -> Decision:
    return evaluate(layers, request)


def verdict(*layers: Layer, request: Request = PUT) -> tuple[str, str]:
    decision = decide(*layers, request=request)
    return decision.verdict, decision.decided_by


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("*", "s3:PutObject", True),
        ("S3:put*", "s3:PutObject", True),  # case is ignored
        ("s3:Put?bject", "s3:PutObject", True),
        ("s3:PutObject", "s3:PutObjectAcl", False),
        ("s3:*", "s3-object-lambda:GetObject", False),  # the service is literal
        ("s3*:GetObject", "s3-object-lambda:GetObject", None),  # AWS documents no wildcard there
        ("newservice:NewAction", "newservice:newaction", True),  # a catalogue is not needed
    ],
)
def test_actions_are_matched_ignoring_case(pattern: str, action: str, expected: Truth) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html"""
    assert action_matches(pattern, action) is expected


def test_nothing_is_allowed_that_no_statement_allows() -> None:
    assert verdict(layer()) == ("denied", "identity")
    assert verdict(layer(document(statement("s3:GetObject")))) == ("denied", "identity")
    assert verdict(layer(document(statement("s3:*")))) == ("allowed", "")


def test_a_deny_decides_wherever_it_is() -> None:
    allow, deny = document(statement("*")), document(statement("s3:Put*", effect="Deny"))
    assert verdict(layer(allow, deny)) == ("denied", "explicit")
    assert verdict(layer(allow), layer(allow, deny, kind="boundary")) == ("denied", "explicit")
    assert verdict(layer(allow), layer(allow, deny, kind="scp")) == ("denied", "explicit")


def test_ceilings_grant_nothing_and_every_one_has_to_allow() -> None:
    allow, other = document(statement("*")), document(statement("ec2:*"))
    assert verdict(layer(), layer(allow, kind="boundary")) == ("denied", "identity")
    assert verdict(layer(allow), layer(other, kind="boundary")) == ("denied", "boundary")
    assert verdict(layer(allow), layer(other, kind="session")) == ("denied", "session")
    levels = layer(allow, kind="scp"), layer(other, kind="scp")
    assert verdict(layer(allow), *levels) == ("denied", "scp")
    assert verdict(layer(allow), layer(other, allow, kind="scp")) == ("allowed", "")


def test_the_first_layer_that_does_not_allow_is_named_in_the_order_of_decision() -> None:
    none = document(statement("ec2:*"))
    layers = [layer(none, kind=kind) for kind in ("scp", "boundary", "session", "identity")]  # type: ignore[arg-type]
    assert verdict(*layers) == ("denied", "identity")
    assert verdict(*layers[:-1], layer(document(statement("*")))) == ("denied", "session")


def test_a_condition_on_an_unknown_key_makes_it_conditional() -> None:
    mfa = document(statement("*", effect="Deny", Condition=NO_MFA))
    allow = document(statement("*"))
    assert verdict(layer(allow, mfa)) == ("conditional", "")
    for value, expected in ((("true",), "allowed"), (("false",), "denied"), (None, "denied")):
        context = RequestContext({"aws:multifactorauthpresent": value})
        request = Request("s3:PutObject", OBJECT, context)
        assert verdict(layer(allow, mfa), request=request)[0] == expected


def test_a_policy_that_could_not_be_read_makes_conditional_what_it_could_change() -> None:
    allow, deny = document(statement("*")), document(statement("*", effect="Deny"))
    decision = decide(layer(allow, None))
    assert decision.verdict == "conditional"
    assert [source.label for source in decision.unread] == ["p1"]
    assert verdict(layer(None)) == ("conditional", "")
    assert verdict(layer(deny, None)) == ("denied", "explicit")
    assert verdict(layer(None), layer(kind="boundary")) == ("denied", "boundary")


def test_not_action_grants_everything_else() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"""
    rest = {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}
    assert verdict(layer(document(rest)))[0] == "allowed"
    assert verdict(layer(document(rest)), request=Request("iam:CreateUser", "*"))[0] == "denied"
    lock = {**rest, "Effect": "Deny"}
    assert verdict(layer(document(statement("*"), lock))) == ("denied", "explicit")


def test_not_resource_is_what_none_of_its_patterns_match() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html"""
    deny = {"Effect": "Deny", "Action": "*", "NotResource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}
    identity = layer(document(statement("*"), deny))
    assert verdict(identity)[0] == "allowed"
    assert verdict(identity, request=Request("s3:PutObject", "arn:aws:s3:::other/x"))[0] == "denied"
    listing = Request("s3:ListAllMyBuckets", resourceless=True)
    assert verdict(identity, request=listing) == ("denied", "explicit")


def test_an_arn_grants_and_protects_nothing_for_an_action_without_resource_types() -> None:
    listing = Request("iam:ListUsers", resourceless=True)
    arn = "arn:aws:iam::123456789012:user/*"
    assert verdict(layer(document(statement("iam:ListUsers", arn))), request=listing)[0] == "denied"
    protected = document(statement("*"), statement("iam:ListUsers", arn, "Deny"))
    assert verdict(layer(protected), request=listing)[0] == "allowed"


def test_without_a_resource_allowed_means_everywhere() -> None:
    anywhere = Request("s3:PutObject")
    assert verdict(layer(document(statement("s3:*"))), request=anywhere)[0] == "allowed"
    narrow = document(statement("s3:*", ["arn:aws:s3:::data/*"]))
    assert verdict(layer(narrow), request=anywhere)[0] == "conditional"
    kept = document(statement("s3:*"), statement("*", "arn:aws:s3:::secret/*", "Deny"))
    assert verdict(layer(kept), request=anywhere)[0] == "conditional"
    assert verdict(layer(kept, document(statement("*", effect="Deny"))), request=anywhere)[0] == "denied"


def test_the_decision_names_the_statements_and_the_patterns_that_matched() -> None:
    found = document(
        statement("ec2:*", Sid="Other"),
        statement(["s3:Get*", "s3:Put*"], ["arn:aws:s3:::x", "arn:aws:s3:::data/*"], Sid="Write"),
        statement("s3:*", "arn:aws:s3:::other/*"),
    )
    judged = decide(layer(found)).judged
    assert [(each.statement.number, each.statement.sid, each.applies) for each in judged] == [
        (2, "Write", True),
        (3, "", False),
    ]
    assert (judged[0].action, judged[0].resource) == ("s3:Put*", "arn:aws:s3:::data/*")


def test_statements_are_read_in_every_shape_of_the_grammar() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"""
    single = {"Statement": statement("s3:*", Condition={"Bool": {"aws:SecureTransport": True}})}
    (found,) = parse_document(single)
    assert found.conditions[0].values == ("true",)
    assert not found.variables  # absent means 2008-10-17
    (bare,) = parse_document(document(statement(["s3:*"], ["*"], Condition={})))
    assert bare.conditions == () and bare.variables and bare.actions == ("s3:*",)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        "text",
        {"Statement": "x"},
        {"Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]},
        {"Statement": [{"Effect": "Allow", "Resource": "*"}]},
        {"Statement": [{"Effect": "Allow", "Action": 1, "Resource": "*"}]},
        {"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}]},
        {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": "x"}}]},
    ],
)
def test_a_document_that_iam_would_refuse_is_not_guessed_at(wrong: Any) -> None:
    with pytest.raises(MalformedStatement):
        parse_document(wrong)
