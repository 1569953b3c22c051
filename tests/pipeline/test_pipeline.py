"""A team's week, command by command: each step its own process, with the credentials of its own role.

Pull request → plan → review → merge → apply with the digest → change by hand → drift → fix.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import boto3
import pytest

from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.cloud import Identity
from iamgroups.sandbox.server import Serving, serve
from tests.cli.account import ID, account, aws
from tests.cli.process import run

READ = aws("AmazonS3ReadOnlyAccess")
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
ROOT = """\
version: 1
account_id: "123456789012"
include: ["groups/*.yaml"]
settings: {path: /company/, lock: "s3://iam-locks/team"}
guardrails: {protected_groups: [break-glass], min_members: {break-glass: 2}}
"""
GROUPS = {
    "break-glass": """\
groups:
  break-glass:
    path: /company/
    policies:
      - aws:AdministratorAccess
    members:
      - ada
      - bob
""",
    "devs": """\
groups:
  devs:
    policies:
      - aws:AmazonS3ReadOnlyAccess
    members:
      - bob
      - {user: cyd, expires: 2020-12-31}
""",
}
PULL_REQUEST = """\
groups:
  devs:
    policies:
      - aws:AmazonS3ReadOnlyAccess
      - local:tool
    members:
      - ann
      - bob
      - {user: cyd, expires: 2020-12-31}
  testers:
    members:
      - ann
policies:
  tool: {document: tool.json}
"""
TOOL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}]}


def _client(serving: Serving) -> Any:
    keys = {"aws_access_key_id": "root", "aws_secret_access_key": "root", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=serving.url, **keys)


def live() -> StrictIam:
    iam = account(
        {"ada": (), "ann": (READ,), "bob": (), "cyd": (), "zoe": ()},
        {
            "break-glass": ("/company/", (aws("AdministratorAccess"),), ("ada", "bob")),
            "devs": ("/company/", (READ,), ("bob",)),
        },
    )
    for role in ("plan", "apply", "drift"):
        params = {"RoleName": f"pipeline-{role}", "AssumeRolePolicyDocument": json.dumps(TRUST)}
        iam.call("CreateRole", params)
    return iam


@dataclass
class Team:
    """The main branch, a branch beside it, and the roles of the pipeline."""

    main: Path
    branch: Path
    serving: Serving
    state: Path
    granted: dict[str, list[Any]] = field(default_factory=dict)

    def run(self, *arguments: str, role: str, where: Path | None = None) -> CompletedProcess[str]:
        """Run a command as a role: with its key, and with what `iam-policy` said it needs."""
        where = where or self.main
        caller = Caller(f"arn:aws:sts::{ID}:assumed-role/pipeline-{role}/run", f"AROA{role.upper()}:run")
        held = self.granted.get(role)
        self.serving.cloud.bind(role, Identity(self.serving.iam, caller, policies=held))
        environment = {**self.serving.environment(role), "XDG_STATE_HOME": str(self.state / role)}
        return run(*arguments, env=environment, cwd=where)

    def update_roles(self) -> None:
        """Give each role what the branch needs, before it is merged."""
        for role in ("plan", "apply", "drift"):
            done = self.run("iam-policy", role, role=role, where=self.branch)
            assert done.returncode == 0, done.stderr
            self.granted[role] = _documents(done.stdout)

    def merge(self) -> None:
        shutil.rmtree(self.main)
        shutil.copytree(self.branch, self.main)

    def by_hand(self, operation: str, **params: str) -> None:
        self.serving.iam.call(operation, params)

    def writes(self) -> list[str]:
        """Return the writes done since the last look, with who did them."""
        found = [f"{entry.caller.split('/')[1]} {entry.operation}" for entry in self.serving.log.writes()]
        self.serving.log.clear()
        return found

    def denied(self) -> list[str]:
        return [entry.operation for entry in self.serving.log.entries if entry.status == 403]


def _documents(text: str) -> list[Any]:
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text):
        document, place = decoder.raw_decode(text, place)
        found.append(document)
        while place < len(text) and text[place].isspace():
            place += 1
    return found


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    main = tmp_path / "main"
    (main / "groups").mkdir(parents=True)
    (main / "iamgroups.yaml").write_text(ROOT)
    for name, text in GROUPS.items():
        (main / "groups" / f"{name}.yaml").write_text(text)
    branch = tmp_path / "branch"
    shutil.copytree(main, branch)
    with serve(live()) as serving:
        _client(serving).create_bucket(Bucket="iam-locks")
        yield Team(main, branch, serving, tmp_path / "state")


def test_from_pull_request_to_drift_and_back(team: Team) -> None:
    # The main branch is what is live.
    team.update_roles()
    assert team.run("plan", "--detailed-exitcode", role="plan").returncode == 0

    # A pull request: checked, planned with read-only credentials, its digest noted.
    (team.branch / "groups" / "devs.yaml").write_text(PULL_REQUEST)
    (team.branch / "tool.json").write_text(json.dumps(TOOL))
    team.update_roles()
    for check in (["validate", "--format", "github"], ["fmt", "--check"]):
        assert team.run(*check, role="plan", where=team.branch).returncode == 0
    reviewed = team.run(
        "plan", "--enforce", "--format", "markdown", "--out", "plan.json", role="plan", where=team.branch
    )
    assert reviewed.returncode == 0, reviewed.stderr
    assert "testers" in reviewed.stdout
    plan = json.loads((team.branch / "plan.json").read_text())
    (team.branch / "plan.json").unlink()
    assert [change["address"] for change in plan["changes"]] == [
        "policy/tool",
        "group/testers",
        "attachment/devs/local:tool",
        "membership/devs/ann",
        "membership/testers/ann",
        "direct/ann/aws:AmazonS3ReadOnlyAccess",
    ]
    assert team.denied() == []

    # Whoever plans cannot apply: not even take the lock.
    team.merge()
    sneaky = team.run("apply", "--auto-approve", role="plan")
    assert (sneaky.returncode, team.writes()) == (1, [])
    assert "s3:PutObject" in sneaky.stderr

    # What was reviewed is applied, and nothing else.
    digest = plan["digest"]
    other = team.run("apply", "--auto-approve", "--expect-digest", "0" * 64, role="apply")
    assert (other.returncode, team.writes()) == (4, [])
    applied = team.run("apply", "--auto-approve", "--expect-digest", digest, role="apply")
    assert applied.returncode == 0, applied.stderr
    assert team.denied() == []
    assert sorted(team.writes()) == sorted(
        f"pipeline-apply {operation}"
        for operation in (
            "AddUserToGroup",
            "AddUserToGroup",
            "AttachGroupPolicy",
            "CreateGroup",
            "CreatePolicy",
            "DetachUserPolicy",
        )
    )
    assert team.serving.iam.store.groups["testers"].path == "/company/"
    again = team.run("apply", "--auto-approve", "--expect-digest", digest, role="apply")
    assert (again.returncode, team.writes()) == (4, [])
    assert team.run("drift", role="drift").returncode == 0

    # Somebody changes things by hand: drift tells, and cannot write.
    team.by_hand("RemoveUserFromGroup", GroupName="devs", UserName="ann")
    team.by_hand("AddUserToGroup", GroupName="break-glass", UserName="zoe")
    team.by_hand("AddUserToGroup", GroupName="devs", UserName="cyd")
    team.by_hand("AttachGroupPolicy", GroupName="testers", PolicyArn=READ)
    found = team.run("drift", "--format", "json", role="drift")
    assert (found.returncode, team.writes()) == (2, [])
    assert {(one["kind"], one["address"]) for one in json.loads(found.stdout)["differences"]} == {
        ("missing", "membership/devs/ann"),
        ("extra", "membership/break-glass/zoe"),
        ("extra", "membership/devs/cyd"),
    }

    # At night only what is due begins or ends.
    assert team.run("apply", "--due", "--auto-approve", role="apply").returncode == 0
    assert team.writes() == ["pipeline-apply RemoveUserFromGroup"]
    assert team.run("drift", role="drift").returncode == 2

    # The fix is the files again: planned, reviewed, applied.
    plan = json.loads(team.run("plan", "--format", "json", role="plan").stdout)
    fixed = team.run("apply", "--auto-approve", "--expect-digest", plan["digest"], role="apply")
    assert fixed.returncode == 0, fixed.stderr
    assert sorted(team.writes()) == ["pipeline-apply AddUserToGroup", "pipeline-apply RemoveUserFromGroup"]
    assert team.run("drift", role="drift").returncode == 0
    assert team.denied() == []


def test_a_change_between_review_and_merge_stops_the_apply(team: Team) -> None:
    (team.branch / "groups" / "devs.yaml").write_text(PULL_REQUEST)
    (team.branch / "tool.json").write_text(json.dumps(TOOL))
    team.update_roles()
    plan = json.loads(team.run("plan", "--format", "json", role="plan", where=team.branch).stdout)
    team.merge()
    team.by_hand("AddUserToGroup", GroupName="devs", UserName="zoe")
    done = team.run("apply", "--auto-approve", "--expect-digest", plan["digest"], role="apply")
    assert (done.returncode, team.writes()) == (4, [])


def test_a_merge_that_would_empty_the_break_glass_group_is_blocked(team: Team) -> None:
    path = team.branch / "groups" / "break-glass.yaml"
    path.write_text(path.read_text().replace("      - ada\n", ""))
    team.update_roles()
    checked = team.run("plan", "--enforce", "--format", "github", role="plan", where=team.branch)
    assert checked.returncode == 3
    assert "::error file=groups/break-glass.yaml,line=" in checked.stdout
    team.merge()
    done = team.run("apply", "--auto-approve", role="apply")
    assert (done.returncode, team.writes()) == (3, [])


def test_an_apply_that_may_not_take_the_lock_writes_nothing(team: Team) -> None:
    (team.branch / "groups" / "devs.yaml").write_text(GROUPS["devs"].replace("- bob", "- ann"))
    team.update_roles()
    team.merge()
    for document in team.granted["apply"]:
        document["Statement"] = [one for one in document["Statement"] if one["Sid"] != "Lock"]
    done = team.run("apply", "--auto-approve", role="apply")
    assert (done.returncode, team.writes()) == (1, [])
    assert "iam-locks" in done.stderr
