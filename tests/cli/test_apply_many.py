"""Apply on several accounts: one question, one report, and each account for itself."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from iamgroups import config
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos import load_chaos
from tests.cli.process import COMMAND
from tests.company import ROLE, Company, account, company
from tests.journals import read_journal

BOTH = {"alice", "bob"}


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Company]:
    with company(tmp_path, 3) as made:
        yield made


def journals(made: Company) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in (made.folder / "state" / "iamgroups").glob("*/*.jsonl"):
        found.setdefault(path.parent.name, []).append(path)
    return found


def test_all_are_applied_each_with_its_own_journal_and_a_second_run_does_nothing(three: Company) -> None:
    done = three.run("apply", "--auto-approve", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The same in 3 accounts" in done.stdout
    assert [three.members(number) for number in (1, 2, 3)] == [BOTH] * 3
    assert sorted(journals(three)) == ["000000000001", "000000000002", "000000000003"]
    three.serving.log.clear()
    code, told = three.told("apply", "--auto-approve")
    assert (code, {one["says"] for one in told.values()}) == (0, {"no changes"})
    assert three.serving.log.writes() == []


def test_json_has_what_apply_prints_for_each_account_alone(three: Company) -> None:
    done = three.run("apply", "--auto-approve", "--format", "json")
    document = json.loads(done.stdout)
    assert config.check(document, "accounts") == []
    for one in document["accounts"]:
        assert config.check(one["result"], "apply") == []
        assert (one["result"]["account"]["id"], one["result"]["exit_code"]) == (one["account"], 0)


def test_an_account_that_fails_stops_no_other_and_the_whole_is_5(tmp_path: Path) -> None:
    with company(
        tmp_path, 4, make=lambda number: account(number, role="" if number == 2 else "deploy")
    ) as made:
        (made.write(5).parent / "iamgroups.yaml").write_text("version: 1\ngroups: [\n")
        code, told = made.told("apply", "--auto-approve")
        assert code == 5
        assert [made.members(number) for number in (1, 2, 3, 4)] == [BOTH, set(), BOTH, BOTH]
        assert told["000000000002"]["exit_code"] == 1
        assert "sts:AssumeRole" in told["000000000002"]["says"]
        assert len(told) == 5
        assert made.told("apply", "--auto-approve")[0] == 1  # nothing was written this time


def test_a_blocked_account_shows_its_plan_and_is_left_alone(tmp_path: Path) -> None:
    def crowded(number: int) -> StrictIam:
        return account(number, {"devs": ("alice", "bob")} if number == 1 else {})

    with company(tmp_path, 2, make=crowded) as made:
        made.write(1, {"devs": {"members": ["alice"]}}, guardrails={"min_members": {"devs": 2}})
        code, told = made.told("apply", "--auto-approve")
        assert (code, told["000000000001"]["exit_code"], told["000000000002"]["exit_code"]) == (5, 3, 0)
        assert "blocked by min_members" in told["000000000001"]["says"]
        assert told["000000000001"]["result"]["kind"] == "plan"
        assert made.members(1) == BOTH
        done = made.run("apply", "--auto-approve", "--allow", "min_members")
        assert done.returncode == 0
        assert "account 000000000001: " in done.stderr
        assert made.members(1) == {"alice"}


def test_the_digest_of_the_whole_or_of_one_account_is_what_is_applied(three: Company) -> None:
    plan = json.loads(three.run("plan", "--format", "json").stdout)
    one = plan["accounts"][1]["result"]["digest"]
    code, told = three.told("apply", "--auto-approve", "--expect-digest", one)
    assert code == 0
    assert [three.members(number) for number in (1, 2, 3)] == [set(), BOTH, set()]
    assert "left alone" in told["000000000001"]["says"]
    refused = three.run("apply", "--auto-approve", "--expect-digest", plan["digest"])
    assert refused.returncode == 4
    assert "nothing was changed" in refused.stderr
    whole = json.loads(three.run("plan", "--format", "json").stdout)["digest"]
    assert three.told("apply", "--auto-approve", "--expect-digest", whole)[0] == 0
    assert [three.members(number) for number in (1, 2, 3)] == [BOTH] * 3


def test_a_digest_of_the_whole_needs_a_plan_of_every_account(three: Company) -> None:
    whole = json.loads(three.run("plan", "--format", "json").stdout)["digest"]
    three.write(3, {"devs": {"members": ["nobody"]}})
    refused = three.run("apply", "--auto-approve", "--expect-digest", whole)
    assert refused.returncode == 4
    assert "not every account has a plan" in refused.stderr
    assert three.serving.log.writes() == []


def asked(made: Company, answer: str, before_answer: object = None) -> tuple[int, str]:
    """Run apply at a terminal, and answer its question; return the exit code and what was shown."""
    parent, child = pty.openpty()
    command = [*COMMAND, "apply", "-c", "accounts", "--role-arn", ROLE]
    process = subprocess.Popen(
        command, stdin=child, stderr=child, stdout=child, cwd=made.folder, env={**os.environ, **made.env}
    )
    os.close(child)
    shown = b""
    while b"will do: " not in shown:
        shown += os.read(parent, 1000)
    if callable(before_answer):
        before_answer()
    os.write(parent, f"{answer}\n".encode())
    try:
        while block := os.read(parent, 1000):
            shown += block
    except OSError:  # the other end is closed
        pass
    os.close(parent)
    return process.wait(timeout=60), " ".join(shown.decode().split())


def test_one_question_is_asked_for_all_and_only_yes_will_do(three: Company) -> None:
    code, shown = asked(three, "no")
    assert (code, three.serving.log.writes()) == (1, [])
    assert "The same in 3 accounts" in shown
    assert "Make these 12 changes in 3 accounts?" in shown
    assert "Declined: nothing was changed." in shown
    assert asked(three, "yes")[0] == 0
    assert [three.members(number) for number in (1, 2, 3)] == [BOTH] * 3


def test_an_account_that_changed_after_the_question_is_left_alone(three: Company) -> None:
    def interfere() -> None:
        three.accounts["000000000002"].call("CreateGroup", {"GroupName": "devs"})

    code, shown = asked(three, "yes", interfere)
    assert code == 5
    assert [three.members(number) for number in (1, 2, 3)] == [BOTH, set(), BOTH]
    assert "the account has changed since its plan was shown" in shown


def test_the_journals_of_several_accounts_go_into_a_folder(three: Company) -> None:
    assert three.run("apply", "--auto-approve", "--journal", "logs").returncode == 0
    assert sorted(path.name for path in (three.folder / "logs").iterdir()) == [
        *("000000000001.jsonl", "000000000002.jsonl", "000000000003.jsonl")
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_account_with_a_whole_journal_and_the_next_run_converges(
    tmp_path: Path, number: int
) -> None:
    chaos = load_chaos(json.dumps({"rules": [{"fault": "slow", "seconds": 0.2, "kind": "write"}]}))
    with company(tmp_path, 6, chaos) as made:
        process = made.begin_apply(4, "--parallel", "3")
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Stopping: nothing more is sent." in stderr
        assert "stopped by a signal" in stdout
        begun = journals(made)
        assert 0 < len(begun) < 6
        for paths in begun.values():
            for path in paths:
                records = read_journal(path)
                sent = [one for one in records if one["event"] == "attempt"]
                answered = [one for one in records if one["event"] == "answer"]
                assert records[-1]["event"] == "end"
                assert len(sent) == len(answered)
        assert made.run("apply", "--auto-approve").returncode == 0
        assert all(made.members(number) == BOTH for number in range(1, 7))
