"""`iamgroups lock`, and a drift that compares what it noted."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from iamgroups import config
from iamgroups.sandbox.documents import Document
from tests.cli.account import ID, Desk, account, aws, desk

REPORTS = f"arn:aws:iam::{ID}:policy/reports"
READ_ONLY = aws("AmazonS3ReadOnlyAccess")
LIST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
READINGS = {"GetCallerIdentity": 1, "GetAccountSummary": 1, "GetAccountAuthorizationDetails": 2}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    iam = account({"ann": ()})
    iam.call("CreatePolicy", {"PolicyName": "reports", "PolicyDocument": json.dumps(LIST)})
    iam.call("CreateGroup", {"GroupName": "devs"})
    iam.call("AttachGroupPolicy", {"GroupName": "devs", "PolicyArn": REPORTS})
    iam.call("AddUserToGroup", {"GroupName": "devs", "UserName": "ann"})
    with desk(tmp_path, iam) as found:
        found.write({"devs": {"policies": ["local:reports"], "members": ["ann"]}})
        yield found


def widen(office: Desk) -> None:
    params = {"PolicyArn": REPORTS, "PolicyDocument": json.dumps(ALL), "SetAsDefault": True}
    office.iam.call("CreatePolicyVersion", params)


def test_without_a_file_drift_costs_what_it_did_and_says_what_it_did_not_compare(office: Desk) -> None:
    done = office.run("drift")
    assert (done.returncode, office.requests()) == (0, READINGS)
    assert done.stdout.count("`iamgroups lock` writes it") == 1 and "local:reports" in done.stdout


def test_with_a_file_drift_reads_the_documents_too_and_no_more(office: Desk) -> None:
    assert office.run("lock").returncode == 0
    content = json.loads((office.folder / "iamgroups.lock.json").read_text())
    assert config.check(content, "fingerprints") == []
    assert list(content["accounts"][ID]) == [REPORTS]
    office.requests()
    done = office.run("drift")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No drift.")
    assert office.requests() == {**READINGS, "GetPolicy": 1, "GetPolicyVersion": 1}


def test_a_widened_document_is_drift_until_it_is_noted_or_accepted(office: Desk) -> None:
    office.run("lock")
    widen(office)
    done = office.run("drift")
    assert done.returncode == 2
    assert "local:reports, which devs holds, has another document" in done.stdout
    assert office.run("drift", "--group", "devs").returncode == 2
    declared = {"devs": {"policies": ["local:reports"], "members": ["ann"]}}
    office.write(declared, accepted=[{"match": "document/local:rep*"}])
    assert office.run("drift").returncode == 2, "a pattern never accepts an administrator"
    office.write(declared, accepted=[{"match": "document/local:reports", "reason": "SEC-9"}])
    assert office.run("drift").returncode == 0
    office.write(declared)
    office.run("lock")
    assert office.run("drift").returncode == 0


def test_a_default_version_that_is_set_back_is_drift(office: Desk) -> None:
    widen(office)
    office.run("lock")
    office.iam.call("SetDefaultPolicyVersion", {"PolicyArn": REPORTS, "VersionId": "v1"})
    done = office.run("drift")
    assert done.returncode == 2 and "version v1, not v2" in done.stdout


def test_a_policy_of_aws_that_gives_more_than_reading_is_drift_until_it_is_noted(office: Desk) -> None:
    office.iam.call("AttachGroupPolicy", {"GroupName": "devs", "PolicyArn": READ_ONLY})
    office.write({"devs": {"policies": ["local:reports", "aws:AmazonS3ReadOnlyAccess"], "members": ["ann"]}})
    assert office.run("lock").returncode == 0
    change_by_aws(office, ["s3:Get*", "s3:List*", "s3:Describe*", "sqs:ReceiveMessage"])
    done = office.run("drift")
    assert done.returncode == 0 and "AWS changed aws:AmazonS3ReadOnlyAccess since" in done.stdout
    change_by_aws(office, ["s3:Get*", "s3:List*", "s3:PutObject", "iam:PassRole", "ec2:RunInstances"])
    done = office.run("drift")
    assert done.returncode == 2
    assert "Write: ec2:RunInstances, iam:PassRole, s3:PutObject" in done.stdout
    assert "new way to escalate: iam:PassRole + ec2:RunInstances" in done.stdout
    content = office.json("drift")
    assert config.check(content, "drift") == []
    (one,) = content["differences"]
    assert one["address"] == "document/aws:AmazonS3ReadOnlyAccess"
    assert one["rise"]["gained"]["Write"] == ["ec2:RunInstances", "iam:PassRole", "s3:PutObject"]
    assert "Write rose" in office.run("drift", "--format", "markdown").stdout
    office.run("lock")
    assert office.run("drift").returncode == 0


def change_by_aws(office: Desk, actions: list[str]) -> None:
    """Let AWS write a new version of its policy."""
    store = office.iam.store
    old = store.policy(READ_ONLY)
    text = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    version = old.versions[-1]._replace(id="v9", document=Document(text))
    new = replace(old, versions=(version,), default="v9")
    store.seeded = {**store.seeded, READ_ONLY: new}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"kind": "fingerprints"}', '{"kind": "plan", "format_version": 1}']
)
def test_a_file_that_is_not_one_is_one_clear_error(office: Desk, text: str) -> None:
    (office.folder / "iamgroups.lock.json").write_text(text)
    done = office.run("drift")
    assert done.returncode == 1 and "iamgroups.lock.json" in done.stderr
    assert "Traceback" not in done.stderr
