"""The shell of sample-config's workflows, run step by step on an embedded IAM and a stand-in for GitHub."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.cli.account import Desk, account, aws, desk

REPO = Path(__file__).parents[2]
WORKFLOWS = REPO / "sample-config" / ".github" / "workflows"
READ = aws("AmazonS3ReadOnlyAccess")
DIGEST = 'import json, sys; print(json.load(open(sys.argv[-1]))["digest"])'
TOOLS = {
    "iamgroups": f'exec {sys.executable} -m iamgroups "$@"',
    "gh": f'exec {sys.executable} {Path(__file__).with_name("gh.py")} "$@"',
    "jq": f"exec {sys.executable} -c '{DIGEST}' \"$@\"",
    "pip": "exit 0",
}


@dataclass
class Runner:
    """Runs one workflow after the other, as GitHub would, with `event` in the place of its expressions."""

    office: Desk
    home: Path

    @property
    def hub(self) -> Any:
        return json.loads((self.home / "hub.json").read_text())

    def merge(self, commit: str, head: str) -> None:
        (self.home / "hub.json").write_text(json.dumps({**self.hub, "merged": {commit: head}}))

    def run(self, name: str, **event: str) -> tuple[int, str]:
        """Run a workflow; return the exit code of the step that failed, or 0, and all that was said."""
        temp = self.home / "temp"
        shutil.rmtree(temp, ignore_errors=True)
        temp.mkdir()
        workflow = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())
        (job,) = workflow["jobs"].values()
        known = {"github.repository": "o/r", "github.token": "t", **event}
        said = ""
        for step in job["steps"]:
            if "run" not in step or not self._wanted(step, known):
                continue
            done = self._step(step, known, temp)
            said += done.stdout + done.stderr
            if done.returncode:
                return done.returncode, said
            for line in (temp / "output").read_text().splitlines():
                key, _, value = line.partition("=")
                known[f"steps.{step.get('id')}.outputs.{key}"] = value
        return 0, said

    def _wanted(self, step: dict[str, Any], known: dict[str, str]) -> bool:
        tests = str(step.get("if", "")).split("&&") if "if" in step else []
        for test in tests:
            left, operator, right = test.split()
            if (known[left] == right.strip("'")) != (operator == "=="):
                return False
        return True

    def _step(
        self, step: dict[str, Any], known: dict[str, str], temp: Path
    ) -> subprocess.CompletedProcess[str]:
        assert "${{" not in step["run"], "expressions reach the shell through the environment only"
        given = {
            key: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known.get(found[1], ""), value)
            for key, value in step.get("env", {}).items()
        }
        (temp / "output").write_text("")
        environment = {
            **os.environ,
            **self.office.env,
            **given,
            "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
            "HUB": str(self.home / "hub.json"),
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            "GITHUB_SHA": known.get("github.sha", ""),
        }
        return subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=self.office.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    for name, text in TOOLS.items():
        (home / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (home / "bin" / name).chmod(0o755)
    hub = {"comments": ["a human's"], "statuses": {}, "merged": {}, "issues": []}
    (home / "hub.json").write_text(json.dumps(hub))
    iam = account({"ann": (), "bob": ()}, {"devs": ("/", (READ,), ("bob",))})
    folder = tmp_path / "folder"
    folder.mkdir()
    with desk(folder, iam) as office:
        declare(office, ["ann", "bob"])
        yield Runner(office, home)


def declare(office: Desk, members: list[str]) -> None:
    lines = "".join(f"      - {member}\n" for member in members)
    (office.folder / "iamgroups.yaml").write_text(
        'version: 1\naccount_id: "123456789012"\ngroups:\n  devs:\n    members:'
        + (f"\n{lines}" if lines else " []\n")
    )


PULL = {
    "github.event_name": "pull_request",
    "github.event.pull_request.number": "7",
    "github.event.pull_request.head.sha": "abc",
}


def test_plan_comments_once_and_notes_the_digest_and_apply_applies_just_that(runner: Runner) -> None:
    for _ in range(2):
        code, said = runner.run("plan", **PULL)
        assert code == 0, said
    assert len(runner.hub["comments"]) == 2
    assert "ann" in runner.hub["comments"][1]
    status = runner.hub["statuses"]["abc"][0]
    assert status["state"] == "success" and status["context"] == "iamgroups/plan"
    assert re.fullmatch("digest [0-9a-f]{64}", status["description"])

    assert runner.run("apply", **{"github.sha": "def"})[0] == 1
    assert not runner.office.serving.log.writes()
    runner.merge("def", "abc")
    code, said = runner.run("apply", **{"github.sha": "def"})
    assert code == 0, said
    assert [entry.operation for entry in runner.office.serving.log.writes()] == ["AddUserToGroup"]
    assert runner.run("apply", **{"github.sha": "def"})[0] == 4


def test_a_digest_given_by_hand_is_applied_and_must_look_like_one(runner: Runner) -> None:
    runner.run("plan", **PULL)
    digest = runner.hub["statuses"]["abc"][0]["description"].removeprefix("digest ")
    assert runner.run("apply", **{"inputs.digest": "x; rm -rf ."})[0] == 1
    assert runner.run("apply", **{"inputs.digest": "0" * 64})[0] == 4
    assert runner.run("apply", **{"inputs.digest": digest})[0] == 0


def test_a_blocked_plan_is_told_and_fails(runner: Runner) -> None:
    path = runner.office.folder / "iamgroups.yaml"
    declare(runner.office, [])
    path.write_text(path.read_text() + "guardrails:\n  protected_groups: [devs]\n")
    code, _ = runner.run("plan", **PULL)
    assert code == 3
    assert runner.hub["statuses"]["abc"][0]["state"] == "failure"
    assert "protected_groups" in runner.hub["comments"][1]
    runner.merge("def", "abc")
    assert runner.run("apply", **{"github.sha": "def"})[0] == 3
    assert not runner.office.serving.log.writes()
    digest = runner.hub["statuses"]["abc"][0]["description"].removeprefix("digest ")
    agreed = {"inputs.digest": digest, "inputs.allow": "max_removals protected_groups"}
    assert runner.run("apply", **agreed)[0] == 0
    assert len(runner.office.serving.log.writes()) == 1


def test_a_configuration_that_does_not_fit_the_account_is_told_and_fails(runner: Runner) -> None:
    declare(runner.office, ["ann", "nobody"])
    code, _ = runner.run("plan", **PULL)
    assert code == 1
    assert runner.hub["statuses"] == {}
    assert "nobody" in runner.hub["comments"][1]


def test_drift_keeps_one_issue_and_closes_it(runner: Runner) -> None:
    for _ in range(2):
        assert runner.run("drift")[0] == 0
    ((state, body),) = runner.hub["issues"]
    assert state == "open" and "ann" in body
    declare(runner.office, ["bob"])
    assert runner.run("drift")[0] == 0
    assert [state for state, _ in runner.hub["issues"]] == ["closed"]
    declare(runner.office, ["ann"])
    assert runner.run("drift")[0] == 0
    assert [state for state, _ in runner.hub["issues"]] == ["closed", "open"]


def test_drift_that_cannot_read_fails_and_leaves_the_issue_alone(runner: Runner) -> None:
    (runner.office.folder / "iamgroups.yaml").write_text("version: 1\n")
    assert runner.run("drift")[0] == 1
    assert runner.hub["issues"] == []


def test_expire_ends_only_what_is_over(runner: Runner) -> None:
    text = (runner.office.folder / "iamgroups.yaml").read_text()
    text = text.replace("- bob", "- {user: bob, expires: 2020-01-31}")
    (runner.office.folder / "iamgroups.yaml").write_text(text)
    code, said = runner.run("expire")
    assert code == 0, said
    assert [entry.operation for entry in runner.office.serving.log.writes()] == ["RemoveUserFromGroup"]


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.stem)
def test_workflows_hold_no_keys_few_permissions_and_pinned_actions(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {}
    assert "secrets." not in file.read_text() and "aws-access-key" not in file.read_text()
    for job in workflow["jobs"].values():
        assert job["permissions"].get("contents") == "read"
        used = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in used)


def test_the_pre_commit_hooks_name_commands_there_are() -> None:
    hooks = yaml.safe_load((REPO / ".pre-commit-hooks.yaml").read_text())
    used = yaml.safe_load((REPO / "sample-config" / ".pre-commit-config.yaml").read_text())
    assert [hook["id"] for hook in hooks] == [hook["id"] for hook in used["repos"][0]["hooks"]]
    for hook in hooks:
        done = subprocess.run(
            [sys.executable, "-m", *hook["entry"].split(), "--help"], capture_output=True, check=False
        )
        assert done.returncode == 0


class _Artifacts(BaseHTTPRequestHandler):
    """GitLab's artifact of the job `plan` of merge request 7."""

    def do_GET(self) -> None:
        wanted = "/projects/1/jobs/artifacts/refs/merge-requests/7/head/raw/digest.txt?job=plan"
        allowed = self.headers["JOB-TOKEN"] == "token"
        self.send_response(200 if self.path == wanted and allowed else 404)
        self.end_headers()
        self.wfile.write(b"d" * 64 + b"\n")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        ("Merge branch 'x' into 'main'\n\nAdd ann\n\nSee merge request group/iam!7", "d" * 64),
        ("Merge branch 'x'\n\nSee merge request group/iam!8", ""),
        ("pushed by hand, see !7", ""),
    ],
)
def test_gitlab_applies_the_digest_of_the_merge_request_or_nothing(
    tmp_path: Path, message: str, digest: str
) -> None:
    jobs = yaml.safe_load((REPO / "sample-config" / ".gitlab-ci.yml").read_text())
    _, make, read, apply = jobs["apply"]["script"]
    assert '--expect-digest "$digest"' in apply
    (tmp_path / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / "python").chmod(0o755)
    with HTTPServer(("127.0.0.1", 0), _Artifacts) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        environment = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "CI_COMMIT_MESSAGE": message,
            "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}",
            "CI_PROJECT_ID": "1",
            "CI_JOB_TOKEN": "token",
        }
        script = f"{make}\n{read}\necho $digest"
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        server.shutdown()
    assert (done.returncode == 0, done.stdout.strip()) == (bool(digest), digest)
