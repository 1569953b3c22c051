"""One account on loopback and the installed command, run once or several times; what must be true of that."""

import json
import os
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.engine import Chaos
from iamgroups.sandbox.chaos.faults import Interference
from iamgroups.sandbox.request_log import SOMEBODY_ELSE, LoggedRequest, replay
from iamgroups.sandbox.server import Serving, serve
from tests.cli.process import COMMAND
from tests.journals import read_journal
from tests.proof.situation import an_account, write_configuration

Hook = Callable[[LoggedRequest], None]
Pair = tuple[str, str]


class Watched(Chaos):
    """Chaos that tells of every request first; the hook may raise Lost."""

    hook: Hook | None = None

    def meet(self, entry: LoggedRequest, account: StrictIam) -> Interference:
        if self.hook:
            self.hook(entry)
        return super().meet(entry, account)


@dataclass
class Run:
    """One run of the command: its requests, its journal if any, and when it ended (monotonic clock)."""

    code: int
    out: str
    err: str
    log: list[LoggedRequest]
    journals: list[Path]
    ended: float

    @property
    def writes(self) -> list[LoggedRequest]:
        """Return the IAM writes that arrived from us whole, in order."""
        return [
            entry
            for entry in self.log
            if entry.operation and entry.writes and entry.service == "iam" and entry.caller != SOMEBODY_ELSE
        ]


@dataclass
class Story:
    folder: Path
    start: StrictIam
    serving: Serving
    chaos: Watched
    runs: list[Run] = field(default_factory=list)
    arguments: tuple[str, ...] = ("apply", "--auto-approve")

    @property
    def iam(self) -> StrictIam:
        return self.serving.iam

    def popen(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start the command with no terminal."""
        return subprocess.Popen(
            [*COMMAND, *(arguments or self.arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env={
                **os.environ,
                **self.serving.environment(),
                "XDG_STATE_HOME": str(self.folder / "state"),
            },
        )

    def run(
        self,
        *arguments: str,
        with_process: Callable[["subprocess.Popen[str]"], None] | None = None,
    ) -> Run:
        """Run the command to its end; `with_process` is called once it has started."""
        before = len(self.serving.log.entries)
        known = set(self._journals())
        process = self.popen(*arguments)
        try:
            if with_process:
                with_process(process)
            out, err = process.communicate(timeout=300)
            ended = time.monotonic()
        finally:
            process.kill()
        assert "Traceback" not in err, err
        self._quiet()
        log = self.serving.log.entries[before:]
        run = Run(
            process.returncode, out, err, log, [path for path in self._journals() if path not in known], ended
        )
        self.runs.append(run)
        return run

    def calm(self) -> None:
        """Let IAM misbehave no longer."""
        self.serving.endpoint.chaos = Watched()

    def _quiet(self) -> None:
        """Wait until what a dead process had sent has all arrived."""
        number = -1
        while number < (number := len(self.serving.log.entries)):
            time.sleep(0.05)

    def _journals(self) -> list[Path]:
        return sorted((self.folder / "state" / "iamgroups" / self.iam.account_id).glob("*.jsonl"))


@contextmanager
def story(
    folder: Path, size: int, *rules: Mapping[str, Any], latency: float = 0.0, seed: int = 0, **settings: Any
) -> Iterator[Story]:
    """Serve the account of `situation` to the command, with its configuration in `folder`."""
    write_configuration(folder, size, **settings)
    iam, chaos = an_account(size), Watched(rules, seed)
    start = iam.copy()
    with serve(iam, latency=latency, chaos=chaos) as serving:
        yield Story(folder, start, serving, chaos)


def portrait(iam: StrictIam) -> dict[str, Any]:
    """Return all that the configuration speaks of, so that two accounts can be compared."""
    store = iam.store
    return {
        "facts": iam.facts(),
        "groups": {group.name: (group.path, sorted(group.inline)) for group in store.groups.values()},
        "policies": {arn: json.dumps(_document(iam, arn), sort_keys=True) for arn in store.policies},
    }


def _document(iam: StrictIam, arn: str) -> Any:
    version = iam.call("GetPolicy", {"PolicyArn": arn})["Policy"]["DefaultVersionId"]
    return iam.call("GetPolicyVersion", {"PolicyArn": arn, "VersionId": version})["PolicyVersion"]["Document"]


def held(iam: StrictIam) -> frozenset[Pair]:
    """Return every (user, policy) pair, through groups and directly."""
    facts = iam.facts()
    by_group = defaultdict(set)
    for group, arn in facts.attachments:
        by_group[group].add(arn)
    through = {(user, arn) for group, user in facts.memberships for arn in by_group[group]}
    return frozenset(through | facts.direct)


def keeps_the_access_promise(story: Story, goal: frozenset[Pair]) -> None:
    """After every single write that was done each user holds what they held before and after, and no more."""
    before = held(story.start)
    for entry, iam in replay(story.start, story.serving.log):
        now = held(iam)
        assert before & goal <= now, f"{entry.operation} {entry.params} took {before & goal - now}"
        assert now <= before | goal, f"{entry.operation} {entry.params} gave {now - before - goal}"


def tells_the_truth(run: Run) -> None:
    """The journal has every write that arrived before it arrived, and the answer that was given to each."""
    arrived: dict[str, list[LoggedRequest]] = defaultdict(list)
    for entry in run.writes:
        arrived[_key(entry.operation, entry.params)].append(entry)
    if not run.journals:
        assert not arrived, "writes without a journal"
        return
    (journal,) = run.journals
    records = read_journal(journal)
    ended = records[-1]["event"] == "end"
    attempts, answers = defaultdict(list), {}
    for record in records:
        match record["event"]:
            case "attempt":
                attempts[_key(record["operation"], record["params"])].append(record)
            case "answer":
                answers[record["address"], record["attempt"]] = record
    for call, entries in arrived.items():
        sent = [
            (told, answers.get((told["address"], told["attempt"])))
            for told in attempts[call]
            if answers.get((told["address"], told["attempt"]), {}).get("answer") != "not sent"
        ]
        assert len(sent) >= len(entries), f"{call} arrived more often than the journal tells"
        assert len(sent) == len(entries) or not ended or run.code == 130, f"{call} never arrived"
        for (told, answer), entry in zip(sent, entries, strict=False):
            assert answer or not ended or run.code == 130, f"{told} has no answer"
            if answer:
                _agrees(answer, entry)
    _settled_truly(records, answers, attempts, arrived)


def _agrees(answer: Mapping[str, Any], entry: LoggedRequest) -> None:
    if answer["answer"] == "ok":
        assert (entry.status, bool(entry.applied)) == (200, True), (answer, entry)
    elif entry.status is None:
        assert answer["answer"] == "unanswered", (answer, entry)
    else:
        assert (answer["code"], entry.status == 200) == (entry.code, False), (answer, entry)


def _settled_truly(
    records: tuple[Mapping[str, Any], ...],
    answers: Mapping[tuple[str, int], Mapping[str, Any]],
    attempts: Mapping[str, list[Any]],
    arrived: Mapping[str, list[LoggedRequest]],
) -> None:
    """Done means that the server did it, for us or for somebody else."""
    call_of = {told["address"]: call for call, sent in attempts.items() for told in sent}
    for record in records:
        if record["event"] == "settled" and record["status"] == "done":
            assert any(entry.applied for entry in arrived[call_of[record["address"]]]), record
        if record["event"] == "settled" and record["status"] == "failed":
            last = [answer for (address, _), answer in answers.items() if address == record["address"]][-1]
            assert last["answer"] not in ("ok", "not sent"), record


def _key(operation: str, params: Mapping[str, Any]) -> str:
    return json.dumps([operation, dict(params)], sort_keys=True)
