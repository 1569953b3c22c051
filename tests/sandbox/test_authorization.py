"""The embedded IAM holds callers to their policies: action, resource, condition."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.authorization import Permission, allowed
from iamgroups.sandbox.cloud import Cloud, Identity
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.server import Serving, serve
from tests.sandbox.test_server import code, connect

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
GROUP = "arn:aws:iam::123456789012:group/"


def statement(action: Any, resource: Any = "*", effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def cloud(iam: StrictIam, *statements: dict[str, Any]) -> tuple[Cloud, Identity]:
    caller = Caller("arn:aws:sts::123456789012:assumed-role/ci/run", "AROA:run")
    made = Cloud(iam)
    made.bind("AKIACI", Identity(iam, caller, policies=(document(*statements),)))
    return made, made.identify("AKIACI")


def refused(iam: StrictIam, *statements: dict[str, Any], call: str, **params: Any) -> bool:
    made, who = cloud(iam, *statements)
    try:
        made.call(call, params, who)
    except IamError as error:
        if error.code == "AccessDenied":
            return True
    return False


@pytest.fixture
def iam(strict_iam: StrictIam) -> StrictIam:
    strict_iam.call("CreateGroup", {"GroupName": "Devs", "Path": "/eng/"})
    strict_iam.call("CreateUser", {"UserName": "alice", "Path": "/people/"})
    return strict_iam


def test_a_call_needs_its_action_on_the_arn_as_iam_spells_it(iam: StrictIam) -> None:
    attach = {"call": "AttachGroupPolicy", "GroupName": "devs", "PolicyArn": READ_ONLY}
    assert not refused(iam, statement("iam:attachgrouppolicy", GROUP + "eng/Devs"), **attach)
    assert not refused(iam, statement(["iam:Attach*"], [GROUP + "eng/*"]), **attach)
    assert refused(iam, statement("iam:DetachGroupPolicy", GROUP + "eng/Devs"), **attach)
    assert refused(iam, statement("iam:*", GROUP + "ops/*"), **attach)
    assert refused(iam, statement("iam:*", GROUP + "eng/devs"), **attach)
    assert refused(iam, statement("iam:*"), statement("iam:Attach*", "*", "Deny"), **attach)
    assert refused(iam, **attach)


def test_which_policy_may_be_attached_is_a_condition(iam: StrictIam) -> None:
    attach = {"call": "AttachGroupPolicy", "GroupName": "Devs", "PolicyArn": READ_ONLY}

    def held_to(operator: str, *arns: str) -> bool:
        condition = {operator: {"iam:PolicyARN": list(arns)}}
        return refused(iam, statement("iam:*", "*", Condition=condition), **attach)

    assert not held_to("ArnEquals", "arn:aws:iam::aws:policy/Other", READ_ONLY)
    assert not held_to("ArnLike", "arn:aws:iam::aws:policy/Read*")
    assert not held_to("StringEquals", READ_ONLY)
    assert not held_to("ArnNotEquals", "arn:aws:iam::aws:policy/AdministratorAccess")
    assert held_to("ArnEquals", "arn:aws:iam::aws:policy/Other")
    assert held_to("ArnLike", "arn:aws:iam::*:role/*")
    assert held_to("ArnNotLike", "arn:aws:iam::aws:policy/*")
    assert held_to("StringEquals", READ_ONLY.lower())


def test_a_condition_on_something_the_call_lacks_does_not_hold_unless_negated_or_optional(
    iam: StrictIam,
) -> None:
    demand = Permission("iam:CreateGroup", GROUP + "x", {})

    def holds(operator: str, value: str) -> bool:
        condition = {operator: {"iam:PolicyARN": value}}
        return allowed([document(statement("*", "*", Condition=condition))], demand)

    assert not holds("ArnEquals", READ_ONLY)
    assert holds("ArnEqualsIfExists", READ_ONLY)
    assert holds("ArnNotEquals", READ_ONLY)
    assert holds("Null", "true")
    assert not holds("Null", "false")
    with pytest.raises(IamError, match="NumericLesserThan"):
        holds("NumericLesserThan", "1")


@pytest.mark.parametrize(
    ("call", "params", "resource"),
    [
        ("ListGroups", {}, "*"),
        ("GetAccountSummary", {}, "*"),
        ("AddUserToGroup", {"GroupName": "Devs", "UserName": "alice"}, GROUP + "eng/Devs"),
        ("ListGroupsForUser", {"UserName": "alice"}, "arn:aws:iam::123456789012:user/people/alice"),
        ("CreateGroup", {"GroupName": "new", "Path": "/x/"}, GROUP + "x/new"),
        ("CreatePolicy", {"PolicyName": "p", "Path": "/x/"}, "arn:aws:iam::123456789012:policy/x/p"),
        ("GetPolicy", {"PolicyArn": READ_ONLY}, READ_ONLY),
    ],
)
def test_each_call_is_authorised_on_its_own_kind_of_resource(
    iam: StrictIam, call: str, params: dict[str, str], resource: str
) -> None:
    assert not refused(iam, statement(f"iam:{call}", resource), call=call, **params)
    assert refused(iam, statement(f"iam:{call}", resource + "-other"), call=call, **params)


def test_renaming_and_moving_need_the_old_and_the_new_arn(iam: StrictIam) -> None:
    rename = {"call": "UpdateGroup", "GroupName": "Devs", "NewGroupName": "developers"}
    assert refused(iam, statement("iam:UpdateGroup", GROUP + "eng/Devs"), **rename)
    assert refused(iam, statement("iam:UpdateGroup", GROUP + "eng/developers"), **rename)
    both = [GROUP + "eng/Devs", GROUP + "eng/developers"]
    assert not refused(iam, statement("iam:UpdateGroup", both), **rename)


def test_creating_a_policy_with_tags_needs_the_permission_to_tag(iam: StrictIam) -> None:
    create = {"PolicyName": "p", "PolicyDocument": "{}", "Tags": [{"Key": "owner", "Value": "us"}]}
    assert refused(iam, statement("iam:CreatePolicy"), call="CreatePolicy", **create)
    both = ["iam:CreatePolicy", "iam:TagPolicy"]
    assert not refused(iam, statement(both), call="CreatePolicy", **create)


@pytest.fixture
def enforcing(iam: StrictIam) -> Iterator[Serving]:
    with serve(Cloud(iam, enforce=True)) as serving:
        yield serving


def test_users_are_held_to_what_they_hold_directly_and_through_groups(
    enforcing: Serving, iam: StrictIam
) -> None:
    key = connect(enforcing, "iam").create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    alice = connect(enforcing, "iam", key)
    assert code(alice.list_groups_for_user, UserName="alice") == ("AccessDenied", 403)
    connect(enforcing, "sts", key).get_caller_identity()
    own = json.dumps(document(statement("iam:Get*", "arn:aws:iam::*:user/*/${aws:username}")))
    iam.call("PutGroupPolicy", {"GroupName": "Devs", "PolicyName": "p", "PolicyDocument": own})
    iam.call("AddUserToGroup", {"GroupName": "Devs", "UserName": "alice"})
    assert alice.get_user()["User"]["UserName"] == "alice"
    iam.call("CreateUser", {"UserName": "bob", "Path": "/people/"})
    assert code(alice.get_user, UserName="bob")[0] == "AccessDenied"


def test_a_boundary_must_allow_as_well(enforcing: Serving, iam: StrictIam) -> None:
    boundary = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    iam.call("CreateUser", {"UserName": "bob", "PermissionsBoundary": boundary})
    iam.call(
        "AttachUserPolicy", {"UserName": "bob", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    )
    key = connect(enforcing, "iam").create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    assert code(connect(enforcing, "iam", key).list_users)[0] == "AccessDenied"


def test_a_role_must_exist_and_carries_its_own_policies(enforcing: Serving, iam: StrictIam) -> None:
    sts = connect(enforcing, "sts")
    arn = "arn:aws:iam::123456789012:role/deploy"
    assert code(sts.assume_role, RoleArn=arn, RoleSessionName="ci") == ("AccessDenied", 403)
    trust = json.dumps(document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}))
    iam.call("CreateRole", {"RoleName": "deploy", "AssumeRolePolicyDocument": trust})
    iam.call(
        "AttachRolePolicy", {"RoleName": "deploy", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}
    )
    granted = sts.assume_role(RoleArn=arn, RoleSessionName="ci")["Credentials"]
    deploy = connect(enforcing, "iam", granted["AccessKeyId"], granted["SessionToken"])
    assert deploy.list_users()["Users"]
    assert code(deploy.create_group, GroupName="g")[0] == "AccessDenied"


LOCK = "arn:aws:s3:::locks/team/lock"


@pytest.mark.parametrize(
    ("actions", "denied"),
    [
        (["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"], []),
        (["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], ["read absent"]),
        (["s3:PutObject", "s3:DeleteObject", "s3:ListBucket"], ["read absent", "renew", "read", "release"]),
        (["s3:GetObject", "s3:DeleteObject", "s3:ListBucket"], ["take", "renew"]),
        (["s3:GetObject", "s3:PutObject", "s3:ListBucket"], ["release"]),
    ],
)
def test_the_lock_object_needs_exactly_these_s3_permissions(
    strict_iam: StrictIam, actions: list[str], denied: list[str]
) -> None:
    made, _ = cloud(strict_iam, statement(actions, [LOCK, "arn:aws:s3:::locks"]))
    found = []
    with serve(made) as serving:
        root, ours = connect(serving, "s3"), connect(serving, "s3", "AKIACI")
        root.create_bucket(Bucket="locks")
        where: dict[str, Any] = {"Bucket": "locks", "Key": "team/lock"}

        def attempt(name: str, call: Any, **params: Any) -> None:
            try:
                call(**where, **params)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
                    found.append(name)

        attempt("read absent", ours.get_object)
        attempt("take", ours.put_object, Body=b"1", IfNoneMatch="*")
        tag = root.put_object(**where, Body=b"1")["ETag"]
        attempt("renew", ours.put_object, Body=b"1", IfMatch=tag)
        attempt("read", ours.get_object)
        attempt("release", ours.delete_object, IfMatch=tag)
    assert found == denied


def test_expired_credentials_are_told_apart(strict_iam: StrictIam) -> None:
    from datetime import UTC, datetime

    made = Cloud(strict_iam)
    made.bind("ASIAOLD", Identity(strict_iam, Caller("arn:x", "A"), datetime(2020, 1, 1, tzinfo=UTC)))
    with pytest.raises(IamError, match="ExpiredToken"):
        made.identify("ASIAOLD")
