"""Many accounts in one run: what an account costs, and that memory is flat.

`python -m benchmarks.accounts` serves them, in a process of its own as emulator.py does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.process import run

COUNTS = (20, 200)
USERS, GROUPS = 30, 5
POLICIES = ("AmazonEC2FullAccess", "AmazonS3ReadOnlyAccess", "CloudWatchReadOnlyAccess", "ReadOnlyAccess")
HEAD = "| accounts | what | s | CPU ms each | peak MB | requests each |\n|---|---|---|---|---|---|"
ROLE = "deploy"


def rows() -> Iterator[str]:
    """Measure a plan of each number of accounts, with nothing to change and with everything; yield rows."""
    for count in COUNTS:
        for state, what in (("full", "nothing to change"), ("bare", "55 changes each")):
            yield _row(count, state, what)


def _row(count: int, state: str, what: str) -> str:
    with TemporaryDirectory() as name, _served(count, state, Path(name)) as (server, environment):
        folder = Path(name)
        command = [sys.executable, "-m", "iamgroups", "plan", "-c", "accounts", "--role-name", ROLE]
        measured = run(command, environment, folder / "out", folder=folder)
        requests = int(_ask(server))
    cpu, peak = measured.cpu / count * 1000, measured.peak / 1e6
    return f"| {count} | {what} | {measured.wall:.1f} | {cpu:.0f} | {peak:.0f} | {requests / count:.2f} |"


@contextmanager
def _served(count: int, state: str, folder: Path) -> "Iterator[tuple[subprocess.Popen[str], dict[str, str]]]":
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.accounts", str(count), state, str(folder / "accounts")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout
        told = json.loads(server.stdout.readline())
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        try:
            yield server, kept | told | {"AWS_EC2_METADATA_DISABLED": "true"}
        finally:
            server.kill()


def _ask(server: "subprocess.Popen[str]") -> str:
    assert server.stdin and server.stdout
    server.stdin.write("\n")
    server.stdin.flush()
    return server.stdout.readline()


def _serve(count: int, state: str, folder: Path) -> None:
    """Write the roots, say how to reach the accounts, and answer each line with the number of requests."""
    from iamgroups.sandbox.account import StrictIam
    from iamgroups.sandbox.cloud import Cloud
    from iamgroups.sandbox.server import serve

    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    accounts = []
    for number in range(1, count + 1):
        iam = StrictIam(f"{number:012}")
        iam.call("CreateRole", {"RoleName": ROLE, "AssumeRolePolicyDocument": document})
        for user in _users():
            iam.call("CreateUser", {"UserName": user})
        if state == "full":
            _fill(iam.call)
        accounts.append(iam)
        _write(folder / f"a{number:04}" / "iamgroups.yaml", iam.account_id)
    with serve(Cloud(StrictIam("999999999999"), accounts)) as serving:
        print(json.dumps(serving.environment()), flush=True)
        for _ in sys.stdin:
            print(serving.log.requests().total(), flush=True)


def _users(group: int | None = None) -> list[str]:
    """Return the users, or those of a group."""
    return [f"user-{number:02}" for number in range(USERS) if group in (None, number % GROUPS)]


def _fill(call: "Callable[[str, dict[str, str]], object]") -> None:
    for group in range(GROUPS):
        name = {"GroupName": f"group-{group}"}
        call("CreateGroup", name)
        for policy in POLICIES:
            call("AttachGroupPolicy", {**name, "PolicyArn": f"arn:aws:iam::aws:policy/{policy}"})
        for user in _users(group):
            call("AddUserToGroup", {**name, "UserName": user})


def _write(path: Path, account_id: str) -> None:
    path.parent.mkdir(parents=True)
    lines = ["version: 1", f'account_id: "{account_id}"', "groups:"]
    for group in range(GROUPS):
        lines += [f"  group-{group}:", "    policies:", *(f'      - "aws:{policy}"' for policy in POLICIES)]
        lines += ["    members:", *(f"      - {user}" for user in _users(group))]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
