"""What a document gives by AWS's access levels, in few words, and what it gives more than before."""

import json
from functools import cache
from typing import Any

import pytest

from iamgroups import catalogue
from iamgroups.access.levels import Levels, Rise
from iamgroups.access.powers import PowerReader, powers
from iamgroups.sandbox.aws_managed import aws_managed_policies
from iamgroups.state.fingerprints import Fingerprint, Given, Gives, dump, load
from tests.policy.documents import document, statement

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
READ = document(statement(["s3:GetObject", "s3:ListBucket"]))


@cache
def levels() -> Levels:
    return Levels(catalogue.load())


def rise(before: Any, after: Any) -> Rise:
    return levels().rise(levels().gives(before), after)


def test_a_wildcard_stands_for_each_level_that_it_gives_whole() -> None:
    given = levels().gives(document(statement(["s3:Get*", "s3:PutObject", "s3:ListBucket", "sqs:*"]))).levels
    assert given["Write"].everywhere == ("s3:PutObject", "sqs:*")
    assert given["Permissions management"].everywhere == ("sqs:*",)
    assert "s3:Get*" in given["Read"].everywhere
    assert list(given) == ["Permissions management", "Write", "Tagging", "Read", "List"]


def test_a_wildcard_that_a_deny_parts_is_told_by_name() -> None:
    text = document(statement("sqs:*"), statement("sqs:SendMessage", effect="Deny"))
    given = levels().gives(text).levels
    assert given["Read"].everywhere == ("sqs:*",)
    assert "sqs:*" not in given["Write"].everywhere and "sqs:DeleteQueue" in given["Write"].everywhere
    assert "sqs:SendMessage" not in given["Write"].everywhere


def test_not_action_gives_whole_services() -> None:
    given = levels().gives(document({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"})).levels
    assert {"s3:*", "ec2:*"} <= set(given["Write"].everywhere)
    assert not any(pattern.startswith("iam:") for each in given.values() for pattern in each.everywhere)


def test_a_resource_a_condition_and_a_deny_within_limits_are_limits() -> None:
    within = [
        document(statement("s3:PutObject", "arn:aws:s3:::a/*")),
        document(statement("s3:PutObject", Condition=MFA)),
        document(statement("s3:PutObject"), statement("*", "arn:aws:s3:::a/*", effect="Deny")),
    ]
    for text in within:
        assert levels().gives(text).levels == {"Write": Given((), ("s3:PutObject",))}


@pytest.mark.parametrize(
    ("after", "gained"),
    [
        (
            document(statement(["s3:GetObject", "s3:ListBucket", "s3:PutObject"])),
            {"Write": ("s3:PutObject",)},
        ),
        (
            document(statement(["s3:GetObject", "s3:ListBucket", "s3:PutObjectTagging"])),
            {"Tagging": ("s3:PutObjectTagging",)},
        ),
        (
            document(statement(["s3:ListBucket", "s3:GetObject", "s3:GetObjectAcl"])),
            {"Read": ("s3:GetObjectAcl",)},
        ),
        (document(statement(["S3:GETOBJECT", "s3:ListBucket"])), {}),
        (document(statement("s3:GetObject")), {}),
    ],
)
def test_what_is_gained_is_told_by_level(after: Any, gained: dict[str, tuple[str, ...]]) -> None:
    found = rise(READ, after)
    assert (found.gained, found.freed, found.ways, found.unlisted) == (gained, {}, (), ())
    assert found.weighty is bool(gained.keys() & {"Write", "Tagging"})


def test_a_limit_that_goes_is_a_rise_too() -> None:
    limited = document(statement("s3:PutObject", "arn:aws:s3:::a/*"))
    found = rise(limited, document(statement("s3:PutObject")))
    assert (found.gained, found.freed) == ({}, {"Write": ("s3:PutObject",)})
    assert found.weighty and found.levels == ("Write",)
    assert not rise(document(statement("s3:PutObject")), limited).weighty


def test_a_deny_that_goes_is_a_rise() -> None:
    denied = document(statement("s3:*"), statement("s3:DeleteBucket", effect="Deny"))
    assert rise(denied, document(statement("s3:*"))).gained == {"Write": ("s3:DeleteBucket",)}


def test_a_new_way_to_escalate_is_named_though_its_level_did_not_rise() -> None:
    own = document(statement("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}"))
    found = rise(own, document(statement("iam:CreateAccessKey", "arn:aws:iam::*:user/*")))
    assert (found.gained, found.freed, found.ways) == ({}, {}, ("iam:CreateAccessKey",))
    assert found.weighty


def test_halves_that_come_together_are_a_new_way() -> None:
    half = document(statement("iam:PassRole"), statement("lambda:CreateFunction"))
    whole = document(statement(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]))
    assert rise(half, whole).ways == ("iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction",)
    assert rise(whole, whole) == Rise(date=catalogue.load().date)


def test_an_action_that_the_catalogue_does_not_have_may_be_more_than_reading() -> None:
    found = rise(READ, document(statement(["s3:GetObject", "brandnew:MakeThing"])))
    assert found.unlisted == ("brandnew:MakeThing",) and found.weighty
    assert not rise(document(statement("brandnew:*")), document(statement("brandnew:*"))).weighty


def test_a_name_that_aws_moved_to_another_level_was_there_before() -> None:
    before = Gives({"Read": Given(("s3:PutObject",), ())})
    assert not levels().rise(before, document(statement("s3:PutObject"))).weighty


def test_a_document_that_iam_would_refuse_gives_nothing_and_what_mends_it_is_a_rise() -> None:
    assert levels().gives({"Statement": [{"Effect": "Maybe"}]}) == Gives({})
    assert rise(None, document(statement("s3:PutObject"))).gained == {"Write": ("s3:PutObject",)}


def test_the_policies_of_aws_come_back_from_the_file_as_they_went_in() -> None:
    known = catalogue.load()
    read = PowerReader(known).read
    texts = {arn: policy.version(policy.default) for arn, policy in aws_managed_policies().items()}
    documents = {arn: _parsed(each.document) for arn, each in sorted(texts.items())[::15] if each}
    noted = {
        arn: Fingerprint("v1", f"sha256:{'0' * 64}", "2026-11-25", levels().gives(text))
        for arn, text in documents.items()
    }
    (back,) = load(dump({"123456789012": noted}), "x").values()
    assert back == noted and len(back) > 100
    for arn, text in documents.items():
        assert levels().rise(back[arn].gives, text) == Rise(date=known.date)
        everything = levels().rise(Gives({}), text)
        assert bool(everything.gained) is bool(powers(read(text)).any)


def _parsed(text: Any) -> Any:
    return json.loads(text) if isinstance(text, str) else text
