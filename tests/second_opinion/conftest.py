"""IAMs that others wrote, as servers on loopback, and an office in front of each. Knows of no difference."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.cli.account import ID, Office

START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """Somebody's IAM: where it answers, and where it forgets everything."""

    url: str
    forget: str

    @cached_property
    def iam(self) -> Any:
        """A client; the access key names the account, for ministack."""
        import boto3

        keys = {"aws_access_key_id": ID, "aws_secret_access_key": "testing"}
        return boto3.client("iam", endpoint_url=self.url, region_name="us-east-1", **keys)


@dataclass
class Elsewhere(Office):
    """An office in front of somebody else's IAM."""

    server: Server

    def call(self, operation: str, params: dict[str, Any]) -> Any:
        """Make an IAM call by hand."""
        return getattr(self.server.iam, re.sub("(?<!^)(?=[A-Z])", "_", operation).lower())(**params)


@contextmanager
def process(folder: Path, *command: str, port: int, env: dict[str, str]) -> Iterator[str]:
    """Run a server until the block ends; yield its URL once it listens."""
    with (folder / "log").open("w+") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", *command], env={**os.environ, **env}, stdout=log, stderr=log
        )
        try:
            limit = time.monotonic() + START_SECONDS
            while not listens(port):
                if running.poll() is not None or time.monotonic() > limit:
                    raise AssertionError((folder / "log").read_text())
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.kill()
            running.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port()
    command = ("moto.server", "-H", "127.0.0.1", "-p", str(port))
    env = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    with process(tmp_path_factory.mktemp("moto"), *command, port=port, env=env) as url:
        yield Server(url, "/moto-api/reset")


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("ministack"), free_port()
    # Without BIND_HOST it listens on every interface; its pid file goes to TMPDIR.
    env = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "iam,sts", "TMPDIR": str(folder)}
    with process(folder, "ministack", port=port, env=env) as url:
        yield Server(url, "/_ministack/reset")


def office_of(server: Server, folder: Path) -> Elsewhere:
    """Empty the server's account and sit down in front of it."""
    urllib.request.urlopen(urllib.request.Request(server.url + server.forget, method="POST")).close()
    env = {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": ID,
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "XDG_STATE_HOME": str(folder / "state"),
    }
    return Elsewhere(folder, env, server)


@pytest.fixture(params=["ministack", "moto"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Elsewhere:
    """An office in front of an empty account of each of them."""
    return office_of(request.getfixturevalue(request.param), tmp_path)
