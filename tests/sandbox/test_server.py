"""The embedded IAM through boto3, as every user of `iamgroups sandbox` meets it."""

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.errors import UsageError
from iamgroups.sandbox import query_protocol
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.cloud import Cloud
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.request_log import replay
from iamgroups.sandbox.server import Serving, serve
from iamgroups.sandbox.service_model import service

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def connect(endpoint: Serving, name: str, key: str = "dummy", token: str | None = None) -> Any:
    return boto3.client(
        name,
        endpoint_url=endpoint.url,
        aws_access_key_id=key,
        aws_secret_access_key="dummy",
        aws_session_token=token,
        region_name="us-east-1",
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
    )


@pytest.fixture
def iam(iam_endpoint: Serving) -> Any:
    return connect(iam_endpoint, "iam")


def code(call: Callable[..., Any], **params: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_an_account_is_built_and_read_back_whole(iam: Any) -> None:
    name = "a+b=c,d.e@f-g_h"
    iam.create_group(GroupName=name, Path="/<&>'\"/")
    iam.create_user(UserName="alice", Tags=[{"Key": "team", "Value": "Übersee"}])
    iam.add_user_to_group(GroupName=name, UserName="alice")
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=json.dumps(DOCUMENT))
    iam.attach_user_policy(UserName="alice", PolicyArn=READ_ONLY)
    answer = iam.get_account_authorization_details()
    group, user = answer["GroupDetailList"][0], answer["UserDetailList"][0]
    assert group["Path"] == "/<&>'\"/"
    assert group["GroupPolicyList"] == [{"PolicyName": "p", "PolicyDocument": DOCUMENT}]
    assert (user["GroupList"], user["Tags"]) == ([name], [{"Key": "team", "Value": "Übersee"}])
    assert user["AttachedManagedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": READ_ONLY}]
    assert answer["Policies"][0]["PolicyVersionList"][0]["Document"]["Version"] == "2012-10-17"


def test_documents_come_back_as_they_were_sent(iam: Any) -> None:
    document = {**DOCUMENT, "Id": "100% <ü> + & \\u00e9"}
    iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(document, ensure_ascii=False, indent=3))
    arn = "arn:aws:iam::123456789012:policy/p"
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == document


def test_refusals_carry_awss_codes_and_statuses(iam: Any, iam_endpoint: Serving) -> None:
    iam.create_group(GroupName="g")
    assert code(iam.create_group, GroupName="G") == ("EntityAlreadyExists", 409)
    assert code(iam.get_group, GroupName="h") == ("NoSuchEntity", 404)
    assert code(iam.create_group, GroupName="bücher <&>") == ("ValidationError", 400)
    assert code(iam.attach_group_policy, GroupName="g", PolicyArn="arn:aws:iam::aws:nonsense") == (
        "ValidationError",
        400,
    )
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.delete_group(GroupName="h")
    for operation in (iam.list_virtual_mfa_devices, connect(iam_endpoint, "sts").get_session_token):
        with pytest.raises(ClientError, match=r"InvalidAction.*: The sandbox does not answer [A-Za-z]+\.$"):
            operation()


def test_pages_are_followed_to_the_end(iam: Any, iam_endpoint: Serving) -> None:
    for number in range(101):
        iam_endpoint.iam.call("CreateUser", {"UserName": f"u{number}"})
    iam_endpoint.iam.store.page_size = lambda asked: min(asked, 30)
    pages = list(iam.get_paginator("list_users").paginate())
    assert [len(page["Users"]) for page in pages] == [30, 30, 30, 11]


def test_an_answer_given_twice_follows_what_was_written_between(iam: Any) -> None:
    iam.create_group(GroupName="old")
    iam.create_user(UserName="alice")
    iam.add_user_to_group(GroupName="old", UserName="alice")

    def held() -> tuple[list[str], list[str]]:
        answer = iam.get_account_authorization_details()
        user, group = answer["UserDetailList"][0], answer["GroupDetailList"][0]
        return user["GroupList"], [policy["PolicyName"] for policy in group["AttachedManagedPolicies"]]

    assert held() == (["old"], [])
    iam.attach_group_policy(GroupName="old", PolicyArn=READ_ONLY)
    iam.update_group(GroupName="old", NewGroupName="new")
    assert held() == (["new"], ["ReadOnlyAccess"])


def test_a_user_is_known_by_their_access_key_until_it_is_deleted(iam: Any, iam_endpoint: Serving) -> None:
    iam.create_user(UserName="alice", Path="/people/")
    key = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    sts = connect(iam_endpoint, "sts", key)
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::123456789012:user/people/alice"
    iam.delete_access_key(UserName="alice", AccessKeyId=key)
    assert code(sts.get_caller_identity) == ("InvalidClientTokenId", 403)


def trusting(account: str, name: str, path: str = "/") -> StrictIam:
    """Return an account with one role, which everybody may assume."""
    iam = StrictIam(account)
    anybody = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": anybody})
    iam.call("CreateRole", {"RoleName": name, "Path": path, "AssumeRolePolicyDocument": trust})
    return iam


def test_assuming_a_role_elsewhere_reaches_the_account_that_has_it(strict_iam: StrictIam) -> None:
    strict_iam.call("CreateGroup", {"GroupName": "here"})
    role = "arn:aws:iam::222222222222:role/ops/deploy"
    with serve(Cloud(strict_iam, [trusting("222222222222", "deploy", "/ops/")])) as serving:
        granted = connect(serving, "sts").assume_role(RoleArn=role, RoleSessionName="ci")["Credentials"]
        there = {"key": granted["AccessKeyId"], "token": granted["SessionToken"]}
        assert connect(serving, "iam", **there).list_groups()["Groups"] == []
        caller = connect(serving, "sts", **there).get_caller_identity()
    assert caller["Arn"] == "arn:aws:sts::222222222222:assumed-role/deploy/ci"


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::222222222222:role/deploy",  # its path is missing
        "arn:aws-cn:iam::222222222222:role/ops/deploy",
        "arn:aws:iam::222222222222:role/ops/other",
        "arn:aws:iam::222222222222:user/ops/deploy",
        "arn:aws:iam::333333333333:role/ops/deploy",
        "arn:aws:iam::123456789012:role/ops/deploy",
    ],
)
def test_a_role_that_no_account_has_is_denied(strict_iam: StrictIam, arn: str) -> None:
    with serve(Cloud(strict_iam, [trusting("222222222222", "deploy", "/ops/")])) as serving:
        assume = connect(serving, "sts").assume_role
        assert code(assume, RoleArn=arn, RoleSessionName="ci") == ("AccessDenied", 403)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", ""])
def test_a_request_for_another_host_is_refused(iam_endpoint: Serving, host: str) -> None:
    address = iam_endpoint.url.removeprefix("http://")
    connection = http.client.HTTPConnection(address)
    body = "Action=CreateGroup&GroupName=g&Version=2010-05-08"
    connection.request("POST", "/", body, {"Host": host})
    assert connection.getresponse().status == 403
    assert iam_endpoint.log.requests().total() == 0


def test_everything_else_is_motos_s3_with_its_conditional_writes(iam_endpoint: Serving) -> None:
    s3 = connect(iam_endpoint, "s3")
    s3.create_bucket(Bucket="locks")
    tag = s3.put_object(Bucket="locks", Key="a/b", Body=b"1", IfNoneMatch="*")["ETag"]
    assert code(s3.put_object, Bucket="locks", Key="a/b", Body=b"2", IfNoneMatch="*")[1] == 412
    s3.put_object(Bucket="locks", Key="a/b", Body=b"3", IfMatch=tag)
    assert code(s3.delete_object, Bucket="locks", Key="a/b", IfMatch=tag)[1] == 412
    assert s3.get_object(Bucket="locks", Key="a/b")["Body"].read() == b"3"


def test_the_log_tells_every_request_and_its_writes_can_be_replayed(
    iam: Any, iam_endpoint: Serving, strict_iam: StrictIam
) -> None:
    start = strict_iam.copy()
    iam.create_group(GroupName="g")
    code(iam.create_group, GroupName="g")
    iam.list_groups()
    iam.attach_group_policy(GroupName="g", PolicyArn=READ_ONLY)
    log = iam_endpoint.log
    assert [(entry.number, entry.operation, entry.code) for entry in log.entries] == [
        (1, "CreateGroup", ""),
        (2, "CreateGroup", "EntityAlreadyExists"),
        (3, "ListGroups", ""),
        (4, "AttachGroupPolicy", ""),
    ]
    assert log.requests()["CreateGroup"] == 2
    assert [entry.operation for entry, _ in replay(start, log)] == ["CreateGroup", "AttachGroupPolicy"]
    assert [after.facts() for _, after in replay(start, log)][-1] == strict_iam.facts()
    assert start.facts().attachments == set()


def test_with_ten_clients_at_once_the_log_still_has_the_order_in_which_writes_were_done(
    iam: Any, iam_endpoint: Serving, strict_iam: StrictIam
) -> None:
    for name in ("a", "b"):
        strict_iam.call("CreateGroup", {"GroupName": name})
        strict_iam.call("CreateUser", {"UserName": name})
    start = strict_iam.copy()

    def work(seed: int) -> None:
        random = Random(seed)
        for _ in range(30):
            call = random.choice([iam.add_user_to_group, iam.remove_user_from_group])
            call(GroupName=random.choice("ab"), UserName=random.choice("ab"))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(work, range(10)))
    *_, (last, replayed) = replay(start, iam_endpoint.log)
    assert last.applied == 300
    assert replayed.facts() == strict_iam.facts()


def test_the_environment_it_prints_is_all_boto3_needs(
    iam_endpoint: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in iam_endpoint.environment().items():
        monkeypatch.setenv(name, value)
    assert boto3.session.Session().client("iam").list_users()["Users"] == []


def test_a_port_that_is_taken_is_the_users_error(iam_endpoint: Serving, strict_iam: StrictIam) -> None:
    with pytest.raises(UsageError, match="--port 0"):
        serve(strict_iam, port=int(iam_endpoint.url.rpartition(":")[2]))


def test_a_closed_sandbox_ends_open_connections(strict_iam: StrictIam) -> None:
    import http.client

    serving = serve(strict_iam)
    connection = http.client.HTTPConnection("127.0.0.1", int(serving.url.rpartition(":")[2]))
    connection.request("POST", "/", "Action=ListUsers&Version=2010-05-08")
    assert connection.getresponse().read()
    serving.close()
    connection.auto_open = 0
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.request("POST", "/", "Action=ListUsers&Version=2010-05-08")
        connection.getresponse()


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=40))
def test_any_text_in_an_error_is_still_xml(text: str) -> None:
    from xml.etree import ElementTree

    body = query_protocol.render_error(service("iam"), IamError("ValidationError", text), "id")
    assert ElementTree.fromstring(body).find(".//{*}Message") is not None


@pytest.mark.parametrize(
    ("service_name", "operation", "params"),
    [
        ("iam", "list_mfa_devices", {}),
        ("sts", "get_session_token", {}),
        ("ec2", "describe_vpcs", {}),
        ("sns", "list_topics", {}),
        ("sqs", "list_queues", {}),
        ("dynamodb", "describe_global_table_settings", {"GlobalTableName": "table"}),
        ("chime", "list_accounts", {}),
        ("lambda", "list_functions", {}),
        ("route53", "list_hosted_zones", {}),
        ("s3", "restore_object", {"Bucket": "locks", "Key": "key"}),
    ],
)
def test_what_the_sandbox_does_not_serve_is_refused(
    iam_endpoint: Serving, capfd: pytest.CaptureFixture[str], service_name: str, operation: str, params: Any
) -> None:
    s3 = connect(iam_endpoint, "s3")
    s3.create_bucket(Bucket="locks")
    s3.put_object(Bucket="locks", Key="key")
    expected = ("NotImplemented", 501) if service_name == "s3" else ("InvalidAction", 400)
    assert code(getattr(connect(iam_endpoint, service_name), operation), **params) == expected
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("length", ["-1", "many", "99999999999"])
def test_a_request_of_no_length_is_refused(iam_endpoint: Serving, length: str) -> None:
    connection = http.client.HTTPConnection(iam_endpoint.url.removeprefix("http://"))
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    assert connection.getresponse().status == 400
