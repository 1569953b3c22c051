"""The shell of sample-config's pipelines, run step by step on an embedded IAM and a stand-in for GitHub."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from string import Template
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.cli.account import Desk, account, aws, desk
from tests.pipeline.gh import BOT, PAGE

REPO = Path(__file__).parents[2]
WORKFLOWS = REPO / "sample-config" / ".github" / "workflows"
READ = aws("AmazonS3ReadOnlyAccess")
TOOLS = {
    "iamgroups": f'exec {sys.executable} -m iamgroups "$@"',
    "gh": f'exec {sys.executable} {Path(__file__).with_name("gh.py")} "$@"',
    "jq": f'exec {sys.executable} {Path(__file__).with_name("jq_command.py")} "$@"',
    "python": f'exec {sys.executable} "$@"',
    "pip": "exit 0",
    "uv": "exit 0",
}
SLACK = "http://hooks.slack.com/services/T/B/x"
HEAD, OTHER_HEAD, MERGED, OTHER_MERGED = "a" * 40, "b" * 40, "c" * 40, "d" * 40
MARK = "<!-- iamgroups plan -->"
FORGED = {"state": "success", "context": "iamgroups/plan", "description": f"digest {'0' * 64}"}


def status(creator: str, **changed: str) -> dict[str, Any]:
    return {**FORGED, **changed, "creator": {"login": creator}}


def pull(number: int, head: str, merged: str) -> dict[str, Any]:
    return {"number": number, "state": "closed", "head": {"sha": head}, "merge_commit_sha": merged}


def hub() -> dict[str, Any]:
    """Return a repository in use: what others and other workflows wrote looks much like our own."""
    bodies = [(BOT, "coverage: 97 %"), ("mallory", f"{MARK}\nnothing changes"), *[("ann", "thanks")] * PAGE]
    comments = [
        {"id": 1001 + place, "user": {"login": login}, "body": body}
        for place, (login, body) in enumerate(bodies)
    ]
    issue = {"number": 1, "state": "open", "title": "A question", "labels": ["question"], "body": "Why?"}
    return {
        "comments": comments,
        "statuses": {OTHER_HEAD: [status(BOT)]},
        "pulls": {MERGED: [pull(6, OTHER_HEAD, OTHER_MERGED)]},
        "issues": [issue],
        "labels": ["question"],
    }


@dataclass
class Runner:
    """Runs one workflow after the other, as GitHub would, with `event` in the place of its expressions."""

    office: Desk
    home: Path
    posted: list[Any]
    """The messages that webhooks got."""
    proxy: str

    @property
    def hub(self) -> Any:
        return json.loads((self.home / "hub.json").read_text())

    @property
    def comments(self) -> list[str]:
        """Return what our own comments say: those after a human's last."""
        return [comment["body"] for comment in self.hub["comments"][2 + PAGE :]]

    @property
    def digest(self) -> str:
        """Return the digest that was noted last on the pull request's commit."""
        return str(self.hub["statuses"][HEAD][0]["description"]).removeprefix("digest ")

    @property
    def writes(self) -> list[str]:
        return [entry.operation for entry in self.office.serving.log.writes()]

    def merge(self) -> None:
        """Merge pull request 7, after somebody and another workflow set statuses of their own on it."""
        hub = self.hub
        hub["pulls"][MERGED].append(pull(7, HEAD, MERGED))
        later = [status("mallory"), status(BOT, context="coverage")]
        hub["statuses"][HEAD] = [*later, *hub["statuses"].get(HEAD, [])]
        (self.home / "hub.json").write_text(json.dumps(hub))

    def run(self, name: str, **event: str) -> tuple[int, str]:
        """Run a workflow; return the exit code of the step that failed, or 0, and all that was said."""
        temp = self.home / "temp"
        shutil.rmtree(temp, ignore_errors=True)
        temp.mkdir()
        workflow = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())
        (job,) = workflow["jobs"].values()
        known = {
            "github.repository": "o/r",
            "github.token": "t",
            "github.sha": HEAD,
            "github.run_id": "5",
            "github.server_url": "https://github.com",
            "secrets.IAMGROUPS_WEBHOOK": "",
            **optional(workflow),
            **event,
        }
        said, failed = "", 0
        for step in job["steps"]:
            if "run" not in step or not self._wanted(step, known, failed):
                continue
            done = self.step(step, known, temp)
            said += done.stdout + done.stderr
            failed = failed or done.returncode
            for line in (temp / "output").read_text().splitlines():
                key, _, value = line.partition("=")
                known[f"steps.{step.get('id')}.outputs.{key}"] = value
        return failed, said

    def _wanted(self, step: dict[str, Any], known: dict[str, str], failed: int) -> bool:
        if step.get("if") == "always()":
            return True
        if failed:
            return False
        tests = str(step.get("if", "")).split("&&") if "if" in step else []
        for test in tests:
            left, operator, right = test.split()
            if (value(left, known) == right.strip("'")) != (operator == "=="):
                return False
        return True

    def step(
        self, step: dict[str, Any], known: dict[str, str], temp: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run one step's shell."""
        assert "${{" not in step["run"], "expressions reach the shell through the environment only"
        given = {
            key: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: value(found[1], known), text)
            for key, text in step.get("env", {}).items()
        }
        (temp / "output").write_text("")
        return self.shell(
            step["run"],
            {
                **given,
                "HUB": str(self.home / "hub.json"),
                "RUNNER_TEMP": str(temp),
                "GITHUB_OUTPUT": str(temp / "output"),
                "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
                "GITHUB_SHA": known["github.sha"],
            },
        )

    def job(self, name: str, **variables: str) -> tuple[int, str]:
        """Run a job of .gitlab-ci.yml, as GitLab would; return its exit code and all that was said."""
        jobs = yaml.safe_load((REPO / "sample-config" / ".gitlab-ci.yml").read_text())
        job = {**jobs[jobs[name]["extends"]], **jobs[name]}
        given = {**GITLAB, "CI_PROJECT_DIR": str(self.office.folder), **variables}
        declared = {key: Template(value).substitute(given) for key, value in job["variables"].items()}
        script = "\n".join(["set -o pipefail", *job["before_script"], *job["script"]])
        done = self.shell(script, {**given, **declared})
        after = self.shell("\n".join(["set +e", *job.get("after_script", ())]), {**given, **declared})
        assert after.returncode == 0 or variables.get("IAMGROUPS_WEBHOOK"), after.stderr
        for path in job.get("artifacts", {}).get("paths", ()):
            if (made := self.office.folder / path).exists():
                made.rename(self.home / path)
        return done.returncode, done.stdout + done.stderr + after.stdout + after.stderr

    def shell(self, script: str, given: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run a script as the runners do, except that a variable nobody set is an error."""
        return subprocess.run(
            ["bash", "-eu", "-c", script],
            cwd=self.office.folder,
            env={
                **os.environ,
                **self.office.env,
                "http_proxy": self.proxy,
                "no_proxy": "127.0.0.1",
                **given,
                "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def value(expression: str, known: Mapping[str, str]) -> str:
    """Return what GitHub makes of `a || b`: blank where there is no such field, or the step did not run."""
    for name in expression.split(" || "):
        found = known.get(name, "") if name.startswith(("github.event.", "steps.")) else known[name]
        if found:
            return found
    return ""


def optional(workflow: dict[Any, Any]) -> dict[str, str]:
    """Return the workflow's inputs, which are blank unless somebody starts it by hand."""
    by_hand = workflow[True].get("workflow_dispatch") or {}  # YAML takes the key `on` for a truth value
    return {f"inputs.{name}": "" for name in by_hand.get("inputs", ())}


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    for name, text in TOOLS.items():
        (home / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (home / "bin" / name).chmod(0o755)
    (home / "hub.json").write_text(json.dumps(hub()))
    iam = account({"ann": (), "bob": ()}, {"devs": ("/", (READ,), ("bob",))})
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("notify.py", "gitlab.py"):
        shutil.copy(REPO / "sample-config" / name, folder)
    posted: list[Any] = []
    with desk(folder, iam) as office, webhooks(posted) as proxy:
        declare(office, ["ann", "bob"])
        yield Runner(office, home, posted, proxy)


@contextmanager
def webhooks(posted: list[Any]) -> Iterator[str]:
    """Yield the address of a proxy behind which webhooks take every message, unless they are gone."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gone = "gone" in self.path
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if not gone:
                posted.append(message)
            self.send_response(410 if gone else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def declare(office: Desk, members: list[str]) -> None:
    lines = "".join(f"      - {member}\n" for member in members)
    (office.folder / "iamgroups.yaml").write_text(
        'version: 1\naccount_id: "123456789012"\ngroups:\n  devs:\n    members:'
        + (f"\n{lines}" if lines else " []\n")
    )


PULL = {
    "github.event_name": "pull_request",
    "github.event.pull_request.number": "7",
    "github.event.pull_request.head.sha": HEAD,
}
PUSH = {"github.sha": MERGED}


def test_plan_comments_once_and_notes_the_digest_and_apply_applies_just_that(runner: Runner) -> None:
    for members in (["bob"], ["ann", "bob"]):
        declare(runner.office, members)
        code, said = runner.run("plan", **PULL)
        assert code == 0, said
    (comment,) = runner.comments
    assert comment.startswith(f"{MARK}\nCommit {HEAD}\n\n") and "ann" in comment
    assert runner.hub["comments"][: 2 + PAGE] == hub()["comments"]
    status = runner.hub["statuses"][HEAD][0]
    assert status["state"] == "success" and status["context"] == "iamgroups/plan"
    assert re.fullmatch("digest [0-9a-f]{64}", status["description"])

    assert runner.run("apply", **PUSH)[0] == 1
    assert runner.writes == []
    runner.merge()
    code, said = runner.run("apply", **PUSH)
    assert code == 0, said
    assert runner.writes == ["AddUserToGroup"]
    assert runner.run("apply", **PUSH)[0] == 4


def test_a_digest_that_somebody_else_noted_applies_nothing(runner: Runner) -> None:
    runner.merge()
    code, said = runner.run("apply", **PUSH)
    assert (code, runner.writes) == (1, [])
    assert "::error::no reviewed plan belongs to this commit" in said


def test_a_digest_given_by_hand_is_applied_and_must_look_like_one(runner: Runner) -> None:
    runner.run("plan", **PULL)
    digest = runner.digest
    assert runner.run("apply", **{"inputs.digest": "x; rm -rf ."})[0] == 1
    assert runner.run("apply", **{"inputs.digest": "0" * 64})[0] == 4
    assert runner.run("apply", **{"inputs.digest": digest})[0] == 0


def test_a_blocked_plan_is_told_and_fails(runner: Runner) -> None:
    path = runner.office.folder / "iamgroups.yaml"
    declare(runner.office, [])
    path.write_text(path.read_text() + "guardrails:\n  protected_groups: [devs]\n")
    code, _ = runner.run("plan", **PULL)
    assert code == 3
    assert runner.hub["statuses"][HEAD][0]["state"] == "failure"
    assert "protected_groups" in runner.comments[0]
    digest = runner.digest
    runner.merge()
    assert runner.run("apply", **PUSH)[0] == 3
    assert runner.writes == []
    agreed = {"inputs.digest": digest, "inputs.allow": "max_removals protected_groups"}
    assert runner.run("apply", **agreed)[0] == 0
    assert len(runner.writes) == 1


def test_a_configuration_that_does_not_fit_the_account_is_told_and_fails(runner: Runner) -> None:
    declare(runner.office, ["ann", "nobody"])
    code, _ = runner.run("plan", **PULL)
    assert code == 1
    assert runner.hub["statuses"] == hub()["statuses"]
    assert "nobody" in runner.comments[0]


def test_the_result_of_an_apply_is_posted_to_its_pull_request(runner: Runner) -> None:
    declare(runner.office, ["ann", "bob"])
    runner.run("plan", **PULL)
    runner.merge()
    assert runner.run("apply", **PUSH)[0] == 0
    _, result = runner.comments
    assert result.startswith(f"Applied at commit {MERGED} with exit code 0 ([run](https://github.com/o/r/")
    assert "Applied: +1 member." in result
    assert runner.run("apply", **PUSH)[0] == 4
    assert "with exit code 4" in runner.comments[-1]


def test_an_empty_plan_leaves_a_good_comment_as_it_is(runner: Runner) -> None:
    runner.run("plan", **PULL)
    before = runner.comments
    (runner.home / "bin" / "iamgroups").write_text("#!/bin/sh\n[ $1 != plan ]\n")
    code, said = runner.run("plan", **PULL)
    assert code == 1
    assert runner.comments == before
    assert "the comment stays as it is" in said


GROUP = {
    "github.event_name": "merge_group",
    "github.event.merge_group.head_ref": f"refs/heads/gh-readonly-queue/main/pr-7-{OTHER_MERGED}",
    "github.sha": MERGED,
}


def test_a_merge_queue_lets_through_the_plan_that_was_reviewed_and_no_other(runner: Runner) -> None:
    declare(runner.office, ["ann", "bob"])
    runner.run("plan", **PULL)
    runner.merge()
    comments = runner.comments
    code, said = runner.run("plan", **GROUP)
    assert code == 0, said
    assert runner.hub["statuses"][MERGED][0]["state"] == "success"
    declare(runner.office, ["ann"])
    code, said = runner.run("plan", **GROUP)
    assert code == 4
    assert "the plan is not the one on pull request 7" in said
    assert runner.hub["statuses"][MERGED][0]["state"] == "failure"
    assert runner.comments == comments
    nameless = {**GROUP, "github.event.merge_group.head_ref": "refs/heads/main"}
    assert runner.run("plan", **nameless)[0] == 1


@pytest.mark.parametrize("hook", [SLACK, "http://example.com/teams"])
def test_a_webhook_is_told_of_drift_once_and_of_what_was_applied(runner: Runner, hook: str) -> None:
    declare(runner.office, ["ann", "bob"])
    secret = {"secrets.IAMGROUPS_WEBHOOK": hook}
    for _ in range(2):
        assert runner.run("drift", **secret)[0] == 0
    (told,) = map(json.dumps, runner.posted)
    assert "IAM has drifted" in told and "ann" in told and "https://github.com/o/r/actions/runs/5" in told
    assert ("AdaptiveCard" in told) == ("slack" not in hook)
    runner.run("plan", **PULL)
    runner.merge()
    assert runner.run("apply", **PUSH, **secret)[0] == 0
    assert "IAM apply, exit code 0" in json.dumps(runner.posted[-1])
    assert runner.run("drift", **secret)[0] == 0
    assert "IAM is what main says again" in json.dumps(runner.posted[-1])


def test_what_a_report_quotes_mentions_nobody_in_slack(tmp_path: Path, runner: Runner) -> None:
    folded = "<details><summary><b>Notes</b></summary>\n\n\ngroup <!channel> & sts&#58;others\n\n</details>\n"
    (tmp_path / "report.md").write_text(folded)
    done = runner.shell(
        f"python notify.py Title {tmp_path}/report.md https://example.com", {"WEBHOOK": SLACK}
    )
    assert done.returncode == 0, done.stderr
    quoted = "group &lt;!channel&gt; &amp; sts:others"
    assert runner.posted == [{"text": f"Title\nNotes\n\n{quoted}\nhttps://example.com"}]


@pytest.mark.parametrize("hook", ["http://example.com/gone", "http://127.0.0.1:9/secret", "no address"])
def test_a_webhook_that_takes_nothing_fails_the_step_and_is_not_named(runner: Runner, hook: str) -> None:
    (runner.office.folder / "report.md").write_text("a report")
    done = runner.shell("python notify.py Title report.md https://example.com", {"WEBHOOK": hook})
    assert done.returncode == 1
    assert done.stderr.startswith("the webhook did not take the message: ") and hook not in done.stderr
    assert "Traceback" not in done.stderr


def act(runner: Runner, **inputs: str) -> tuple[int, dict[str, str]]:
    """Run the step "Run" of action.yml in an environment of our own; return its exit code and outputs."""
    temp = runner.home / "temp"
    (temp / "iamgroups" / "bin").mkdir(parents=True, exist_ok=True)
    (temp / "iamgroups" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (temp / "iamgroups" / "bin" / "python").chmod(0o755)
    (temp / "output").write_text("")
    action = yaml.safe_load((REPO / "action.yml").read_text())
    known = {f"inputs.{name}": spec.get("default", "") for name, spec in action["inputs"].items()}
    known |= {"github.action_path": str(REPO)} | {f"inputs.{name}": text for name, text in inputs.items()}
    done = runner.step(action["runs"]["steps"][-1], {**known, "github.sha": HEAD}, temp)
    return done.returncode, dict(line.split("=", 1) for line in (temp / "output").read_text().splitlines())


def test_the_action_plans_applies_just_that_and_reports_drift(runner: Runner) -> None:
    declare(runner.office, ["ann", "bob"])
    # A folder of that name in the pull request is not what runs.
    (runner.office.folder / "iamgroups").mkdir()
    (runner.office.folder / "iamgroups" / "__main__.py").write_text("raise SystemExit(77)")
    code, planned = act(runner, command="plan")
    assert (code, planned["code"]) == (0, "0")
    assert "ann" in Path(planned["report"]).read_text()
    assert act(runner, command="drift")[0] == 2
    assert act(runner, command="apply")[0] == 1
    assert act(runner, command="apply", digest="0" * 64)[0] == 4
    assert act(runner, command="import")[0] == 1
    assert runner.writes == []
    code, applied = act(runner, command="apply", digest=planned["digest"], allow="max_removals")
    assert code == 0
    assert Path(applied["journal"]).is_file()
    assert runner.writes == ["AddUserToGroup"]
    assert act(runner, command="drift")[0] == 0


def test_apply_and_expire_cannot_cancel_each_other() -> None:
    groups = [
        yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())["concurrency"] for name in ("apply", "expire")
    ]
    assert groups[0]["group"] != groups[1]["group"]
    assert not any(group["cancel-in-progress"] for group in groups)


def test_drift_keeps_one_issue_and_closes_it(runner: Runner) -> None:
    for _ in range(2):
        assert runner.run("drift")[0] == 0
    assert "comments" not in runner.hub["issues"][1]
    declare(runner.office, [])
    assert runner.run("drift")[0] == 0
    assert runner.hub["issues"][1]["comments"] == [
        "What differs has changed ([run](https://github.com/o/r/actions/runs/5))."
    ]
    declare(runner.office, ["ann", "bob"])
    assert runner.run("drift")[0] == 0
    question, issue = runner.hub["issues"]
    assert issue["state"] == "open" and "ann" in issue["body"]
    declare(runner.office, ["bob"])
    assert runner.run("drift")[0] == 0
    assert [issue["state"] for issue in runner.hub["issues"]] == ["open", "closed"]
    declare(runner.office, ["ann"])
    assert runner.run("drift")[0] == 0
    assert [issue["state"] for issue in runner.hub["issues"]] == ["open", "closed", "open"]
    assert question == runner.hub["issues"][0] == hub()["issues"][0]


def test_drift_that_cannot_read_fails_and_leaves_the_issue_alone(runner: Runner) -> None:
    (runner.office.folder / "iamgroups.yaml").write_text("version: 1\n")
    assert runner.run("drift")[0] == 1
    assert runner.hub["issues"] == hub()["issues"]


def test_expire_ends_only_what_is_over(runner: Runner) -> None:
    declare(runner.office, ["ann", "{user: bob, expires: 2020-01-31}"])
    code, said = runner.run("expire")
    assert code == 0, said
    assert runner.writes == ["RemoveUserFromGroup"]


@pytest.mark.parametrize("name", ["apply", "expire"])
def test_what_writes_keeps_its_journal_whatever_comes_of_it(name: str) -> None:
    (job,) = yaml.safe_load((WORKFLOWS / f"{name}.yml").read_text())["jobs"].values()
    keeping = next(step for step in job["steps"] if step["name"] == "Keep the journal")
    writing = job["steps"][job["steps"].index(keeping) - 1]
    assert '--journal "$RUNNER_TEMP/journal.jsonl"' in writing["run"]
    assert keeping["if"] == "always()"
    assert keeping["with"]["path"] == "${{ runner.temp }}/journal.jsonl"
    gitlab = yaml.safe_load((REPO / "sample-config" / ".gitlab-ci.yml").read_text())[name]
    assert "--journal journal.jsonl" in "".join(gitlab["script"])
    assert gitlab["artifacts"]["when"] == "always" and "journal.jsonl" in gitlab["artifacts"]["paths"]


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.stem)
def test_workflows_hold_no_keys_few_permissions_and_pinned_actions(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text())
    assert workflow["permissions"] == {}
    assert set(re.findall(r"secrets\.(\w+)", file.read_text())) <= {"IAMGROUPS_WEBHOOK"}
    assert "aws-access-key" not in file.read_text()
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


GITLAB = {
    "CI_SERVER_URL": "https://gitlab.example.com",
    "CI_PIPELINE_ID": "1",
    "CI_PIPELINE_SOURCE": "push",
    "CI_COMMIT_SHA": MERGED,
    "CI_PROJECT_ID": "1",
    "CI_JOB_URL": "https://gitlab.example.com/jobs/5",
    "AWS_ID_TOKEN": "an id token",
    **{
        f"IAMGROUPS_{task}_ROLE": f"arn:aws:iam::123456789012:role/{task}"
        for task in ("PLAN", "APPLY", "DRIFT")
    },
}


@contextmanager
def artifacts(
    home: Path, *requests: dict[str, Any], notes: list[str] | None = None
) -> Iterator[dict[str, str]]:
    """Serve the artifact of the job `plan` of merge request 7; yield what GitLab tells the job `apply`.

    `requests` are the merge requests of the commit, which a job token may not ask for. `notes` gets posts.
    """

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = "/projects/1/jobs/artifacts/refs/merge-requests/7/head/raw/digest.txt?job=plan"
            trusted = "token" in (self.headers["JOB-TOKEN"], self.headers["PRIVATE-TOKEN"])
            answers = {wanted: (home / "digest.txt").read_bytes()} if (home / "digest.txt").exists() else {}
            trusted |= self.headers["PRIVATE-TOKEN"] == "comment"
            if self.headers["PRIVATE-TOKEN"]:
                answers[f"/projects/1/repository/commits/{MERGED}/merge_requests"] = json.dumps(
                    requests
                ).encode()
            found = answers.get(self.path) if trusted else None
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write(found or b"")

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
            taken = (self.path, self.headers["PRIVATE-TOKEN"]) == (
                "/projects/1/merge_requests/7/notes",
                "comment",
            )
            if taken and notes is not None:
                notes.append(body)
            self.send_response(201 if taken else 403)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield {"CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}", "CI_JOB_TOKEN": "token"}
        finally:
            server.shutdown()


MERGE = "Merge branch 'x' into 'main'\n\nAdd ann\n\nSee merge request group/iam!7"


def test_gitlab_applies_what_its_merge_request_planned_and_only_once(runner: Runner) -> None:
    code, said = runner.job("plan")
    assert code == 0, said
    assert "ann" in (runner.home / "plan.md").read_text()
    assert re.fullmatch("[0-9a-f]{64}\n", (runner.home / "digest.txt").read_text())
    with artifacts(runner.home) as told:
        code, said = runner.job("apply", CI_COMMIT_MESSAGE=MERGE, **told)
        assert code == 0, said
        assert runner.writes == ["AddUserToGroup"]
        assert (runner.home / "journal.jsonl").is_file()
        assert runner.job("apply", CI_COMMIT_MESSAGE=MERGE, **told)[0] == 4
    assert runner.writes == ["AddUserToGroup"]


@pytest.mark.parametrize(
    "message", ["Merge branch 'x'\n\nSee merge request group/iam!8", "pushed by hand, see !7"]
)
def test_gitlab_applies_nothing_that_no_merge_request_planned(runner: Runner, message: str) -> None:
    assert runner.job("plan")[0] == 0
    with artifacts(runner.home) as told:
        assert runner.job("apply", CI_COMMIT_MESSAGE=message, **told)[0] == 1
    assert runner.writes == []


def test_gitlab_posts_the_result_to_the_merge_request_and_to_a_webhook(runner: Runner) -> None:
    assert runner.job("plan")[0] == 0
    request = {"iid": 7, "state": "merged", "sha": MERGED}
    wanted = {"IAMGROUPS_COMMENT_TOKEN": "comment", "IAMGROUPS_WEBHOOK": SLACK, "CI_COMMIT_MESSAGE": MERGE}
    notes: list[str] = []
    with artifacts(runner.home, request, notes=notes) as told:
        for code in (0, 4):
            assert runner.job("apply", **wanted, **told)[0] == code
            assert f"exit code {code}" in notes[-1] and MERGED in notes[-1]
            assert f"exit code {code}" in runner.posted[-1]["text"]
    assert "Applied: +1 member" in notes[0] and "is not what it was when that plan was reviewed" in notes[1]
    assert len(notes) == len(runner.posted) == 2


OTHER_REQUEST = {"iid": 9, "state": "opened", "sha": MERGED}


@pytest.mark.parametrize("end", ["merge_commit_sha", "squash_commit_sha", "sha"])
def test_gitlab_finds_the_merge_request_of_a_fast_forward_or_a_squash(runner: Runner, end: str) -> None:
    assert runner.job("plan")[0] == 0
    request = {"iid": 7, "state": "merged", "sha": HEAD, "merge_commit_sha": None, end: MERGED}
    with artifacts(runner.home, request, OTHER_REQUEST) as told:
        code, said = runner.job("apply", CI_COMMIT_MESSAGE="Add ann", **told)
        assert code == 1 and "need IAMGROUPS_READ_TOKEN" in said
        code, said = runner.job("apply", CI_COMMIT_MESSAGE="Add ann", IAMGROUPS_READ_TOKEN="token", **told)
    assert code == 0, said
    assert runner.writes == ["AddUserToGroup"]


def test_gitlab_applies_what_was_blocked_only_by_hand_with_digest_and_rules(runner: Runner) -> None:
    path = runner.office.folder / "iamgroups.yaml"
    declare(runner.office, [])
    path.write_text(path.read_text() + "guardrails:\n  protected_groups: [devs]\n")
    assert runner.job("plan")[0] == 3
    digest = re.findall("[0-9a-f]{64}", (runner.home / "plan.md").read_text())[-1]
    hand = {"IAMGROUPS_DIGEST": digest, "IAMGROUPS_ALLOW": "max_removals protected_groups"}
    with artifacts(runner.home) as told:
        pushed = {**told, **hand, "CI_COMMIT_MESSAGE": MERGE}
        assert runner.job("apply", **pushed)[0] == 1
        assert runner.job("apply", **{**pushed, "CI_PIPELINE_SOURCE": "web", "IAMGROUPS_ALLOW": ""})[0] == 3
        assert (
            runner.job("apply", **{**pushed, "CI_PIPELINE_SOURCE": "web", "IAMGROUPS_DIGEST": "0" * 64})[0]
            == 4
        )
        assert runner.writes == []
        assert runner.job("apply", **{**pushed, "CI_PIPELINE_SOURCE": "web"})[0] == 0
    assert runner.writes == ["RemoveUserFromGroup"]


def test_gitlab_fails_a_blocked_plan_and_applies_nothing_of_it(runner: Runner) -> None:
    path = runner.office.folder / "iamgroups.yaml"
    declare(runner.office, [])
    path.write_text(path.read_text() + "guardrails:\n  protected_groups: [devs]\n")
    assert runner.job("plan")[0] == 3
    assert "protected_groups" in (runner.home / "plan.md").read_text()
    with artifacts(runner.home) as told:
        assert runner.job("apply", CI_COMMIT_MESSAGE=MERGE, **told)[0] == 1
    assert runner.writes == []


def test_gitlab_expires_only_what_is_over(runner: Runner) -> None:
    declare(runner.office, ["ann", "{user: bob, expires: 2020-01-31}"])
    code, said = runner.job("expire")
    assert code == 0, said
    assert runner.writes == ["RemoveUserFromGroup"]


def test_gitlab_fails_on_drift_and_keeps_the_report(runner: Runner) -> None:
    assert runner.job("drift")[0] == 2
    assert "ann" in (runner.home / "drift.md").read_text()
    declare(runner.office, ["bob"])
    assert runner.job("drift")[0] == 0
    assert runner.writes == []


def test_gitlab_tells_a_webhook_when_drift_begins_changes_and_ends(runner: Runner) -> None:
    told = []
    for members in (["ann", "bob"], ["ann", "bob"], ["ann"], ["bob"], ["bob"], ["ann"]):
        declare(runner.office, members)
        code, said = runner.job("drift", IAMGROUPS_WEBHOOK=SLACK)
        assert code == (0 if members == ["bob"] else 2), said
        told.append([message["text"].split("\n")[0] for message in runner.posted])
    begun, ended = "IAM has drifted", "IAM is what main says again"
    assert told[0] == told[1] == [begun]
    assert told[2] == [begun, begun]
    assert told[3] == told[4] == [begun, begun, ended]
    assert told[5] == [begun, begun, ended, begun]
