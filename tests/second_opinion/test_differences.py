"""Where ministack is not AWS: each difference is made with calls and listed in docs/proof.md, no others."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from iamgroups.sandbox.server import Serving
from tests.cli.account import ID, aws, settle
from tests.sandbox.test_server import connect
from tests.second_opinion.conftest import Elsewhere, Server, office_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "proof.md"
READ = aws("AmazonS3ReadOnlyAccess")
OWN = f"arn:aws:iam::{ID}:policy/own"
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)

Call = tuple[str, dict[str, Any]]
GROUP: Call = ("create_group", {"GroupName": "devs"})
USER: Call = ("create_user", {"UserName": "alice"})
MEMBER: Call = ("add_user_to_group", {"GroupName": "devs", "UserName": "alice"})
POLICY: Call = ("create_policy", {"PolicyName": "own", "PolicyDocument": ALLOW})
ELEVEN: tuple[Call, ...] = tuple(
    call
    for n in range(11)
    for call in (
        ("create_group", {"GroupName": f"g{n}"}),
        ("add_user_to_group", {"GroupName": f"g{n}", "UserName": "alice"}),
    )
)


def attach(name: str) -> Call:
    return "attach_group_policy", {"GroupName": "devs", "PolicyArn": aws(name)}


def details(kind: str) -> Call:
    return "get_account_authorization_details", {"Filter": [kind]}


# What is tried -> the calls that show it, and the answers to the last one: AWS's and ministack's.
DIFFERENCES: dict[str, tuple[tuple[Call, ...], str, str]] = {
    "rename or move a group": (
        (GROUP, ("update_group", {"GroupName": "devs", "NewGroupName": "ops"})),
        "done",
        "InvalidAction",
    ),
    "go back to an earlier policy version": (
        (POLICY, ("set_default_policy_version", {"PolicyArn": OWN, "VersionId": "v1"})),
        "done",
        "InvalidAction",
    ),
    "create a group under a name that differs in case": (
        (GROUP, ("create_group", {"GroupName": "DEVS"})),
        "EntityAlreadyExists",
        "done",
    ),
    "look a group up in another case": (
        (GROUP, ("get_group", {"GroupName": "DEVS"})),
        "done",
        "NoSuchEntity",
    ),
    "create a group whose name has a space": (
        (("create_group", {"GroupName": "no spaces"}),),
        "ValidationError",
        "done",
    ),
    "delete a group that has a member": (
        (GROUP, USER, MEMBER, ("delete_group", {"GroupName": "devs"})),
        "DeleteConflict",
        "done",
    ),
    "remove somebody who is not a member": (
        (GROUP, USER, ("remove_user_from_group", MEMBER[1])),
        "done",
        "NoSuchEntity",
    ),
    "put somebody into an eleventh group": ((USER, *ELEVEN), "LimitExceeded", "done"),
    "attach a policy that does not exist": ((GROUP, attach("NoSuchPolicy")), "NoSuchEntity", "done"),
    "attach a policy reserved to a service": (
        (GROUP, attach("aws-service-role/AWSSupportServiceRolePolicy")),
        "PolicyNotAttachable",
        "done",
    ),
    "list AWS managed policies in use": (
        (GROUP, attach("AmazonS3ReadOnlyAccess"), details("AWSManagedPolicy")),
        "1 Policies",
        "0 Policies",
    ),
    "list all groups, one to a page": (
        (GROUP, ("create_group", {"GroupName": "ops"}), ("list_groups", {"MaxItems": 1})),
        "1 Groups",
        "2 Groups",
    ),
}


def told(client: Any, calls: tuple[Call, ...]) -> str:
    """Make the calls; say what became of the last: an error's code, how many were listed, or done."""
    answer: dict[str, Any] = {}
    for number, (operation, params) in enumerate(calls, 1):
        try:
            answer = getattr(client, operation)(**params)
        except ClientError as error:
            assert number == len(calls), error
            return str(error.response["Error"]["Code"])
    lists = [f"{len(answer[name])} {name}" for name in ("Groups", "Policies") if name in answer]
    return lists[0] if lists else "done"


@pytest.mark.parametrize("what", DIFFERENCES)
def test_ministack_answers_otherwise_than_aws(
    iam_endpoint: Serving, ministack: Server, tmp_path: Path, what: str
) -> None:
    calls, right, theirs = DIFFERENCES[what]
    assert told(connect(iam_endpoint, "iam"), calls) == right
    assert told(office_of(ministack, tmp_path).server.iam, calls) == theirs


def test_every_difference_is_listed_and_nothing_else() -> None:
    rows = DOCUMENT.read_text().split("| tried | AWS | ministack |\n|---|---|---|\n")[1].split("\n\n")[0]
    listed = [tuple(cell.strip(" `") for cell in row.strip("|").split("|")) for row in rows.splitlines()]
    assert listed == [(what, right, theirs) for what, (_, right, theirs) in DIFFERENCES.items()]


@pytest.fixture
def office(ministack: Server, tmp_path: Path) -> Elsewhere:
    return office_of(ministack, tmp_path)


def test_a_rename_fails_by_name_and_the_rest_of_the_apply_is_done(office: Elsewhere) -> None:
    settle(office.call, {"alice": (), "bob": ()}, {"devs": ("/", (READ,), ("alice",))})
    moved = [{"from": "devs", "to": "developers"}]
    office.write({"developers": {"policies": [READ], "members": ["alice", "bob"]}}, moved=moved)
    done = office.run("apply", "--auto-approve")
    assert done.returncode == 5
    assert "InvalidAction" in done.stdout + done.stderr
    told = office.call("GetGroup", {"GroupName": "devs"})["Users"]
    assert [user["UserName"] for user in told] == ["alice", "bob"]


def test_a_policy_that_ministack_does_not_have_cannot_be_named(office: Elsewhere) -> None:
    office.write({"devs": {"policies": ["aws:ViewOnlyAccess"]}})
    done = office.run("plan")
    assert done.returncode == 1
    assert "no AWS managed policy aws:ViewOnlyAccess" in done.stdout + done.stderr
