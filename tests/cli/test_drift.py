"""`iamgroups drift` as a process: what it fails for, in which format, and that it cannot write."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iamgroups import config
from tests.cli.account import Desk, account, aws, desk

READ = aws("AmazonS3ReadOnlyAccess")
READS = ("Get", "List")
REST = ({"match": "group/other"}, {"direct": "aws:AmazonS3ReadOnlyAccess", "users": ["bob"]})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    iam = account({"ann": (), "bob": (READ,)}, {"devs": ("/", (), ("ann", "bob")), "other": ("/", (), ())})
    with desk(tmp_path, iam) as found:
        yield found


def devs(*members: Any) -> dict[str, Any]:
    return {"devs": {"members": list(members)}}


def test_what_no_file_declares_is_2_and_0_once_it_is_accepted(office: Desk) -> None:
    office.write(devs("ann", "bob"))
    done = office.run("drift")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, "Drift: 2 extra.")
    office.write(devs("ann", "bob"), accepted=[*REST])
    done = office.run("drift")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No drift (2 accepted).")
    assert "Accepted: 1 direct policy, 1 group." in done.stdout


def test_a_difference_is_2_and_nothing_is_written(office: Desk) -> None:
    office.write(devs("ann"))
    done = office.run("drift")
    assert done.returncode == 2
    assert "- bob is in devs (not declared)" in done.stdout
    assert all(entry.operation.startswith(READS) for entry in office.serving.log.entries)


def test_json_fits_its_schema(office: Desk) -> None:
    office.write(devs("ann"), accepted=[*REST])
    found = office.json("drift")
    assert config.check(found, "drift") == []
    assert (found["drifted"], found["new"], found["differences"][0]["address"]) == (
        True,
        1,
        "membership/devs/bob",
    )


@pytest.mark.parametrize("format", ["markdown", "github"])
def test_the_other_formats_name_the_difference_too(office: Desk, format: str) -> None:
    office.write(devs("ann"))
    done = office.run("drift", "--format", format)
    assert (done.returncode, done.stderr) == (2, "")
    assert "bob is in devs" in done.stdout


def test_drift_of_one_group_does_not_fail_for_another(office: Desk) -> None:
    office.write(devs("ann"), accepted=[])
    assert office.run("drift", "--group", "devs").stdout.splitlines()[-1] == "Drift: 1 extra."
    office.write(devs("ann", "bob"))
    assert office.run("drift", "--group", "devs").returncode == 0
    assert office.run("drift").returncode == 2


def test_a_named_person_or_policy_that_does_not_exist_is_drift_and_pending_is_not(office: Desk) -> None:
    office.write(devs("ann", "bob", {"user": "zoe", "pending": True}), accepted=[*REST])
    assert office.run("drift").returncode == 0
    office.write({"devs": {"members": ["ann", "bob", "zoe"], "policies": ["aws:NoSuchPolicy"]}})
    done = office.run("drift")
    assert done.returncode == 2
    assert "no IAM user zoe" in done.stdout and "no AWS managed policy aws:NoSuchPolicy" in done.stdout


def test_an_accepted_entry_changes_the_exit_code_and_nothing_else(office: Desk) -> None:
    known = [{"match": "membership/devs/*", "until": "2999-12-31", "reason": "OPS-1"}]
    office.write(devs("ann"), accepted=[*known, *REST])
    done = office.run("drift")
    assert done.returncode == 0
    told = office.run("drift", "-v").stdout
    assert "bob is in devs (not declared)" in told and "accepted until 2999-12-31: OPS-1" in told
    assert office.run("plan", "--detailed-exitcode").returncode == 2


def test_an_accepted_entry_that_is_over_or_matches_nothing_is_said(office: Desk) -> None:
    known = [{"match": "membership/devs/bob", "until": "2020-01-31"}, {"match": "group/nothing"}]
    office.write(devs("ann"), accepted=[*known, *REST])
    done = office.run("drift")
    assert done.returncode == 2
    assert "accepted membership/devs/bob ended on 2020-01-31" in done.stdout
    assert "accepted group/nothing matches nothing" in done.stdout


def test_files_that_cannot_be_compared_are_an_error(office: Desk) -> None:
    office.write({"devs": {}}, moved=[{"from": "other", "to": "devs"}])
    done = office.run("drift")
    assert done.returncode == 1
    assert "both groups exist" in done.stdout


def test_another_account_is_4(office: Desk) -> None:
    office.write({}, account_id="210987654321")
    assert office.run("drift").returncode == 4
