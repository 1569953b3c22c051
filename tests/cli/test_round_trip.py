"""Plan, apply, plan again: on accounts of odd sizes, odd names and odd places, and what it costs."""

from pathlib import Path
from typing import Any

import pytest

from iamgroups.sandbox.account import StrictIam
from tests.cli.account import ID, Desk, account, aws, desk

READ = aws("AmazonS3ReadOnlyAccess")
ODD = "a+b=c,d.e@f-g_h"


def converges(office: Desk) -> dict[str, Any]:
    """Apply, which succeeds, then plan, which finds nothing; return the result."""
    result: dict[str, Any] = office.json("apply", "--auto-approve")
    assert result["exit_code"] == 0
    again = office.run("plan", "--detailed-exitcode")
    assert (again.returncode, again.stderr) == (0, "")
    return result


@pytest.mark.parametrize("members", [101, 1001])
def test_a_group_of_more_than_a_page(tmp_path: Path, members: int) -> None:
    users = {f"user-{n:04}": () for n in range(members)}
    with desk(tmp_path, account(users)) as office:
        office.write({"everybody": {"members": sorted(users)}})
        converges(office)
        assert len(office.iam.facts().memberships) == members
        reads = office.requests()
        # Three readings (plan, proof, plan again) of users in pages of 1,000, and of groups in one.
        assert reads["GetAccountAuthorizationDetails"] == 3 * (-(-members // 1000) + 1)
        assert reads["AddUserToGroup"] == members and reads["CreateGroup"] == 1
        office.write({"everybody": {"members": sorted(users)[1:]}})
        converges(office)
        assert ("everybody", "user-0000") not in office.iam.facts().memberships


def test_unusual_but_legal_names(tmp_path: Path) -> None:
    iam = account({ODD: (READ,), "=": ()})
    long = "g" * 128
    with desk(tmp_path, iam) as office:
        groups = {ODD: {"policies": [READ], "members": [ODD, "="]}, long: {"members": ["="]}, "-": {}}
        office.write(groups)
        converges(office)
        facts = office.iam.facts()
        assert facts.memberships == {(ODD, ODD), (ODD, "="), (long, "=")}
        assert facts.attachments == {(ODD, READ)} and not facts.direct


def test_names_in_another_case_are_the_same_names(tmp_path: Path) -> None:
    iam = account({"Alice": ()}, {"Devs": ("/", (), ("Alice",))})
    with desk(tmp_path, iam) as office:
        office.write({"devs": {"members": ["ALICE"]}})
        done = office.run("plan", "--detailed-exitcode")
        assert done.returncode == 0, done.stdout


def test_groups_at_other_paths_are_moved_only_by_their_own_path(tmp_path: Path) -> None:
    iam = account({"alice": ()}, {"ops": ("/a/", (), ()), "devs": ("/b/c/", (READ,), ("alice",))})
    with desk(tmp_path, iam) as office:
        office.write({"ops": {"path": "/z/"}, "devs": {"members": []}, "new": {}}, settings={"path": "/n/"})
        converges(office)
        paths = {group["GroupName"]: group["Path"] for group in office.iam.call("ListGroups", {})["Groups"]}
        assert paths == {"ops": "/z/", "devs": "/b/c/", "new": "/n/"}


def test_a_renamed_group_keeps_its_id_members_and_policies(tmp_path: Path) -> None:
    iam = account({"alice": (), "bob": ()}, {"devs": ("/", (READ,), ("alice",))})
    before = iam.call("GetGroup", {"GroupName": "devs"})["Group"]["GroupId"]
    with desk(tmp_path, iam) as office:
        moved = [{"from": "devs", "to": "developers"}]
        office.write({"developers": {"policies": [READ], "members": ["alice", "bob"]}}, moved=moved)
        converges(office)
        assert office.iam.call("GetGroup", {"GroupName": "developers"})["Group"]["GroupId"] == before
        assert office.iam.facts().memberships == {("developers", "alice"), ("developers", "bob")}


def test_a_removed_group_is_emptied_and_deleted(tmp_path: Path) -> None:
    iam = account({"alice": ()}, {"interns": ("/", (READ,), ("alice",))})
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    iam.call("PutGroupPolicy", {"GroupName": "interns", "PolicyName": "p", "PolicyDocument": document})
    with desk(tmp_path, iam) as office:
        office.write({}, removed=[{"group": "interns"}])
        converges(office)
        assert office.iam.call("ListGroups", {})["Groups"] == []


def test_an_owned_policy_is_made_changed_and_deleted(tmp_path: Path) -> None:
    with desk(tmp_path, account({"alice": ()})) as office:
        place = office.folder / "p.json"
        groups = {"devs": {"policies": ["local:own"], "members": ["alice"]}}
        for action in ("s3:GetObject", "s3:PutObject"):
            statement = f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'
            place.write_text(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}')
            office.write(groups, policies={"own": {"document": "p.json"}})
            converges(office)
        arn = f"arn:aws:iam::{ID}:policy/own"
        assert office.iam.call("GetPolicy", {"PolicyArn": arn})["Policy"]["DefaultVersionId"] == "v2"
        office.write({"devs": {"policies": [], "members": ["alice"]}}, removed=[{"policy": "own"}])
        converges(office)
        assert office.iam.call("ListPolicies", {"Scope": "Local"})["Policies"] == []


def test_a_snapshot_plans_the_same_without_credentials(tmp_path: Path) -> None:
    iam = account({"alice": (READ,)}, {"devs": ("/", (), ())})
    with desk(tmp_path, iam) as office:
        office.write({"devs": {"policies": ["aws:AmazonS3ReadOnlyAccess"], "members": ["alice"]}})
        assert office.run("snapshot", "--out", "account.json").returncode == 0
        digest = office.json("plan")["digest"]
        office.requests()
        offline = Desk(office.folder, {}, office.serving)
        assert offline.json("plan", "--live", "account.json")["digest"] == digest
        assert offline.run("drift", "--live", "account.json").returncode == 2
        assert office.requests() == {}


def test_an_imported_account_has_nothing_to_plan_and_is_never_overwritten(tmp_path: Path) -> None:
    iam = account({"alice": (READ,), ODD: ()}, {ODD: ("/x/", (READ,), ("alice", ODD)), "b": ("/", (), ())})
    with desk(tmp_path, iam) as office:
        done = office.run("import", "--out", ".")
        assert done.returncode == 0, done.stderr
        assert "iamgroups.yaml" in done.stdout
        assert office.run("plan", "--detailed-exitcode").returncode == 0
        assert office.run("fmt", "--check").returncode == 0
        again = office.run("import", "--out", ".")
        assert again.returncode == 1 and "overwrites nothing" in again.stderr


def test_fmt_sorts_and_check_only_says_so(tmp_path: Path) -> None:
    head = f'version: 1\naccount_id: "{ID}"\ngroups:\n  devs:\n    members:\n'
    text = f"{head}      - bob # b\n      - alice\n"
    (tmp_path / "iamgroups.yaml").write_text(text)
    with desk(tmp_path, StrictIam(ID)) as office:
        assert office.run("fmt", "--check").returncode == 2
        diff = office.run("fmt", "--diff")
        assert diff.returncode == 0 and "+      - alice" in diff.stdout
        assert (tmp_path / "iamgroups.yaml").read_text() == text
        assert office.run("fmt").returncode == 0
        assert (tmp_path / "iamgroups.yaml").read_text() == f"{head}      - alice\n      - bob # b\n"
        assert office.run("fmt", "--check").returncode == 0
