"""Whatever is called in whatever order: the account stays whole, and HTTP tells what memory tells."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.server import Serving, serve
from tests.sandbox.test_server import connect

QUOTAS = {"GroupsPerUserQuota": 2, "AttachedPoliciesPerGroupQuota": 2, "GroupsQuota": 3}
OWN = "arn:aws:iam::123456789012:policy/"
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
)

groups = st.sampled_from(["a", "A", "b", "c+=,.@-_d", "E", "bad name"])
users = st.sampled_from(["u", "U", "v", "w"])
policies = st.sampled_from(["p", "P", "q"])
arns = st.sampled_from(
    [OWN + "p", OWN + "q", OWN + "none", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:what"]
)
paths = st.sampled_from(["/", "/x/", "/<&>\"'/", "x"])


def call(operation: str, **params: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.tuples(st.just(operation), st.fixed_dictionaries(params))


calls = st.one_of(
    call("CreateGroup", GroupName=groups, Path=paths),
    call("CreateUser", UserName=users, Path=paths),
    call("CreatePolicy", PolicyName=policies, PolicyDocument=st.just(DOCUMENT)),
    call("AddUserToGroup", GroupName=groups, UserName=users),
    call("RemoveUserFromGroup", GroupName=groups, UserName=users),
    call("AttachGroupPolicy", GroupName=groups, PolicyArn=arns),
    call("AttachUserPolicy", UserName=users, PolicyArn=arns),
    call("DetachGroupPolicy", GroupName=groups, PolicyArn=arns),
    call("PutGroupPolicy", GroupName=groups, PolicyName=policies, PolicyDocument=st.just(DOCUMENT)),
    call("CreatePolicyVersion", PolicyArn=arns, PolicyDocument=st.just(DOCUMENT), SetAsDefault=st.booleans()),
    call("UpdateGroup", GroupName=groups, NewGroupName=groups, NewPath=paths),
    call("DeleteGroup", GroupName=groups),
    call("DeleteUser", UserName=users),
    call("DeletePolicy", PolicyArn=arns),
    call("GetGroup", GroupName=groups),
    call("ListGroupsForUser", UserName=users),
    call("ListEntitiesForPolicy", PolicyArn=arns),
    call("ListPolicies", Scope=st.just("Local")),
    call("GetAccountAuthorizationDetails", MaxItems=st.sampled_from([1, 2, 1000])),
    call("GetAccountSummary"),
)


def whole(iam: StrictIam) -> dict[str, Any]:
    return iam.call("GetAccountAuthorizationDetails", {"MaxItems": 1000})


@settings(deadline=None, max_examples=150)
@given(st.lists(calls, max_size=30))
def test_the_account_stays_whole_and_a_refusal_changes_nothing(sequence: list[Any]) -> None:
    iam = StrictIam(quotas=QUOTAS)
    for operation, params in sequence:
        before = whole(iam)
        try:
            iam.call(operation, params)
        except IamError:
            assert whole(iam) == before
    store, facts = iam.store, iam.facts()
    assert facts.memberships == {(name, user.name) for user in store.users.values() for name in user.groups}
    assert all(key == group.name.lower() for key, group in store.groups.items())
    assert all(len(user.groups) <= 2 for user in store.users.values())
    assert all(len(group.attached) <= 2 for group in store.groups.values())
    assert len(store.groups) <= 3
    for _, arn in facts.attachments | facts.direct:
        iam.call("GetPolicy", {"PolicyArn": arn})


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Serving]:
    with serve(StrictIam()) as serving:
        yield serving


@pytest.fixture(scope="module")
def client(endpoint: Serving) -> Any:
    return connect(endpoint, "iam")


def over_http(client: Any, operation: str, params: dict[str, Any]) -> Any:
    from botocore import xform_name

    try:
        answer = getattr(client, xform_name(operation))(**params)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    del answer["ResponseMetadata"]
    return plain(answer)


def in_memory(iam: StrictIam, operation: str, params: dict[str, Any]) -> Any:
    try:
        return plain(iam.call(operation, params))
    except IamError as error:
        return error.code, error.message


def plain(answer: Any) -> Any:
    """Times as UTC text: boto3 answers them in the machine's own time zone."""
    return json.loads(json.dumps(answer, default=lambda date: str(datetime.timestamp(date))))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(calls, max_size=20))
def test_http_tells_what_memory_tells(sequence: list[Any], endpoint: Serving, client: Any) -> None:
    iam = StrictIam(quotas=QUOTAS)
    endpoint.iam.store = StrictIam(quotas=QUOTAS).store
    for operation, params in sequence:
        assert over_http(client, operation, params) == in_memory(iam, operation, params)
