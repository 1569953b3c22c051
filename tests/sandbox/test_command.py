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
from tests.sandbox.test_seed import printed
from tests.sandbox.test_server import code


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
