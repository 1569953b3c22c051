"""A company of accounts behind one hub: an embedded IAM for all, a root file for each, and the command."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen
from typing import Any

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.engine import Chaos
from iamgroups.sandbox.cloud import Cloud
from iamgroups.sandbox.server import Serving, serve
from tests.cli.process import COMMAND, run

HUB = "999999999999"
ROLE = "arn:aws:iam::{account_id}:role/deploy"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}},
}
GROUPS = {"devs": {"policies": ["aws:ReadOnlyAccess"], "members": ["alice", "bob"]}}


def account(
    number: int, groups: Mapping[str, Iterable[str]] | None = None, role: str = "deploy"
) -> StrictIam:
    """Return account `number` with alice and bob, a role, and groups as name -> members."""
    iam = StrictIam(f"{number:012}")
    if role:
        iam.call("CreateRole", {"RoleName": role, "AssumeRolePolicyDocument": json.dumps(TRUST)})
    for user in ("alice", "bob"):
        iam.call("CreateUser", {"UserName": user})
    for group, members in (groups or {}).items():
        iam.call("CreateGroup", {"GroupName": group})
        for user in members:
            iam.call("AddUserToGroup", {"GroupName": group, "UserName": user})
    return iam


class Company:
    """Accounts, their roots below `folder`, and who runs the command there."""

    def __init__(self, folder: Path, serving: Serving) -> None:
        self.folder = folder
        self.serving = serving
        self.env = {**serving.environment(), "XDG_STATE_HOME": str(folder / "state")}

    @property
    def accounts(self) -> Mapping[str, StrictIam]:
        return self.serving.cloud.accounts

    def write(self, number: int, groups: Mapping[str, Any] = GROUPS, **rest: Any) -> Path:
        """Write the root of an account; JSON is YAML."""
        path = self.folder / "accounts" / f"a{number:03}" / "iamgroups.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"version": 1, "account_id": f"{number:012}", "groups": groups, **rest}))
        return path

    def run(self, *arguments: str | Path) -> CompletedProcess[str]:
        """Run the command on all accounts, each by its role."""
        return run(*arguments, "-c", "accounts", "--role-arn", ROLE, env=self.env, cwd=self.folder)

    def begin_apply(self, writes: int, *arguments: str) -> "Popen[str]":
        """Start an apply to all accounts; return when so many writes have arrived, or after a minute."""
        process = Popen(
            [*COMMAND, "apply", "--auto-approve", "-c", "accounts", "--role-arn", ROLE, *arguments],
            cwd=self.folder,
            env={**os.environ, **self.env},
            stdout=PIPE,
            stderr=PIPE,
            text=True,
        )
        until = time.monotonic() + 60
        while len(self.serving.log.writes()) < writes and time.monotonic() < until:
            time.sleep(0.01)
        return process

    def told(self, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
        """Run the command; return its exit code, and account (or root) -> what JSON says of it."""
        done = self.run(*arguments, "--format", "json")
        assert done.stdout, done.stderr
        document = json.loads(done.stdout)
        assert document["exit_code"] == done.returncode
        return done.returncode, {one["account"] or one["root"]: one for one in document["accounts"]}

    def members(self, number: int, group: str = "devs") -> set[str]:
        """Return who is in a group of an account."""
        pairs = self.accounts[f"{number:012}"].facts().memberships
        return {user for name, user in pairs if name == group}


@contextmanager
def company(
    folder: Path,
    count: int,
    chaos: Chaos | None = None,
    make: Callable[[int], StrictIam] = account,
) -> Iterator[Company]:
    """Serve the hub and accounts 1 to `count`, whose roots ask for `GROUPS`."""
    accounts = [make(number) for number in range(1, count + 1)]
    with serve(Cloud(StrictIam(HUB), accounts), chaos=chaos) as serving:
        made = Company(folder, serving)
        for number in range(1, count + 1):
            made.write(number)
        yield made
