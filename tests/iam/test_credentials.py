"""Every way in which credentials can fail is one error that names their source and the way out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from iamgroups.errors import CredentialsError, UnreachableError, UsageError
from iamgroups.iam import Connection, connect
from iamgroups.state.call import Call
from iamgroups.state.failure import CallFailed, Failure
from tests.iam.conftest import Script, answer, error

ROLE = "arn:aws:iam::123456789012:role/deploy"
DEVICE = "arn:aws:iam::123456789012:mfa/alice"
WRITE = Call("AddUserToGroup", {"GroupName": "devs", "UserName": "alice"})
KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = s\n"

GRANTED = answer(
    "AssumeRole",
    "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
    "<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>",
)

Profile = Callable[[str], None]


@pytest.fixture(name="profile")
def _profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Profile:
    """Write a profile `work`; the AWS settings of this machine are nowhere."""

    def write(text: str) -> None:
        config = tmp_path / "config"
        config.write_text(f"[profile work]\nregion = eu-west-1\n{text}\n[profile base]\n{KEYS}")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("HOME", str(tmp_path))

    return write


def a_process(tmp_path: Path, output: str, code: int = 0) -> str:
    script = tmp_path / "process.sh"
    script.write_text(f"#!/bin/sh\ncat <<'END'\n{output}\nEND\nexit {code}\n")
    script.chmod(0o700)
    return f"credential_process = {script}"


def issued(lasts: timedelta) -> str:
    ends = (datetime.now(UTC) + lasts).strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "SessionToken": "t"}
    return json.dumps({"Version": 1, **keys, "Expiration": ends})


BROKEN = {
    "a process that is not there": "credential_process = /nowhere/at/all",
    "a process that cannot be split": "credential_process = 'open",
    "a token file that is not there": f"role_arn = {ROLE}\nweb_identity_token_file = /nowhere/token",
    "an MFA device and nobody to ask": f"role_arn = {ROLE}\nsource_profile = base\nmfa_serial = {DEVICE}",
    "a source profile that is not there": f"role_arn = {ROLE}\nsource_profile = nobody",
    "a circle of profiles": f"role_arn = {ROLE}\nsource_profile = work",
    "a source that does not exist": f"role_arn = {ROLE}\ncredential_source = Nowhere",
    "half a key pair": "aws_access_key_id = AKIA",
    "an SSO session that was never begun": (
        "sso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
        "sso_account_id = 123456789012\nsso_role_name = ops"
    ),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_in_a_profile_is_one_error_that_names_it(profile: Profile, text: str) -> None:
    profile(text)
    with pytest.raises(CredentialsError, match=r"profile work do not work: .*: .*") as failed:
        connect(profile="work").identify()
    assert "\n" not in str(failed.value).strip()


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("no JSON", 0),
        ("[]", 0),
        ("{}", 0),
        ('{"Version": 2}', 0),
        ('{"Version": 1}', 0),
        ('{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}', 0),
        ("", 1),
    ],
)
def test_whatever_a_process_prints_is_one_error(
    profile: Profile, tmp_path: Path, output: str, code: int
) -> None:
    profile(a_process(tmp_path, output, code))
    with pytest.raises(CredentialsError, match="profile work do not work"):
        connect(profile="work").identify()


def test_credentials_that_are_over_when_they_are_renewed_are_one_error(
    profile: Profile, tmp_path: Path
) -> None:
    profile(a_process(tmp_path, issued(timedelta(minutes=-5))))
    with pytest.raises(CredentialsError, match=r"profile work.*expired.*aws sso login"):
        connect(profile="work").identify()


@pytest.mark.parametrize(
    "then", ["exit 1", "cat /nowhere", "echo no JSON", f"echo '{issued(-timedelta(hours=1))}'"]
)
def test_credentials_that_fail_midway_stop_every_kind_of_request(
    script: Script, profile: Profile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, then: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", script.url)
    profile(a_process(tmp_path, issued(timedelta(minutes=20))))
    connection = connect(profile="work")
    account = connection.identify()
    (tmp_path / "process.sh").write_text(f"#!/bin/sh\n{then}\n")
    _let_pass(connection, timedelta(minutes=15))
    sent = len(script.seen)
    with pytest.raises(CallFailed, match="profile work do not work") as failed:
        connection.send(WRITE)
    assert failed.value.failure is Failure.EXPIRED
    with pytest.raises(CredentialsError, match="profile work do not work"):
        connection.read(account)
    with pytest.raises(CredentialsError, match="profile work do not work"):
        connection.unlock("s3://locks/iam", "an-id")
    assert len(script.seen) == sent


def _let_pass(connection: Connection, passed: timedelta) -> None:
    """Make the credentials so much older."""
    held = connection._transport.clients._session.get_credentials()
    held._credentials._expiry_time -= passed


def test_a_session_that_iam_calls_expired_names_its_source(
    script: Script, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", script.url)
    profile(KEYS)
    script.say("AddUserToGroup", error(403, "ExpiredToken", "it is over"))
    with pytest.raises(CallFailed, match=r"profile work do not work: .*it is over.*aws sso login"):
        connect(profile="work").send(WRITE)


@pytest.mark.parametrize("named", ["", "work"])
def test_keys_of_the_environment_are_called_that(
    script: Script, profile: Profile, keys: None, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", script.url)
    profile(KEYS)
    if named:
        monkeypatch.setenv("AWS_PROFILE", named)
    script.say("GetCallerIdentity", error(403, "ExpiredToken", "it is over"))
    with pytest.raises(
        CredentialsError, match=r"credentials of the environment \(AWS_ACCESS_KEY_ID\) do not"
    ):
        connect().identify()


def test_no_answer_while_a_role_is_assumed_is_tried_again_and_nothing_was_sent(
    keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    connection = connect(role_arn=ROLE, retry_for=0.0)
    with pytest.raises(CallFailed) as failed:
        connection.send(WRITE)
    assert failed.value.failure is Failure.BUSY
    monkeypatch.setattr("iamgroups.iam.connection.FIRST_CONTACT", 0.0)
    with pytest.raises(UnreachableError, match=ROLE):
        connection.identify()


@pytest.mark.parametrize(
    "told",
    [
        (200, "<html><body>log in first<br></body></html>"),
        (200, ""),
        error(403, "AccessDenied", "a \x1b that XML cannot hold"),
        error(400, "Throttling"),
        error(503, "ServiceUnavailable"),
    ],
)
def test_an_answer_that_is_not_one_while_a_role_is_assumed_is_tried_again(
    script: Script, connection: Connection, told: tuple[int, str]
) -> None:
    script.say("AssumeRole", told)
    connection = connect(role_arn=ROLE, retry_for=0.0)
    with pytest.raises(UnreachableError, match=ROLE) as failed:
        connection.identify()
    assert "log in first" not in str(failed.value)
    with pytest.raises(CallFailed) as unsent:
        connection.send(WRITE)
    assert unsent.value.failure is Failure.BUSY


@pytest.mark.parametrize("role", [None, ROLE])
def test_no_role_is_assumed_over_an_endpoint_that_others_can_read(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, role: str | None
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://iam.example.com")
    profile(KEYS if role else f"role_arn = {ROLE}\nsource_profile = base")
    # Were anything sent, the name would be looked up, and the error another one.
    with pytest.raises(UsageError, match="--insecure-endpoint"):
        connect(profile="work", role_arn=role).identify()


@pytest.mark.parametrize(
    ("variable", "region"), [("AWS_REGION", None), ("NOTHING", "eu-west-3"), ("NOTHING", None)]
)
def test_the_role_of_a_profile_needs_no_region_in_the_profile(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, region: str | None
) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile work]\nrole_arn = {ROLE}\nsource_profile = base\n[profile base]\n{KEYS}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL", script.url)
    monkeypatch.setenv(variable, "eu-west-2")
    script.say("AssumeRole", GRANTED)
    connect(profile="work", region=region).identify()
    assert [operation for operation, _ in script.seen] == ["AssumeRole", "GetCallerIdentity"]


OTHER = f"role_arn = {ROLE}\nsource_profile = other\n[profile other]\n"


@pytest.mark.parametrize("before", ["", OTHER], ids=["of the profile", "of the profile of a role"])
@pytest.mark.parametrize("endless", ["sleep 60", "yes"])
def test_a_process_that_never_ends_is_one_error(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, before: str, endless: str
) -> None:
    if endless == "sleep 60":
        monkeypatch.setattr("iamgroups.iam.credential_process.LONGEST", 0.1)
    profile(f"{before}credential_process = {endless}")
    told = "did not end within 0.1 s|writes more than 64 KB"
    with pytest.raises(CredentialsError, match=f"profile work do not work.*({told})"):
        connect(profile="work").identify()


def test_what_a_process_says_when_it_fails_is_told(profile: Profile, tmp_path: Path) -> None:
    a_process(tmp_path, "")
    (tmp_path / "process.sh").write_bytes(b"#!/bin/sh\nprintf 'the vault\n is \377 locked' >&2\nexit 1\n")
    profile(f"credential_process = {tmp_path / 'process.sh'}")
    with pytest.raises(CredentialsError, match="the vault is \ufffd locked"):
        connect(profile="work").identify()


def test_a_role_is_assumed_with_an_external_id_and_a_code(script: Script, connection: Connection) -> None:
    script.say("AssumeRole", GRANTED)
    asked: list[str] = []

    def ask(device: str) -> str:
        asked.append(device)
        return "123456"

    connect(role_arn=ROLE, external_id="corp", mfa_serial=DEVICE, ask_mfa=ask).identify()
    assert asked == [DEVICE]
    told = script.seen[0][1]
    assert (told["ExternalId"], told["SerialNumber"], told["TokenCode"]) == ("corp", DEVICE, "123456")


def test_a_code_that_aws_refuses_is_one_error(script: Script, connection: Connection) -> None:
    script.say("AssumeRole", error(403, "AccessDenied", "MultiFactorAuthentication failed"))
    with pytest.raises(CredentialsError, match=rf"for {ROLE} do not work: .*MultiFactorAuthentication"):
        connect(role_arn=ROLE, mfa_serial=DEVICE, ask_mfa=lambda _: "000000").identify()


def test_a_code_is_asked_for_once_for_several_commands(
    script: Script, keys: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("iamgroups.iam.credentials._keeps_sessions", lambda session: True)
    monkeypatch.setenv("AWS_ENDPOINT_URL", script.url)
    script.say("AssumeRole", GRANTED)
    asked: list[str] = []

    def ask(device: str) -> str:
        asked.append(device)
        return "123456"

    for _ in range(2):
        connect(role_arn=ROLE, mfa_serial=DEVICE, ask_mfa=ask).identify()
    assert asked == [DEVICE]
    (kept,) = (tmp_path / ".aws" / "cli" / "cache").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    kept.write_text("no JSON")
    connect(role_arn=ROLE, mfa_serial=DEVICE, ask_mfa=ask).identify()
    assert asked == [DEVICE, DEVICE]


def test_sessions_of_another_endpoint_are_not_kept(
    script: Script, connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    script.say("AssumeRole", GRANTED)
    connect(role_arn=ROLE, mfa_serial=DEVICE, ask_mfa=lambda _: "123456").identify()
    assert not (tmp_path / ".aws").exists()


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_ca_bundle_that_cannot_be_used_is_said_at_once(
    keys: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    with pytest.raises(UsageError, match=r"ca\.pem.*AWS_CA_BUNDLE"):
        connect()


@pytest.mark.parametrize("proxy", ["http://", "http://proxy:port", "http://proxy:99999", "ftp://proxy:21"])
def test_a_malformed_proxy_is_said_at_once(keys: None, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(UsageError, match="HTTPS_PROXY is malformed"):
        connect().identify()


def test_plain_http_to_another_machine_has_to_be_allowed(keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1:4566")
    with pytest.raises(UsageError, match="--insecure-endpoint"):
        connect().identify()
    clients = connect(insecure_endpoint=True)._transport.clients
    assert clients.endpoint("iam") == "http://192.0.2.1:4566"
