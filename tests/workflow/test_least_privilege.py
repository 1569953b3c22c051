"""The policies `iam-policy` prints: enough for a run against an IAM that checks, and nothing to spare."""

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups import iam
from iamgroups.errors import IamGroupsError
from iamgroups.policy.packing import pack
from iamgroups.policy.size import compact, size
from iamgroups.sandbox.account import Caller, StrictIam
from iamgroups.sandbox.authorization import Permission, allowed
from iamgroups.sandbox.cloud import Cloud, Identity
from iamgroups.sandbox.server import serve
from iamgroups.state.config import Config, Moved, PolicyDecl, Removed
from iamgroups.state.failure import CallFailed
from iamgroups.workflow.drift import drift
from iamgroups.workflow.least_privilege import Command, documents, grants
from iamgroups.workflow.plan import Wanted, plan
from tests.accounts import arn, at, config, group

Statements = Sequence[Mapping[str, Any]]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
ROLE = Caller("arn:aws:sts::123456789012:assumed-role/pipeline/run", "AROAPIPELINE:run")


def document(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def account(path: str) -> StrictIam:
    """Something of everything that the configuration below has to change."""
    made = StrictIam("123456789012")

    def call(operation: str, **params: Any) -> None:
        made.call(operation, params)

    call("CreateRole", RoleName="pipeline", AssumeRolePolicyDocument=json.dumps(TRUST))
    for name in ("ann", "bob", "cyd"):
        call("CreateUser", UserName=name, Path="/people/")
    for name in ("devs", "old-name", "interns"):
        call("CreateGroup", GroupName=name, Path=path)
        call("AddUserToGroup", GroupName=name, UserName="bob")
        call("AttachGroupPolicy", GroupName=name, PolicyArn=arn("aws:AmazonS3ReadOnlyAccess"))
        call("PutGroupPolicy", GroupName=name, PolicyName="own", PolicyDocument=json.dumps(document("s3:*")))
    call("CreateGroup", GroupName="ops", Path="/elsewhere/")
    call("AttachUserPolicy", UserName="ann", PolicyArn=arn("aws:ReadOnlyAccess"))
    tags = [{"Key": "managed-by", "Value": "iamgroups"}]
    for name in ("tool", "unused"):
        call("CreatePolicy", PolicyName=name, PolicyDocument=json.dumps(document("s3:Get*")), Tags=tags)
    for number in range(4):
        text = json.dumps(document(f"s3:Get{number}"))
        call("CreatePolicyVersion", PolicyArn=arn("local:tool"), PolicyDocument=text, SetAsDefault=True)
    return made


def wanted(path: str) -> Config:
    return config(
        group(
            "devs",
            ["ann"],
            ["aws:ReadOnlyAccess", "aws:ViewOnlyAccess"],
        ),
        group("new-name", ["bob"], ["local:tool", "local:fresh"]),
        group("ops", ["cyd"], [], path="/moved/"),
        group("fresh", ["cyd"], ["local:fresh"]),
        policies=(
            PolicyDecl("tool", at(1), document("s3:List*")),
            PolicyDecl("fresh", at(2), document("s3:*"), path="/own/"),
        ),
        moved=(Moved("old-name", "new-name", at(3)),),
        removed=(Removed("group", "interns", at(4)), Removed("policy", "unused", at(5))),
        settings={"path": path, "inline_policies": "delete"},
    )


def refusals(declared: Config, there: StrictIam, statements: Statements, command: Command) -> list[str]:
    """Do what the command does, as a role with these statements; return what was denied."""
    held = {"Version": "2012-10-17", "Statement": list(statements)}
    cloud = Cloud(there)
    cloud.bind("AKIAPIPELINE", Identity(there, ROLE, policies=(held,)))
    with serve(cloud) as serving, pytest.MonkeyPatch.context() as patch:
        for name, value in serving.environment("AKIAPIPELINE").items():
            patch.setenv(name, value)
        with contextlib.suppress(IamGroupsError):
            run(declared, iam.connect(retry_for=1.0), command)
        return [entry.operation for entry in serving.log.entries if entry.code == "AccessDenied"]


def run(declared: Config, connection: iam.Connection, command: Command) -> None:
    if command == "drift":
        drift(declared, connection)
        return
    changes = plan(declared, connection, Wanted()).plan.changes
    if command == "apply":
        for change in changes:
            with contextlib.suppress(CallFailed):
                connection.send(change.call)
        for change in changes:
            connection.shows(change.fact)


def statements(docs: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [statement for document in docs for statement in document["Statement"]]


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
@pytest.mark.parametrize(("path", "exact"), [("/", False), ("/company/", False), ("/company/", True)])
def test_what_is_printed_suffices(command: Command, path: str, exact: bool) -> None:
    declared = wanted(path)
    printed = statements(documents(grants(declared, command, exact)))
    there = account(path)
    assert refusals(declared, there, printed, command) == []
    if command == "apply":
        assert refusals(declared, there, printed, "plan") == []
        assert there.store.groups["new-name"].path == path


@pytest.mark.parametrize(("path", "exact"), [("/", False), ("/company/", True)])
@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
def test_without_any_one_statement_something_is_denied(command: Command, path: str, exact: bool) -> None:
    declared = wanted(path)
    printed = statements(documents(grants(declared, command, exact)))
    assert len({statement["Sid"] for statement in printed}) == len(printed) >= 2
    for missing in printed:
        rest = [statement for statement in printed if statement is not missing]
        assert refusals(declared, account(path), rest, command), missing["Sid"]


def test_plan_and_drift_can_write_nothing() -> None:
    for command in ("plan", "drift"):
        printed = statements(documents(grants(wanted("/"), command)))
        assert all(
            action.split(":")[1].startswith(("Get", "List")) for s in printed for action in s["Action"]
        )


def permits(docs: Iterable[Mapping[str, Any]], action: str, resource: str, policy: str = "") -> bool:
    return allowed(docs, Permission(action, resource, {"iam:policyarn": policy} if policy else {}))


def test_only_declared_policies_can_be_attached_and_only_covered_ones_detached_from_people() -> None:
    docs = documents(grants(wanted("/"), "apply"))
    devs, ann = "arn:aws:iam::123456789012:group/devs", "arn:aws:iam::123456789012:user/people/ann"
    assert permits(docs, "iam:AttachGroupPolicy", devs, arn("aws:job-function/ViewOnlyAccess"))
    assert not permits(docs, "iam:AttachGroupPolicy", devs, arn("aws:AdministratorAccess"))
    assert permits(docs, "iam:DetachGroupPolicy", devs, arn("aws:AdministratorAccess"))
    assert permits(docs, "iam:DetachUserPolicy", ann, arn("aws:ReadOnlyAccess"))
    assert not permits(docs, "iam:DetachUserPolicy", ann, arn("aws:AdministratorAccess"))


def test_detach_all_reaches_everything_but_quarantine() -> None:
    declared = config(group("devs", ["ann"]), settings={"direct_policies": "detach_all"})
    docs = documents(grants(declared, "apply"))
    ann = "arn:aws:iam::123456789012:user/ann"
    assert permits(docs, "iam:DetachUserPolicy", ann, arn("aws:AdministratorAccess"))
    assert not permits(docs, "iam:DetachUserPolicy", ann, arn("aws:AWSCompromisedKeyQuarantineV3"))


@pytest.mark.parametrize(
    "declared",
    [config(group("devs", [], [])), config(removed=(Removed("group", "devs", at(1)),))],
    ids=["declared", "removed"],
)
def test_no_group_can_be_taken_out_of_quarantine(declared: Config) -> None:
    docs = documents(grants(declared, "apply"))
    devs = "arn:aws:iam::123456789012:group/devs"
    assert permits(docs, "iam:DetachGroupPolicy", devs, arn("aws:AdministratorAccess"))
    for name in ("AWSDenyAll", "AWSCompromisedKeyQuarantineV3"):
        assert not permits(docs, "iam:DetachGroupPolicy", devs, arn(f"aws:{name}"))


def test_exact_names_groups_and_people_one_by_one() -> None:
    docs = documents(grants(wanted("/company/"), "apply", exact=True))
    assert permits(docs, "iam:AddUserToGroup", "arn:aws:iam::123456789012:group/company/devs")
    assert not permits(docs, "iam:AddUserToGroup", "arn:aws:iam::123456789012:group/company/other")
    assert not permits(
        docs, "iam:DetachUserPolicy", "arn:aws:iam::123456789012:user/zoe", arn("aws:ReadOnlyAccess")
    )
    wide = documents(grants(wanted("/company/"), "apply"))
    assert permits(wide, "iam:AddUserToGroup", "arn:aws:iam::123456789012:group/company/other")
    assert not permits(wide, "iam:AddUserToGroup", "arn:aws:iam::123456789012:group/other")


def test_exact_still_reaches_groups_that_deletion_of_undeclared_ones_may_meet() -> None:
    declared = config(settings={"path": "/company/", "undeclared_groups": "delete"})
    docs = documents(grants(declared, "apply", exact=True))
    assert permits(docs, "iam:DeleteGroup", "arn:aws:iam::123456789012:group/company/other")


def test_the_lock_object_is_for_apply_alone() -> None:
    declared = config(group("devs"), settings={"lock": "s3://bucket/team/lock"})
    key = "arn:aws-cn:s3:::bucket/team/lock"
    assert permits(documents(grants(declared, "apply", partition="aws-cn")), "s3:PutObject", key)
    assert not permits(documents(grants(declared, "plan", partition="aws-cn")), "s3:GetObject", key)


def test_a_full_account_is_split_into_numbered_documents_that_fit() -> None:
    members = [f"some.person{number:04}@example.org" for number in range(5000)]
    declared = config(
        *(group(f"group{n:03}", members[n * 16 : n * 16 + 16], [f"local:policy{n:03}"]) for n in range(300))
    )
    for exact in (False, True):
        docs = documents(grants(declared, "apply", exact))
        assert len(docs) > 5
        assert all(size(compact(document)) <= 6144 for document in docs)
        sids = [statement["Sid"] for statement in statements(docs)]
        assert len(set(sids)) == len(sids)
        last = "arn:aws:iam::123456789012:group/group299"
        assert permits(docs, "iam:AttachGroupPolicy", last, arn("local:policy000"))


def test_the_order_of_the_files_does_not_show() -> None:
    declared = wanted("/")
    turned = replace(declared, groups=declared.groups[::-1], policies=declared.policies[::-1])
    assert json.dumps(documents(grants(declared, "apply"))) == json.dumps(documents(grants(turned, "apply")))


NAMES = st.lists(st.text("abcdef", min_size=1, max_size=60), min_size=1, max_size=12, unique=True)


@settings(deadline=None)
@given(NAMES, NAMES, st.integers(400, 900))
def test_splitting_changes_nothing_that_is_allowed(
    groups: list[str], policies: list[str], limit: int
) -> None:
    whole = {
        "Sid": "A",
        "Effect": "Allow",
        "Action": ["iam:AttachGroupPolicy"],
        "Resource": [f"arn:aws:iam::1:group/{name}" for name in groups],
        "Condition": {"ArnLike": {"iam:PolicyARN": [f"arn:aws:iam::aws:policy/{name}" for name in policies]}},
    }
    docs = pack([whole, {**whole, "Sid": "B"}], limit)
    assert all(size(compact(document)) <= limit for document in docs)
    for target in [*groups, "zz"]:
        for held in [*policies, "zz"]:
            expected = target in groups and held in policies
            resource, policy = f"arn:aws:iam::1:group/{target}", f"arn:aws:iam::aws:policy/{held}"
            assert permits(docs, "iam:AttachGroupPolicy", resource, policy) is expected
