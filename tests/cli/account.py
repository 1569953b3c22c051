"""An embedded IAM, a configuration for it, and the command between the two."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.engine import Chaos
from iamgroups.sandbox.server import Serving, serve
from tests.cli.process import run

ID = "123456789012"


def aws(name: str) -> str:
    return f"arn:aws:iam::aws:policy/{name}"


def account(
    users: Mapping[str, tuple[str, ...]] | None = None,
    groups: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] | None = None,
) -> StrictIam:
    """Users as name -> policies held directly; groups as name -> (path, policies, members)."""
    iam = StrictIam(ID)
    settle(iam.call, users or {}, groups or {})
    return iam


def settle(
    call: Callable[[str, dict[str, Any]], Any],
    users: Mapping[str, tuple[str, ...]],
    groups: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]],
) -> None:
    """Create users and groups, as `account` takes them, with calls to any IAM."""
    for user, arns in users.items():
        call("CreateUser", {"UserName": user})
        for arn in arns:
            call("AttachUserPolicy", {"UserName": user, "PolicyArn": arn})
    for group, (path, arns, members) in groups.items():
        call("CreateGroup", {"GroupName": group, "Path": path})
        for arn in arns:
            call("AttachGroupPolicy", {"GroupName": group, "PolicyArn": arn})
        for member in members:
            call("AddUserToGroup", {"GroupName": group, "UserName": member})


@dataclass
class Office:
    """Somebody with a folder and credentials for any IAM. `env` is what they exported."""

    folder: Path
    env: dict[str, str]

    def write(self, groups: Mapping[str, Any], **rest: Any) -> None:
        """Write iamgroups.yaml; JSON is YAML."""
        document = {"version": 1, "account_id": ID, "groups": groups, **rest}
        (self.folder / "iamgroups.yaml").write_text(json.dumps(document, indent=1))

    def run(self, *arguments: str | Path, stdin: str = "") -> CompletedProcess[str]:
        """Run the command in the folder."""
        return run(*arguments, env=self.env, cwd=self.folder, stdin=stdin)

    def json(self, *arguments: str | Path) -> Any:
        """Run the command, which succeeds, and return its JSON."""
        done = self.run(*arguments, "--format", "json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)


@dataclass
class Desk(Office):
    """An office in front of the embedded IAM."""

    serving: Serving

    @property
    def iam(self) -> StrictIam:
        return self.serving.iam

    def requests(self) -> dict[str, int]:
        """Return the requests since the last look, by operation."""
        found = dict(self.serving.log.requests())
        self.serving.log.clear()
        return found


@contextmanager
def desk(folder: Path, iam: StrictIam, latency: float = 0.0, chaos: Chaos | None = None) -> Iterator[Desk]:
    """Serve an account and sit down in front of it."""
    with serve(iam, latency=latency, chaos=chaos) as serving:
        state = folder / "state"
        yield Desk(folder, {**serving.environment(), "XDG_STATE_HOME": str(state)}, serving)
