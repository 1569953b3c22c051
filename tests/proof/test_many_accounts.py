"""Many accounts in one run come to what each comes to alone, however many fail and whatever ends the run."""

import json
import signal
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from iamgroups import config
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos import load_chaos
from tests.cli.process import run
from tests.company import GROUPS, Company, account, company
from tests.journals import read_journal

BOTH = {"alice", "bob"}
DENIED, WRONG, BROKEN = 17, 101, 200
PAGES = 2  # of ListPolicies, for all that AWS has


def converged(number: int) -> StrictIam:
    """Return an account that is what `GROUPS` says already."""
    iam = account(number, {"devs": ["alice", "bob"]})
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.call("AttachGroupPolicy", {"GroupName": "devs", "PolicyArn": arn})
    return iam


def broken(made: Company) -> None:
    """Break three accounts: a role that is gone, a role of another account, and a root that is not YAML."""
    made.accounts[f"{DENIED:012}"].call("DeleteRole", {"RoleName": "deploy"})
    made.write(WRONG).write_text('version: 1\naccount_id: "000000009999"\ngroups: {}\n')
    made.write(BROKEN).write_text("version: 1\ngroups: [\n")


@pytest.mark.proof
def test_of_two_hundred_accounts_three_fail_and_the_others_are_done(tmp_path: Path) -> None:
    with company(tmp_path, 200) as made:
        broken(made)
        code, told = made.told("apply", "--auto-approve")
        failed = {root: one["exit_code"] for root, one in told.items() if one["exit_code"]}
        assert (code, len(told), len(failed)) == (5, 200, 3)
        done = [number for number in range(1, 201) if number not in (DENIED, WRONG, BROKEN)]
        assert all(made.members(number) == BOTH for number in done)
        assert made.members(DENIED) == made.members(WRONG) == made.members(BROKEN) == set()
        asked = made.serving.log.requests()
        assert (asked["ListPolicies"], asked["AssumeRole"]) == (PAGES, 197 + 2)
        made.serving.log.clear()
        report = made.run("plan", "--format", "markdown")
        assert (report.returncode, len(report.stdout.encode()) < 65_000) == (1, True)
        assert "200 accounts, 3 failed" in report.stdout
        assert made.serving.log.writes() == []


def alone(made: Company, command: str, root: str) -> tuple[int, dict[str, Any]]:
    done = run(command, "-c", root, "--format", "json", env=made.env, cwd=made.folder)
    return done.returncode, json.loads(done.stdout)


def lasting(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result without the moment in which it was made."""
    return {key: value for key, value in result.items() if key not in ("created", "checksum")}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.proof)])
def test_the_whole_is_what_each_account_is_alone(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    names = ["devs", "ops", "audit"]
    policies = ["aws:ReadOnlyAccess", "aws:AmazonS3FullAccess", "aws:IAMFullAccess", "aws:NoSuchPolicy"]

    def some(number: int) -> StrictIam:
        held = {name: random.sample(sorted(BOTH), random.randint(0, 2)) for name in random.sample(names, 2)}
        return account(number, held, role="deploy" if random.random() < 0.8 else "other")

    with company(tmp_path, 5, make=some) as made:
        for number in range(1, 6):
            wanted = {
                name: {
                    "members": random.sample([*sorted(BOTH), "carol"][: random.choice([2, 2, 3])], 1),
                    "policies": random.sample(policies[: random.choice([3, 3, 4])], random.randint(0, 3)),
                }
                for name in random.sample(names, random.randint(1, 3))
            }
            made.write(number, wanted, roles={"plan": "deploy", "drift": "deploy"})
        for command in ("plan", "drift"):
            done = run(command, "-c", "accounts", "--format", "json", env=made.env, cwd=tmp_path)
            whole = json.loads(done.stdout)
            assert config.check(whole, "accounts") == []
            for one in whole["accounts"]:
                code, result = alone(made, command, one["root"])
                assert (one["exit_code"], lasting(one["result"])) == (code, lasting(result)), one["root"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_however_a_run_ends_its_journals_are_true_and_the_next_run_converges(
    tmp_path: Path, number: int
) -> None:
    chaos = load_chaos(json.dumps({"rules": [{"fault": "slow", "seconds": 0.1, "kind": "write"}]}))
    with company(tmp_path, 10, chaos) as made:
        process = made.begin_apply(6)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode == (-number if number == signal.SIGKILL else 130)
        written = Counter(entry.account for entry in made.serving.log.writes())
        for path in (tmp_path / "state" / "iamgroups").glob("*/*.jsonl"):
            records = read_journal(path)
            sent = sum(record["event"] == "attempt" for record in records)
            assert sent >= written.pop(path.parent.name, 0)
            assert number == signal.SIGKILL or records[-1]["event"] == "end"
        assert not written  # no write without a journal
        assert made.run("apply", "--auto-approve").returncode == 0
        assert all(made.members(number) == BOTH for number in range(1, 11))
        made.serving.log.clear()
        assert made.run("apply", "--auto-approve").returncode == 0
        assert made.serving.log.writes() == []


def test_accounts_with_nothing_to_change_cost_five_requests_each(tmp_path: Path) -> None:
    with company(tmp_path, 12, make=converged) as made:
        for number in range(1, 13):
            made.write(number, GROUPS)
        assert made.run("plan").returncode == 0
        assert made.serving.log.requests() == {
            "AssumeRole": 12,
            "GetCallerIdentity": 12,
            "GetAccountSummary": 12,
            "GetAccountAuthorizationDetails": 24,
        }
