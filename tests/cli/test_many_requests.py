"""What a run on many accounts asks for once: AWS's policies with documents, and the caller's credentials."""

import stat
from dataclasses import replace
from pathlib import Path

from iamgroups.sandbox.aws_managed import aws_managed_policies
from tests.cli.process import run
from tests.company import HUB, ROLE, company

MANY = {
    "devs": {
        "policies": ["aws:ReadOnlyAccess", "aws:AmazonS3FullAccess", "aws:IAMFullAccess"],
        "members": ["bob"],
    }
}
PAGES = 2  # of ListPolicies, for all that AWS has


def test_the_policies_of_aws_are_listed_once_for_all_accounts(tmp_path: Path) -> None:
    with company(tmp_path, 5) as made:
        for number in range(1, 6):
            made.write(number, MANY)
        assert made.run("plan").returncode == 0
        asked = made.serving.log.requests()
        assert asked["ListPolicies"] == PAGES
        assert asked["GetPolicy"] == 0
        assert asked["GetPolicyVersion"] == 3  # one a document
        assert asked["AssumeRole"] == asked["GetCallerIdentity"] == 5
        made.serving.log.clear()
        assert made.run("apply", "--auto-approve").returncode == 0
        assert made.serving.log.requests()["ListPolicies"] == PAGES


def test_a_policy_that_only_one_account_still_has_is_found_there(tmp_path: Path) -> None:
    old = replace(aws_managed_policies()["arn:aws:iam::aws:policy/ReadOnlyAccess"], name="Retired")
    old = replace(old, arn="arn:aws:iam::aws:policy/Retired", id="ANPARETIRED")
    with company(tmp_path, 3) as made:
        store = made.accounts["000000000002"].store
        store.seeded = {**store.seeded, old.arn: old}
        for number in (1, 2, 3):
            made.write(number, {"devs": {"policies": ["aws:Retired", "aws:ReadOnlyAccess"]}})
        code, told = made.told("plan", "--parallel", "1")
        assert code == 1
        assert [one["exit_code"] for one in told.values()] == [1, 0, 1]
        assert "aws:Retired" in told["000000000001"]["says"]


def test_the_callers_credentials_are_got_once(tmp_path: Path) -> None:
    with company(tmp_path, 4) as made:
        script = tmp_path / "credentials.sh"
        script.write_text(
            f"#!/bin/sh\necho asked >> {tmp_path}/asked\n"
            'echo \'{"Version": 1, "AccessKeyId": "sandbox", "SecretAccessKey": "s"}\'\n'
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        (tmp_path / "config").write_text(f"[profile hub]\ncredential_process = {script}\n")
        env = {**made.env, "AWS_CONFIG_FILE": str(tmp_path / "config")}
        env |= {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        arguments = ("plan", "-c", "accounts", "--role-arn", ROLE, "--profile", "hub")
        done = run(*arguments, env=env, cwd=tmp_path)
        assert done.returncode == 0, done.stdout
        assert (tmp_path / "asked").read_text() == "asked\n"
        callers = {entry.caller for entry in made.serving.log.entries if entry.operation == "AssumeRole"}
        assert callers == {f"arn:aws:iam::{HUB}:root"}
