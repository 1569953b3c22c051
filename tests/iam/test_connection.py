import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from botocore.exceptions import DataNotFoundError

from iamgroups.errors import AccountError, CredentialsError, UnreachableError, UsageError
from iamgroups.iam import Connection, connect
from iamgroups.state import Call
from iamgroups.state.failure import CallFailed, Failure

from .conftest import Script, answer, error

WRITE = Call("AddUserToGroup", {"GroupName": "devs", "UserName": "alice"})


def test_the_caller_is_identified_and_a_foreign_endpoint_is_named(
    script: Script, connection: Connection
) -> None:
    account = connection.identify()
    assert (account.id, account.partition) == ("123456789012", "aws")
    assert account.caller_arn == "arn:aws:iam::123456789012:user/ops"
    assert account.caller_id == "AIDAOPS"
    assert account.endpoint == script.url
    assert connection.requests == {"GetCallerIdentity": 1}


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("eu-west-1", "https://iam.amazonaws.com"),
        ("cn-north-1", "https://iam.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "https://iam.us-gov.amazonaws.com"),
    ],
)
def test_endpoints_of_aws_are_not_foreign(keys: None, region: str, endpoint: str) -> None:
    clients = connect(region=region)._transport.clients
    assert clients.get("iam").meta.endpoint_url == endpoint
    assert clients.endpoint("iam") == ""


@pytest.mark.parametrize(
    ("variables", "role", "region"),
    [
        ({}, None, "us-east-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-3"}, None, "eu-west-3"),
        ({"AWS_REGION": "eu-west-2"}, None, "eu-west-2"),
    ],
)
def test_the_region_comes_from_the_environment_or_a_default(
    keys: None, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], role: str | None, region: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert connect(role_arn=role)._transport.clients.region == region


def test_a_role_of_another_partition_brings_its_region(keys: None) -> None:
    connection = connect(role_arn="arn:aws-cn:iam::123456789012:role/deploy")
    assert connection._transport.clients.region == "cn-north-1"


def test_botocore_finds_the_services_that_credentials_may_come_from(keys: None) -> None:
    session = connect()._transport.clients._session
    loader = session.get_component("data_loader")
    assert {"iam", "s3", "signin", "sso", "sso-oidc", "sts"} <= set(
        loader.list_available_services("service-2")
    )
    assert session.create_client("sso", region_name="eu-west-1").meta.service_model.service_id == "SSO"
    with pytest.raises(DataNotFoundError):
        session.create_client("nowhere", region_name="eu-west-1")


def test_a_profile_gives_region_and_endpoint(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile ops]\nregion = eu-central-1\naws_access_key_id = AKIA\naws_secret_access_key = s\n"
        f"endpoint_url = {script.url}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    connection = connect(profile="ops")
    assert connection._transport.clients.region == "eu-central-1"
    assert connection.identify().endpoint == script.url


def test_a_role_is_assumed_once_for_every_request(script: Script, connection: Connection) -> None:
    script.say(
        "AssumeRole",
        answer(
            "AssumeRole",
            "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            "<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>",
        ),
    )
    script.say("AddUserToGroup", answer("AddUserToGroup"))
    connection = connect(role_arn="arn:aws:iam::123456789012:role/deploy")
    connection.identify()
    connection.send(WRITE)
    assert [operation for operation, _ in script.seen] == [
        "AssumeRole",
        "GetCallerIdentity",
        "AddUserToGroup",
    ]
    assert script.seen[0][1] == {
        "RoleArn": "arn:aws:iam::123456789012:role/deploy",
        "RoleSessionName": "iamgroups",
    }


def test_a_role_that_may_not_be_assumed_is_a_credentials_error(
    script: Script, connection: Connection
) -> None:
    script.say("AssumeRole", error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"))
    connection = connect(role_arn="arn:aws:iam::123456789012:role/deploy")
    with pytest.raises(CredentialsError, match=r"sts:AssumeRole.*trusts the caller"):
        connection.identify()


@pytest.mark.parametrize(
    "role", ["foo", "deploy", "arn:aws:iam::1:role/x", "arn:aws:iam::123456789012:user/ann"]
)
def test_what_is_no_roles_arn_is_told_before_anything_is_sent(keys: None, role: str) -> None:
    with pytest.raises(UsageError) as wrong:
        connect(role_arn=role)
    assert str(wrong.value) == (f"'{role}' is not a role's ARN, such as arn:aws:iam::123456789012:role/NAME")


def test_no_credentials_at_all_say_what_to_do() -> None:
    with pytest.raises(CredentialsError, match="--profile"):
        connect().identify()
    with pytest.raises(CredentialsError, match="to assume"):
        connect(role_arn="arn:aws:iam::123456789012:role/deploy")


def test_an_unknown_profile_says_where_to_look() -> None:
    with pytest.raises(CredentialsError, match=r"profile \(nope\).*list-profiles"):
        connect(profile="nope").identify()


def test_an_sso_session_that_has_ended_says_how_to_renew_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile ops]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ops\n"
        "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(CredentialsError, match="aws sso login"):
        connect(profile="ops").identify()


def test_half_a_key_pair_and_a_broken_config_file_are_credentials_errors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    with pytest.raises(CredentialsError, match="AWS_SECRET_ACCESS_KEY"):
        connect().identify()
    config = tmp_path / "config"
    config.write_text("[profile\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with pytest.raises(CredentialsError, match="parse config file"):
        connect().identify()


@pytest.mark.parametrize("region", ["not a region", "-", "a" * 300])
def test_a_malformed_region_is_a_usage_error(keys: None, region: str) -> None:
    with pytest.raises(UsageError, match="--region"):
        connect(region=region).identify()


def test_a_malformed_endpoint_is_a_usage_error(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not-a-url")
    with pytest.raises(UsageError, match="AWS_ENDPOINT_URL"):
        connect().identify()


def test_an_endpoint_that_is_not_aws_is_an_account_error(
    script: Script, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iamgroups.iam.connection.FIRST_CONTACT", 0.0)
    script.say("GetCallerIdentity", (200, "<html><body>log in first</body></html>"))
    with pytest.raises(AccountError, match="the answer is not AWS's") as failed:
        connection.identify()
    assert "log in first" not in str(failed.value)


def test_nobody_listening_is_an_unreachable_error(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("iamgroups.iam.connection.FIRST_CONTACT", 0.0)
    with pytest.raises(UnreachableError, match="AWS_ENDPOINT_URL"):
        connect().identify()


FAILURES = [
    (error(400, "Throttling"), Failure.THROTTLED, "Throttling"),
    (error(400, "ThrottlingException"), Failure.THROTTLED, "ThrottlingException"),
    (error(400, "RequestLimitExceeded"), Failure.THROTTLED, "RequestLimitExceeded"),
    (error(429, "Whatever"), Failure.THROTTLED, "Whatever"),
    (error(503, "Throttling"), Failure.THROTTLED, "Throttling"),
    (error(500, "InternalFailure"), Failure.UNANSWERED, "InternalFailure"),
    (error(503, "ServiceUnavailable"), Failure.UNANSWERED, "ServiceUnavailable"),
    ((502, "<html><body>Bad gateway</body></html>"), Failure.UNANSWERED, "502"),
    ((500, ""), Failure.UNANSWERED, "500"),
    ((200, "<AddUserToGroupResponse><Resp"), Failure.UNANSWERED, "ResponseParserError"),
    (None, Failure.UNANSWERED, "ConnectionClosedError"),
    (error(409, "ConcurrentModification"), Failure.BUSY, "ConcurrentModification"),
    (error(409, "EntityTemporarilyUnmodifiable"), Failure.BUSY, "EntityTemporarilyUnmodifiable"),
    (error(404, "NoSuchEntity"), Failure.ABSENT, "NoSuchEntity"),
    (error(409, "EntityAlreadyExists"), Failure.EXISTS, "EntityAlreadyExists"),
    (error(403, "ExpiredToken"), Failure.EXPIRED, "ExpiredToken"),
    (error(403, "InvalidClientTokenId"), Failure.EXPIRED, "InvalidClientTokenId"),
    (error(403, "SignatureDoesNotMatch"), Failure.EXPIRED, "SignatureDoesNotMatch"),
    (error(403, "AccessDenied"), Failure.REFUSED, "AccessDenied"),
    (error(409, "LimitExceeded"), Failure.REFUSED, "LimitExceeded"),
    (error(409, "DeleteConflict"), Failure.REFUSED, "DeleteConflict"),
    (error(400, "ValidationError"), Failure.REFUSED, "ValidationError"),
    (error(418, "SomethingNew"), Failure.REFUSED, "SomethingNew"),
]


@pytest.mark.parametrize(
    ("told", "failure", "code"), FAILURES, ids=[f"{f.value}-{c}" for _, f, c in FAILURES]
)
def test_a_write_is_sent_once_and_its_failure_says_what_it_means(
    script: Script, connection: Connection, told: tuple[int, str] | None, failure: Failure, code: str
) -> None:
    script.say("AddUserToGroup", told)
    with pytest.raises(CallFailed) as failed:
        connection.send(WRITE)
    assert (failed.value.failure, failed.value.code, failed.value.operation) == (
        failure,
        code,
        "AddUserToGroup",
    )
    assert failed.value.__cause__ is not None
    assert script.seen == [("AddUserToGroup", {"GroupName": "devs", "UserName": "alice"})]
    assert connection.requests == {"AddUserToGroup": 1}


def test_an_answer_that_never_comes_is_unanswered(script: Script, connection: Connection) -> None:
    hold = threading.Event()

    def never(_: dict[str, str]) -> None:
        hold.wait(10)

    script.say("AddUserToGroup", never)
    with pytest.raises(CallFailed) as failed:
        connect(timeout=0.2).send(WRITE)
    hold.set()
    assert (failed.value.failure, failed.value.code) == (Failure.UNANSWERED, "ReadTimeoutError")


def test_credentials_that_end_midway_are_expired_for_a_write(script: Script, connection: Connection) -> None:
    with pytest.raises(CallFailed) as failed:
        monkey = pytest.MonkeyPatch()
        monkey.delenv("AWS_ACCESS_KEY_ID")
        monkey.delenv("AWS_SECRET_ACCESS_KEY")
        try:
            connect().send(WRITE)
        finally:
            monkey.undo()
    assert failed.value.failure is Failure.EXPIRED


@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        (error(403, "ExpiredToken"), CredentialsError, "renew them"),
        (error(403, "InvalidClientTokenId"), CredentialsError, "cn-north-1"),
        (error(403, "SignatureDoesNotMatch"), CredentialsError, "clock"),
        (error(403, "AccessDenied"), AccountError, "sts:GetCallerIdentity is missing"),
        (error(400, "ValidationError"), AccountError, "refused"),
    ],
)
def test_a_read_that_is_refused_says_what_to_do(
    script: Script, connection: Connection, told: tuple[int, str], kind: type[Exception], words: str
) -> None:
    script.say("GetCallerIdentity", told)
    with pytest.raises(kind, match=words):
        connection.identify()
    assert len(script.seen) == 1


def test_a_read_is_sent_again_until_it_is_answered(script: Script, connection: Connection) -> None:
    script.say(
        "GetCallerIdentity",
        error(400, "Throttling"),
        error(500, "InternalFailure"),
        None,
        script.answers["GetCallerIdentity"][0],
    )
    assert connection.identify().id == "123456789012"
    assert len(script.seen) == 4


SLOW_READ = """
from iamgroups.iam import connect
connection = connect()
account = connection.identify()
connection.read(account)
"""


def test_an_interrupt_does_not_wait_for_answers(script: Script, connection: Connection) -> None:
    hold, asked = threading.Event(), threading.Event()

    def never(_: dict[str, str]) -> None:
        asked.set()
        hold.wait(60)

    script.say("GetAccountAuthorizationDetails", never)
    script.say("GetAccountSummary", never)
    reading = subprocess.Popen([sys.executable, "-c", SLOW_READ], stderr=subprocess.PIPE)
    try:
        assert asked.wait(60)
        reading.send_signal(signal.SIGINT)
        # Less than the 30 seconds that one answer is waited for.
        _, told = reading.communicate(timeout=20)
        assert b"KeyboardInterrupt" in told
    finally:
        hold.set()
        reading.kill()
