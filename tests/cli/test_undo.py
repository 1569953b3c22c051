"""`undo` takes back what a journal says was made: the account is what it was, but for what it says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.account import Desk, account, aws, desk

READ = aws("AmazonS3ReadOnlyAccess")
STATEMENT = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DOCUMENT = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    iam = account(
        {"ann": (READ,), "bob": (), "cyd": ()},
        {"devs": ("/", (), ("ann",)), "old": ("/x/", (READ,), ("ann", "cyd"))},
    )
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    iam.call(
        "PutGroupPolicy", {"GroupName": "old", "PolicyName": "own", "PolicyDocument": json.dumps(document)}
    )
    with desk(tmp_path, iam) as found:
        (tmp_path / "tool.json").write_text(DOCUMENT)
        found.write(
            {
                "devs": {"policies": ["aws:AmazonS3ReadOnlyAccess", "local:tool"], "members": ["ann", "bob"]},
                "new": {"policies": [], "members": ["cyd"]},
            },
            policies={"tool": {"document": "tool.json"}},
            removed=[{"group": "old"}],
        )
        yield found


def applied(office: Desk, *more: str) -> Path:
    done = office.run("apply", "--auto-approve", "--journal", "first.jsonl", *more)
    assert done.returncode == 0, done.stderr
    return office.folder / "first.jsonl"


def snapshot(office: Desk) -> Any:
    """Return the account without what an undoing says it cannot restore: ids."""
    assert office.run("snapshot", "--out", "s.json").returncode == 0
    text = json.loads((office.folder / "s.json").read_text())
    groups = [{k: v for k, v in group.items() if k != "id"} for group in text["groups"]]
    return sorted(groups, key=lambda group: group["name"]), text["users"]


def test_the_account_is_what_it_was(office: Desk) -> None:
    before = snapshot(office)
    journal = applied(office)
    assert snapshot(office) != before
    done = office.run("undo", journal, "--auto-approve")
    assert done.returncode == 0, done.stdout + done.stderr
    assert snapshot(office) == before
    assert "group/old is made again: it gets a new id" in done.stderr
    assert "Revert their commit: git log -- iamgroups.yaml" in done.stderr
    again = office.run("undo", journal, "--auto-approve")
    assert again.returncode == 4


def test_what_has_moved_since_is_named_and_nothing_is_changed(office: Desk) -> None:
    journal = applied(office)
    office.iam.call("RemoveUserFromGroup", {"GroupName": "devs", "UserName": "bob"})
    office.iam.call("AddUserToGroup", {"GroupName": "new", "UserName": "ann"})
    moved = snapshot(office)
    done = office.run("undo", journal, "--auto-approve")
    assert (done.returncode, snapshot(office)) == (4, moved)
    assert "membership/devs/bob: bob is not in devs" in done.stderr
    assert "group/new: it has got ann" in done.stderr
    assert office.run("undo", journal, "--auto-approve", "--remaining").returncode == 0
    assert ("new", "ann") in office.iam.facts().memberships and (
        "old",
        "cyd",
    ) in office.iam.facts().memberships


def test_a_guardrail_blocks_an_undoing_too(office: Desk) -> None:
    journal = applied(office)
    text = json.loads((office.folder / "iamgroups.yaml").read_text())
    (office.folder / "iamgroups.yaml").write_text(
        json.dumps(text | {"guardrails": {"min_members": {"devs": 2}}})
    )
    done = office.run("undo", journal, "--auto-approve")
    assert (done.returncode, "blocked by min_members" in done.stderr) == (3, True)
    assert office.run("undo", journal, "--auto-approve", "--allow", "min_members").returncode == 0


def test_what_the_files_end_by_time_is_not_begun_again(office: Desk) -> None:
    office.write(
        {"devs": {"members": [{"user": "ann", "expires": "2020-01-31"}]}, "old": {"members": ["ann", "cyd"]}}
    )
    journal = applied(office)
    done = office.run("undo", journal, "--auto-approve")
    assert "membership/devs/ann is not restored: its time is over" in done.stderr
    assert ("devs", "ann") not in office.iam.facts().memberships


def test_a_rename_goes_back_with_all_that_happened_under_it(office: Desk) -> None:
    office.write(
        {"devs": {"members": ["ann"]}, "kept": {"path": "/x/", "members": ["ann", "bob"]}},
        moved=[{"from": "old", "to": "kept"}],
    )
    before = snapshot(office)
    journal = applied(office)
    assert ("kept", "bob") in office.iam.facts().memberships
    assert office.run("undo", journal, "--auto-approve").returncode == 0
    assert snapshot(office) == before


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", 1, "not a journal"),
        ('{"event":"header"}\n', 1, "not a journal"),
        ('{"event":"header","format_version":1,"account":"999999999999"}\n', 4, "is of account 999999999999"),
        ('{"event":"header","format_version":1,"account":"123456789012"}\n[]\n', 1, "not a journal"),
    ],
)
def test_what_is_no_journal_of_this_account_is_refused(office: Desk, text: str, code: int, said: str) -> None:
    (office.folder / "j.jsonl").write_text(text)
    done = office.run("undo", "j.jsonl", "--auto-approve")
    assert (done.returncode, said in done.stderr) == (code, True)


def test_an_undoing_has_a_journal_of_its_own_and_can_be_undone(office: Desk) -> None:
    journal = applied(office)
    after = snapshot(office)
    assert office.run("undo", journal, "--auto-approve", "--journal", "second.jsonl").returncode == 0
    done = office.run("undo", "second.jsonl", "--auto-approve")
    assert done.returncode == 0, done.stderr
    assert snapshot(office) == after
