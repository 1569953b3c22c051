"""`iamgroups sandbox` as a process: what it prints is all a client needs, and it stops when told to."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from iamgroups.sandbox.sample_account import sample
from tests.cli.process import run
from tests.sandbox.test_seed import printed
from tests.sandbox.test_server import code, trusting


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    command = [sys.executable, "-m", "iamgroups", "sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().removeprefix("export ").strip() for _ in range(5)]
        try:
            yield process, dict(line.split("=", 1) for line in lines)
        finally:
            process.kill()


def client(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return boto3.session.Session().client("iam")


def test_a_copy_of_an_account_is_served_under_its_own_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = json.dumps(printed(sample())).replace("123456789012", "210987654321")
    (tmp_path / "account.json").write_text(account)
    with running("--seed", str(tmp_path / "account.json")) as (_, environment):
        iam = client(environment, monkeypatch)
        arns = {user["Arn"].split(":")[4] for user in iam.list_users()["Users"]}
        assert arns == {"210987654321"}


def seeds(folder: Path, *accounts: str) -> list[str]:
    """Write one seed an account, each with the role deploy; return the options that serve them."""
    options = []
    for account in accounts:
        iam = trusting(account, "deploy")
        iam.call("CreateGroup", {"GroupName": f"of-{account}"})
        (folder / f"{account}.json").write_text(json.dumps(printed(iam)))
        options += ["--seed", str(folder / f"{account}.json")]
    return options


def test_several_seeds_are_several_accounts_which_their_roles_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(*seeds(tmp_path, "111111111111", "222222222222")) as (_, environment):
        home = client(environment, monkeypatch)
        assert [group["GroupName"] for group in home.list_groups()["Groups"]] == ["of-111111111111"]
        role = "arn:aws:iam::222222222222:role/deploy"
        granted = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="ci")["Credentials"]
        there = boto3.client(
            "iam",
            aws_access_key_id=granted["AccessKeyId"],
            aws_secret_access_key=granted["SecretAccessKey"],
            aws_session_token=granted["SessionToken"],
        )
        assert [group["GroupName"] for group in there.list_groups()["Groups"]] == ["of-222222222222"]


def test_two_seeds_of_one_account_are_refused(tmp_path: Path) -> None:
    (tmp_path / "again.json").write_text(json.dumps(printed(trusting("111111111111", "deploy"))))
    done = run("sandbox", *seeds(tmp_path, "111111111111"), "--seed", tmp_path / "again.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "111111111111.json" in done.stderr
    assert "again.json are both of account 111111111111" in done.stderr


def test_a_chaos_file_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"fault": "error", "code": "AccessDenied", "operations": ["ListGroups"]}
    (tmp_path / "chaos.json").write_text(json.dumps({"rules": [rule]}))
    with running("--chaos", str(tmp_path / "chaos.json")) as (_, environment):
        iam = client(environment, monkeypatch)
        assert code(iam.list_groups) == ("AccessDenied", 403)
        assert iam.list_users()["Users"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_told_to_even_with_a_client_connected(
    sent: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as (process, environment):
        client(environment, monkeypatch).list_users()
        process.send_signal(sent)
        _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in said


@pytest.mark.parametrize("flag", ["--seed", "--chaos"])
def test_a_file_that_is_no_such_thing_ends_it_before_it_starts(tmp_path: Path, flag: str) -> None:
    (tmp_path / "wrong.json").write_text("[]")
    command = [
        sys.executable,
        "-m",
        "iamgroups",
        "sandbox",
        "--port",
        "0",
        flag,
        str(tmp_path / "wrong.json"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    assert "wrong.json" in done.stderr
    assert "Traceback" not in done.stderr
