"""Snapshots and fingerprints of several accounts in one run."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from iamgroups import config
from tests.cli.process import run
from tests.company import ROLE, Company, account, company

NAMES = ["000000000001.json", "000000000002.json", "000000000003.json"]
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Company]:
    with company(tmp_path, 3, make=lambda number: account(number, {"devs": ["bob"]})) as made:
        yield made


def test_a_snapshot_of_each_account_goes_into_a_folder_and_plans_as_the_account_does(three: Company) -> None:
    code, told = three.told("snapshot", "--out", "shots")
    assert (code, {one["says"] for one in told.values()}) == (0, {"saved"})
    shots = three.folder / "shots"
    assert sorted(path.name for path in shots.iterdir()) == NAMES
    assert three.serving.log.requests()["ListPolicies"] == 2
    _, live = three.told("plan")
    for number, name in enumerate(NAMES, 1):
        assert config.check(json.loads((shots / name).read_text()), "snapshot") == []
        root = three.folder / "accounts" / f"a{number:03}"
        offline = json.loads(run("plan", "--live", shots / name, "-c", root, "--format", "json").stdout)
        assert offline["digest"] == live[name[:12]]["result"]["digest"]


def test_snapshots_need_a_folder(three: Company) -> None:
    for out in ((), ("--out", "-")):
        refused = three.run("snapshot", *out)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "name it with --out" in refused.stderr


def test_no_snapshot_is_taken_of_an_account_that_the_root_is_not_for(tmp_path: Path) -> None:
    with company(tmp_path, 2) as made:
        made.write(1).write_text('version: 1\naccount_id: "000000000009"\nroles: {plan: deploy}\n')
        arn = ROLE.replace("{account_id}", "000000000002")
        done = run("snapshot", "--out", "s", "-c", "accounts", "--role-arn", arn, env=made.env, cwd=tmp_path)
        assert done.returncode == 4
        assert [path.name for path in (tmp_path / "s").iterdir()] == ["000000000002.json"]


def test_roots_in_one_folder_note_their_documents_in_one_file(three: Company) -> None:
    for number in range(1, 4):
        iam = three.accounts[f"{number:012}"]
        iam.call("CreatePolicy", {"PolicyName": "tf", "PolicyDocument": DOCUMENT})
        iam.call(
            "AttachGroupPolicy",
            {"GroupName": "devs", "PolicyArn": f"arn:aws:iam::{number:012}:policy/tf"},
        )
        root = three.write(number, {"devs": {"policies": ["local:tf"], "members": ["bob"]}})
        root.rename(three.folder / "accounts" / f"{number}.yaml")
    done = run(*("lock", "-c", "accounts/[1-3].yaml", "--role-arn", ROLE), env=three.env, cwd=three.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 document noted" in done.stdout
    noted = json.loads((three.folder / "accounts" / "iamgroups.lock.json").read_text())["accounts"]
    assert sorted(noted) == [name[:12] for name in NAMES]
    assert all(len(policies) == 1 for policies in noted.values())
