"""What declarations mean on an account: members, policies, direct policies, owned policies, notes."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.state.config import (
    Config,
    Member,
    Moved,
    NamePattern,
    PolicyDecl,
    PolicyRef,
    Removed,
    UserDecl,
)
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
OTHER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}]}
DENY = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
OURS = {"managed-by": "iamgroups"}


def planned(wanted: Config, account: LiveState, today: date = TODAY) -> Plan:
    plan = make_plan(wanted, account, today)
    assert not plan.to_read
    return plan


def lines(plan: Plan) -> list[str]:
    return [f"{change.symbol} {change.address}" for change in plan.changes]


def notes(plan: Plan, code: str) -> list[str]:
    return [note.message for note in plan.notes if note.code == code]


def test_a_missing_key_is_not_an_empty_list() -> None:
    account = live({"devs": (["ann"], ["aws:P"])}, policies=["aws:P"])
    silent = planned(config(group("devs", None, None)), account)
    assert lines(silent) == []
    assert notes(silent, "members-not-managed") == ["members of devs are not managed"]
    assert notes(silent, "policies-not-managed") == ["policies of devs are not managed"]
    assert lines(planned(config(group("devs", [], [])), account)) == [
        "- membership/devs/ann",
        "- attachment/devs/aws:P",
    ]


def test_names_that_differ_in_case_alone_are_no_change_and_are_sent_as_iam_spells_them() -> None:
    account = live({"Devs": (["Ann"], ["aws:ReadOnly"])}, users=["Bob"], policies=["aws:ReadOnly"])
    plan = planned(config(group("devs", ["ann", "bob"], ["aws:readonly"])), account)
    assert lines(plan) == ["+ membership/Devs/Bob"]
    assert plan.changes[0].call.params == {"GroupName": "Devs", "UserName": "Bob"}


def test_an_exclusive_group_spares_the_users_it_excepts() -> None:
    account = live({"ops": (["ann", "svc-build", "cyd"], [])}, {}, ("ann", "svc-build", "cyd"))
    wanted = config(group("ops", ["ann"], [], spared=("SVC-*",)))
    assert lines(planned(wanted, account)) == ["- membership/ops/cyd"]


def test_expired_members_leave_the_day_after_their_last_day_even_additive_groups() -> None:
    account = live({"ops": (["ann", "zoe"], [])})
    wanted = config(group("ops", [Member("ann", at(7), expires=TODAY)], [], membership="additive"))
    assert lines(planned(wanted, account)) == []
    late = planned(wanted, account, TODAY + timedelta(days=1))
    assert lines(late) == ["- membership/ops/ann"]
    assert late.changes[0].why == f"expired {TODAY}"
    assert late.changes[0].position == at(7)


def test_what_ends_within_fourteen_days_is_listed() -> None:
    account = live({"ops": (["ann", "bob"], [])})
    soon, later = TODAY + timedelta(days=14), TODAY + timedelta(days=15)
    wanted = config(group("ops", [Member("ann", at(7), soon), Member("bob", at(8), later)], []))
    assert notes(planned(wanted, account), "ends-soon") == [f"ann leaves ops after {soon}"]


def test_an_unknown_member_is_a_problem_with_the_nearest_name() -> None:
    account = live({"ops": ([], [])}, users=["alice"])
    plan = planned(config(group("ops", ["alise", "carl@example.com"], [])), account)
    first, second = plan.problems
    assert first.message == "no IAM user alise in account 123456789012"
    assert (first.hint or "").startswith(
        "did you mean alice? If not, take this line out, create the user first, or"
    )
    assert "{user: alise, pending: true}" in (first.hint or "")
    assert "IAM Identity Center" in (second.hint or "")


def test_the_root_user_is_no_member_of_a_group_but_a_user_of_that_name_is() -> None:
    wanted = config(group("ops", ["root"], []))
    (problem,) = planned(wanted, live({"ops": ([], [])}, users=["roots"])).problems
    assert (
        problem.hint == "an IAM group holds IAM users only, never the account's root user; take this line out"
    )
    assert lines(planned(wanted, live({"ops": ([], [])}, users=["root"]))) == ["+ membership/ops/root"]


def test_an_unknown_user_is_forgiven_when_pending_or_expired() -> None:
    account = live({"ops": ([], [])})
    entries = [Member("ann", at(7), pending=True), Member("bob", at(8), TODAY - timedelta(days=1))]
    plan = planned(config(group("ops", entries, [])), account)
    assert plan.problems == () and lines(plan) == []
    assert notes(plan, "pending") and notes(plan, "unknown-expired")


def test_an_unknown_policy_is_a_problem_with_the_nearest_name() -> None:
    account = live(
        {"ops": ([], [])}, policies=["aws:AmazonS3ReadOnlyAccess", "aws:job-function/ViewOnlyAccess"]
    )
    refs = ["aws:AmazonS3ReadOnlyAcess", arn("aws:ViewOnlyAccess")]
    plan = planned(config(group("ops", [], refs)), account)
    assert [problem.hint for problem in plan.problems] == [
        "did you mean aws:AmazonS3ReadOnlyAccess?",
        f"a policy of that name exists at another path: {arn('aws:job-function/ViewOnlyAccess')}",
    ]


@pytest.mark.parametrize(
    ("spec", "way_out"),
    [
        ("arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess", "aws:ViewOnlyAccess"),
        ("arn:aws-cn:iam::123456789012:policy/tool", "local:tool"),
    ],
)
def test_an_arn_of_another_partition_is_called_that(spec: str, way_out: str) -> None:
    account = live({"ops": ([], [])}, policies=["aws:job-function/ViewOnlyAccess", "local:tool"])
    (problem,) = planned(config(group("ops", [], [spec])), account).problems
    partition = spec.split(":")[1]
    assert problem.message == f"{spec} is of partition {partition}, account 123456789012 of aws"
    assert problem.hint == f"write {way_out}, which fits any partition"


def test_an_arn_of_another_partition_needs_no_reading() -> None:
    account = replace(live({"ops": ([], [])}), local_listed=False, aws_listed=False)
    specs = ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess", "arn:aws-cn:iam::123456789012:policy/tool"]
    plan = make_plan(config(group("ops", [], specs)), account, TODAY)
    assert not plan.to_read
    assert [problem.hint for problem in plan.problems] == [
        "write aws:ReadOnlyAccess, which fits any partition",
        "write local:tool, which fits any partition",
    ]


OTHER = "arn:aws-cn:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(
    "rules",
    [
        {"forbidden_policies": (NamePattern(OTHER, at(9)),)},
        {"only_in": {NamePattern(OTHER, at(9)): (NamePattern("ops", at(9)),)}},
        {"forbidden_access": ({NamePattern("resources", at(9)): (NamePattern(OTHER, at(9)),)},)},
    ],
)
def test_a_rule_for_another_partition_is_a_problem_and_not_silent(rules: dict[str, Any]) -> None:
    (problem,) = planned(replace(config(group("ops")), guardrails=rules), live({"ops": ([], [])})).problems
    assert problem.message == f"{OTHER} is of partition aws-cn, account 123456789012 of aws"
    assert problem.position == at(9) and "arn:*:" in (problem.hint or "")


def test_a_rule_that_names_an_arn_in_each_partition_serves_them_all() -> None:
    both = tuple(NamePattern(f"arn:{of}:iam::aws:policy/X", at(9)) for of in ("aws", "aws-cn"))
    rules = {"forbidden_policies": both}
    assert not planned(replace(config(group("ops")), guardrails=rules), live({"ops": ([], [])})).problems


def test_containment_of_another_partition_is_a_problem() -> None:
    wanted = config(group("ops"), settings={"containment": (OTHER, "aws:AWSDenyAll")})
    (problem,) = planned(wanted, live({"ops": ([], [])})).problems
    assert OTHER in problem.message


@pytest.mark.parametrize(
    "pattern", ["arn:aws:iam::aws:policy/X", "arn:*:iam::aws:policy/X", "arn:aws*", "aws:X", "*"]
)
def test_a_rule_for_this_or_any_partition_is_none(pattern: str) -> None:
    rules = {"forbidden_policies": (NamePattern(pattern, at(9)),)}
    assert not planned(replace(config(group("ops")), guardrails=rules), live({"ops": ([], [])})).problems


def test_a_document_of_another_partition_is_a_problem_at_its_resource() -> None:
    place = at(3, "p.json")
    decl = owned(ALLOW, partitions=(("aws", at(2, "p.json")), ("aws-us-gov", place)))
    plan = planned(config(policies=(decl,)), live(policies=["local:other"]))
    assert [(problem.message, problem.position) for problem in plan.problems] == [
        ("policy tool names a resource of partition aws-us-gov, the account is of aws", place)
    ]


def test_a_policy_that_is_like_no_other_gets_advice_and_no_suggestion() -> None:
    known = ["local:self-inspect", "local:cideploy", "local:ci-deploy", "aws:ReadOnlyAccess"]
    account = live({"ops": ([], [])}, policies=known)
    plan = planned(config(group("ops", [], ["local:nope", "aws:Nope", "local:ops/ci-deplyo"])), account)
    assert [problem.hint for problem in plan.problems] == [
        "create the policy first, declare it under `policies`, or take this line out",
        "check the name: `aws iam list-policies --scope AWS` lists them all",
        "did you mean local:ci-deploy?",
    ]


def test_a_path_bearing_policy_resolves_from_its_name() -> None:
    account = live({"ops": ([], [])}, policies=["aws:job-function/ViewOnlyAccess"])
    plan = planned(config(group("ops", [], ["aws:ViewOnlyAccess"])), account)
    assert plan.changes[0].call.params["PolicyArn"] == arn("aws:job-function/ViewOnlyAccess")


def test_a_path_that_is_written_must_be_the_policys_own() -> None:
    account = live({"ops": ([], [])}, policies=["local:ops/tool"])
    plan = planned(config(group("ops", [], ["local:ops/tool"])), account)
    assert plan.changes[0].call.params["PolicyArn"] == arn("local:ops/tool")
    wrong = planned(config(group("ops", [], ["local:dev/tool"])), account)
    assert wrong.changes == ()
    (problem,) = wrong.problems
    assert problem.hint == f"a policy of that name exists at another path: {arn('local:ops/tool')}"


def test_references_nobody_holds_are_asked_for_and_not_guessed() -> None:
    account = replace(live({"ops": ([], ["aws:Held"])}), aws_listed=False, local_listed=False)
    wanted = config(group("ops", [], ["aws:Held", "aws:New", "local:tool"]))
    missing = make_plan(wanted, account, TODAY).to_read
    assert missing.local and missing.aws == {"aws:New"}
    denied = replace(account, denied=("iam:ListPolicies",))
    assert "iam:ListPolicies" in (make_plan(wanted, denied, TODAY).problems[0].hint or "")


def test_a_covered_direct_policy_goes_after_what_covers_it() -> None:
    account = live({"devs": ([], [])}, {"ann": ["aws:P", "aws:Q"]})
    plan = planned(config(group("devs", ["ann"], ["aws:P"])), account)
    assert lines(plan) == ["+ attachment/devs/aws:P", "+ membership/devs/ann", "- direct/ann/aws:P"]
    assert plan.changes[2].needs == ("attachment/devs/aws:P", "membership/devs/ann")
    assert notes(plan, "uncovered-direct") == [
        "ann holds aws:Q directly and no declared group gives it: kept"
    ]


def test_cover_that_may_end_is_reported_and_the_direct_policy_kept() -> None:
    groups = {"temp": (["ann"], ["aws:P"]), "stray": (["bob"], ["aws:P"]), "loose": (["cyd"], ["aws:P"])}
    account = live(groups, {"ann": ["aws:P"], "bob": ["aws:P"], "cyd": ["aws:P"]})
    wanted = config(
        group("temp", [Member("ann", at(7), TODAY + timedelta(days=90))], ["aws:P"]),
        group("loose", ["cyd", "bob"], [], attachments="additive"),
    )
    assert [
        m.rpartition("covered for now by ")[2] for m in notes(planned(wanted, account), "covered-for-now")
    ] == [
        "group/temp until 2027-02-21: kept",
        "group/loose, which does not declare it; group/stray, which is declared nowhere: kept",
        "group/loose, which does not declare it: kept",
    ]


def test_exceptions_and_quarantines_are_never_detached() -> None:
    held = ["aws:P", "aws:AWSCompromisedKeyQuarantineV2"]
    account = live({"devs": (["ann"], held)}, {"ann": held})
    wanted = config(
        group("devs", ["ann"], held),
        users=(UserDecl("ann", at(3), (PolicyRef("aws:P", at(3)),), "break-glass"),),
        settings={"direct_policies": "detach_all"},
    )
    plan = planned(wanted, account)
    assert lines(plan) == []
    assert len(notes(plan, "contained")) == 1


def test_detach_all_says_what_is_lost() -> None:
    account = live({"devs": (["ann"], ["aws:P"])}, {"ann": ["aws:P", "aws:Q"], "bot": ["aws:Q"]})
    plan = planned(
        config(group("devs", ["ann"], ["aws:P"]), settings={"direct_policies": "detach_all"}), account
    )
    assert [(change.address, change.why) for change in plan.changes] == [
        ("direct/ann/aws:P", "covered by group/devs"),
        ("direct/ann/aws:Q", "NOT covered: this access is lost"),
    ]


def test_every_direct_policy_of_people_no_file_names_is_a_note() -> None:
    direct = {"ann": ["aws:P"], "kim": ["aws:Admin"], "bot": ["aws:P", "aws:Q"], "ci": ["aws:P"]}
    account = live({"devs": (["ann"], ["aws:P"])}, direct)
    exception = UserDecl("ci", at(3), (PolicyRef("aws:P", at(3)),), "not a person")
    plan = planned(config(group("devs", ["ann"], ["aws:P"]), users=(exception,)), account)
    assert lines(plan) == ["- direct/ann/aws:P"]
    found = [note for note in plan.notes if note.code == "undeclared-direct"]
    assert [note.subject for note in found] == [
        "direct/bot/aws:P",
        "direct/bot/aws:Q",
        "direct/kim/aws:Admin",
    ]
    assert found[2].message == "kim, whom no file names as a member, holds aws:Admin directly"
    assert {note.reported for note in found} == {True}


@pytest.mark.parametrize(("mode", "count"), [("ignore", 0), ("report", 500), ("detach_all", 500)])
def test_500_such_people_are_all_named_and_with_ignore_none(mode: str, count: int) -> None:
    account = live({"devs": (["ann"], [])}, {f"u{n:03}": ["aws:P"] for n in range(500)})
    plan = planned(config(group("devs", ["ann"], []), settings={"direct_policies": mode}), account)
    assert (len(notes(plan, "undeclared-direct")), plan.changes) == (count, ())


def test_whoever_leaves_the_last_declared_group_is_listed_with_what_they_keep() -> None:
    groups = {"devs": (["ann", "bob"], []), "stray": (["ann"], [])}
    account = live(groups, {"ann": ["aws:P"]}, inline={"ann": ["mine"]})
    plan = planned(config(group("devs", [], [])), account)
    assert notes(plan, "offboarded-but-holds") == [
        "ann leaves the last declared group but still holds aws:P, inline mine, group stray, declared nowhere"
    ]


def test_nothing_is_known_of_a_leaver_who_is_not_among_the_users() -> None:
    account = replace(live({"devs": (["ann"], [])}), users={})
    plan = planned(config(group("devs", [], [])), account)
    assert lines(plan) == ["- membership/devs/ann"]
    assert "direct policies that could not be read" in notes(plan, "offboarded-but-holds")[0]


def test_what_could_not_be_read_of_a_leaver_is_said() -> None:
    account = live({"devs": (["ann"], [])})
    wanted = config(group("devs", [], []))
    for field, what in (("policies", "direct policies"), ("inline", "inline policies")):
        ann = replace(account.users["ann"], **{field: None})  # type: ignore[arg-type]
        assert notes(planned(wanted, replace(account, users={"ann": ann})), "offboarded-but-holds") == [
            f"ann leaves the last declared group but still holds {what} that could not be read"
        ]


def test_a_rename_keeps_members_and_comes_last_under_the_old_name() -> None:
    account = live({"devs": (["ann", "bob"], ["aws:P"])}, policies=["aws:P"])
    moved = (Moved("devs", "developers", at(2)),)
    plan = planned(config(group("developers", ["ann"], ["aws:P"]), moved=moved), account)
    assert lines(plan) == ["- membership/developers/bob", "~ group/developers"]
    assert plan.changes[0].call.params == {"GroupName": "devs", "UserName": "bob"}
    assert plan.changes[1].call == ("UpdateGroup", {"GroupName": "devs", "NewGroupName": "developers"})
    assert plan.ids == {"group/devs": "AGPADEVS", "user/bob": "AIDABOB"}
    both = live({"devs": ([], []), "developers": ([], [])})
    assert planned(config(group("developers"), moved=moved), both).problems[0].message == (
        "cannot move devs to developers: both groups exist"
    )


def test_only_a_groups_own_path_moves_it() -> None:
    account = live({"ops": ([], [])}, paths={"ops": "/old/"})
    assert lines(planned(config(group("ops"), settings={"path": "/new/"}), account)) == []
    plan = planned(config(group("ops", path="/new/")), account)
    assert plan.changes[0].call == ("UpdateGroup", {"GroupName": "ops", "NewPath": "/new/"})
    created = planned(config(group("dev"), settings={"path": "/new/"}), live())
    assert created.changes[0].call.params["Path"] == "/new/"


def test_a_removed_group_is_emptied_first() -> None:
    account = live({"old": (["ann"], ["aws:P"])}, inline={"old": ["x"]}, documents={"aws:P": ALLOW})
    plan = planned(config(removed=(Removed("group", "OLD", at(2)),)), account)
    assert lines(plan) == [
        "- membership/old/ann",
        "- attachment/old/aws:P",
        "- inline/group/old/x",
        "- group/old",
    ]
    assert len(plan.changes[3].needs) == 3
    assert notes(planned(config(removed=(Removed("group", "gone", at(2)),)), account), "already-removed")


def test_undeclared_groups_are_deleted_only_under_the_path_and_never_when_protected() -> None:
    groups = {"a": ([], []), "b": ([], []), "c": ([], []), "far": ([], [])}
    account = live(groups, paths={"a": "/team/", "b": "/team/sub/", "c": "/team/"})
    settings = {"path": "/team/", "undeclared_groups": "delete"}
    assert lines(planned(config(settings=settings, protected=["C"]), account)) == ["- group/a", "- group/b"]
    partial = replace(account, denied=("iam:GetGroup",))
    assert lines(planned(config(settings=settings), partial)) == []
    reported = planned(config(settings={"path": "/team/"}), account)
    assert [note.level for note in reported.notes if note.code == "undeclared-group"] == 3 * ["warning"] + [
        "info"
    ]


def test_unreadable_members_are_a_problem_and_never_a_removal() -> None:
    account = live({"ops": (["ann"], [])})
    hidden = replace(account.groups["ops"], members=None)
    account = replace(account, groups={"ops": hidden}, denied=("iam:GetGroup",))
    plan = planned(config(group("ops", [], [])), account)
    assert plan.problems[0].message == "the members of group ops could not be read"
    assert "iam:GetGroup" in (plan.problems[0].hint or "")


def test_unreadable_policies_are_a_problem_where_they_are_managed() -> None:
    account = live({"ops": ([], ["aws:P"])}, policies=["aws:Q"])
    hidden = replace(account.groups["ops"], policies=None)
    account = replace(account, groups={"ops": hidden}, denied=("iam:ListAttachedGroupPolicies",))
    (problem,) = planned(config(group("ops", [], ["aws:Q"])), account).problems
    assert problem.message == "the policies of group ops could not be read"
    assert "iam:ListAttachedGroupPolicies" in (problem.hint or "")
    assert planned(config(group("ops", [], None)), account).problems == ()


def test_quotas_that_could_not_be_read_are_said_to_be_assumed() -> None:
    assert notes(planned(config(), live()), "quotas-assumed") == []
    assert notes(planned(config(), replace(live(), quotas_known=False)), "quotas-assumed") == [
        "the quotas of the account could not be read: the documented ones are assumed"
    ]


def owned(document: object, **more: object) -> PolicyDecl:
    return PolicyDecl("tool", at(5), document, **more)  # type: ignore[arg-type]


def known(account: LiveState, **details: object) -> LiveState:
    tool = replace(account.policies[arn("local:tool")], **details)  # type: ignore[arg-type]
    return replace(account, policies={**account.policies, tool.arn: tool})


def test_an_owned_policy_is_created_before_it_is_attached() -> None:
    plan = planned(
        config(group("ops", [], ["local:tool"]), policies=(owned(ALLOW),)), live({"ops": ([], [])})
    )
    assert lines(plan) == ["+ policy/tool", "+ attachment/ops/local:tool"]
    assert plan.changes[1].needs == ("policy/tool",)


def test_a_document_that_means_the_same_is_no_change() -> None:
    same = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": ["S3:get*"], "Resource": ["*"]},
    }
    account = live(documents={"local:tool": same})
    assert lines(planned(config(policies=(owned(ALLOW),)), account)) == []


def test_a_policy_somebody_else_created_is_taken_over_only_with_adopt() -> None:
    account = known(live(documents={"local:tool": OTHER}), tags={}, versions=("v1",), holders=3)
    refused = planned(config(policies=(owned(ALLOW),)), account)
    assert "was not made by iamgroups" in refused.problems[0].message
    assert "(3 roles or permissions boundaries hold it)" in (refused.problems[0].hint or "")
    assert lines(planned(config(policies=(owned(ALLOW, adopt=True),)), account)) == ["~ policy/tool"]
    ours = known(account, tags={"managed-by": "iamgroups"})
    assert lines(planned(config(policies=(owned(ALLOW),)), ours)) == ["~ policy/tool"]


def test_a_new_version_says_whom_it_reaches_and_who_holds_it() -> None:
    groups = {"ops": (["ann", "bob"], ["local:tool"])}
    account = live(groups, {"cy": ["local:tool"]}, documents={"local:tool": OTHER})
    wanted = config(policies=(owned(ALLOW, adopt=True),))
    told = planned(wanted, known(account, tags={}, versions=("v1",), holders=4))
    assert notes(told, "policy-reach") == [
        "a new version of tool changes what 3 users may do; "
        "group ops, user cy and 2 roles or permissions boundaries hold it"
    ]
    nobody = known(live(documents={"local:tool": OTHER}), tags={}, versions=("v1",), holders=0)
    assert notes(planned(wanted, nobody), "policy-reach") == [
        "a new version of tool changes what no user may do; nothing holds it"
    ]


def test_everybody_in_an_undeclared_group_is_named() -> None:
    account = live({"one": (["ann"], ["aws:P"]), "two": (["ann", "bob"], ["aws:P", "aws:Q"])})
    assert notes(planned(config(), account), "undeclared-group") == [
        "group one is declared nowhere, members: ann",
        "group two is declared nowhere, members: ann, bob",
    ]


def test_the_oldest_version_makes_room_for_a_sixth() -> None:
    account = known(
        live(documents={"local:tool": OTHER}), tags={}, versions=("v9", "v4", "v10", "v7", "v8"), holders=0
    )
    plan = planned(config(policies=(owned(ALLOW, adopt=True),)), account)
    assert lines(plan) == ["- policy/tool/v4", "~ policy/tool"]
    assert plan.changes[1].needs == ("policy/tool/v4",)


def test_the_account_says_how_many_versions_a_policy_may_have() -> None:
    wanted = config(policies=(owned(ALLOW, adopt=True),))
    for quota, there, gone in (
        (2, ("v3", "v2"), ["- policy/tool/v2"]),
        (6, ("v5", "v1", "v2", "v3", "v4"), []),
    ):
        account = live(documents={"local:tool": OTHER}, quotas={"VersionsPerPolicyQuota": quota})
        plan = planned(wanted, known(account, tags={}, versions=there, holders=0))
        assert lines(plan) == [*gone, "~ policy/tool"]


def test_a_removed_policy_stays_while_nobody_can_tell_who_holds_it() -> None:
    account = known(live(policies=["local:tool"]), versions=("v1",), holders=None)
    plan = planned(config(removed=(Removed("policy", "tool", at(2)),)), account)
    assert lines(plan) == []
    assert notes(plan, "still-held") == [
        "policy tool stays until nothing holds it: an unknown number of roles hold it after this plan"
    ]


def test_a_removed_policy_goes_once_nothing_holds_it() -> None:
    held = known(
        live({"ops": ([], ["local:tool"])}, policies=["local:tool"]),
        versions=("v2", "v1"),
        holders=1,
        tags=OURS,
    )
    gone = config(group("ops", [], []), removed=(Removed("policy", "tool", at(2)),))
    # For the journal: `undo` makes the policy again.
    assert make_plan(gone, held, TODAY).to_read.documents == {arn("local:tool")}
    held = known(held, document=ALLOW)
    plan = planned(gone, held)
    assert lines(plan) == ["- attachment/ops/local:tool", "- policy/tool/v1", "- policy/tool"]
    assert plan.changes[2].needs == ("attachment/ops/local:tool", "policy/tool/v1")
    elsewhere = planned(gone, known(held, holders=2))
    assert lines(elsewhere) == ["- attachment/ops/local:tool"]
    assert notes(elsewhere, "still-held") == [
        "policy tool stays until nothing holds it: 1 role or permissions boundary holds it after this plan"
    ]
    kept = known(live({"ops": ([], ["local:tool"])}, policies=["local:tool"]), holders=1)
    untouched = config(group("ops", [], None), removed=(Removed("policy", "tool", at(2)),))
    assert notes(planned(untouched, kept), "still-held") == [
        "policy tool stays until nothing holds it: group ops holds it after this plan"
    ]


def test_a_deny_goes_on_before_what_it_denies_and_comes_off_after_it() -> None:
    account = live(
        {"ops": (["ann"], ["local:a-deny", "local:b"]), "new": ([], [])},
        users=["bob"],
        documents={
            "local:a-deny": DENY,
            "local:b": ALLOW,
            "local:c": ALLOW,
            "local:z-deny": DENY,
        },
    )
    plan = planned(config(group("ops", [], []), group("new", ["bob"], ["local:c", "local:z-deny"])), account)
    needs = {change.address: change.needs for change in plan.changes}
    assert "attachment/new/local:z-deny" in needs["attachment/new/local:c"]
    assert {"attachment/ops/local:b", "membership/ops/ann"} & {*needs["attachment/ops/local:a-deny"]}
    unread = replace(account, policies={})
    assert make_plan(config(group("ops", ["ann"], [])), unread, TODAY).to_read.documents == {
        arn("local:a-deny"),
        arn("local:b"),
    }


def test_a_new_deny_of_one_group_precedes_what_another_group_allows() -> None:
    account = live(
        {"guarded": ([], ["local:deny"]), "makers": ([], ["local:all"])},
        users=["bob"],
        documents={"local:deny": DENY, "local:all": ALLOW},
    )
    joined = config(group("guarded", ["bob"], ["local:deny"]), group("makers", ["bob"], ["local:all"]))
    assert planned(joined, account).by_address["membership/makers/bob"].needs == ("membership/guarded/bob",)


def test_what_is_never_detached_denies_although_nobody_reads_its_document() -> None:
    account = live({"ops": (["ann"], [])}, users=["bob"], policies=["aws:A", "aws:AWSDenyAll"])
    plan = planned(config(group("ops", ["ann", "bob"], ["aws:A", "aws:AWSDenyAll"])), account)
    assert plan.by_address["attachment/ops/aws:A"].needs == ("attachment/ops/aws:AWSDenyAll",)


def test_a_deny_that_the_plan_itself_writes_goes_on_first() -> None:
    account = live({"ops": (["ann"], [])}, users=["bob"], documents={"local:b": ALLOW})
    wanted = config(group("ops", ["ann", "bob"], ["local:tool", "local:b"]), policies=(owned(DENY),))
    was_allow = known(
        replace(account, policies={**account.policies, **live(documents={"local:tool": ALLOW}).policies}),
        tags={"managed-by": "iamgroups"},
        versions=("v1",),
    )
    made = planned(wanted, account)
    assert made.by_address["attachment/ops/local:tool"].needs == ("policy/tool",)
    assert made.by_address["attachment/ops/local:b"].needs == ("attachment/ops/local:tool",)
    changed = planned(wanted, was_allow)
    assert "policy/tool" in changed.by_address["attachment/ops/local:b"].needs


def test_one_document_is_read_where_it_orders_people_and_only_there() -> None:
    unread = live({"ops": (["ann"], ["local:all"])}, users=["bob"], policies=["local:tool", "local:all"])
    joined = config(group("ops", ["ann", "bob"], ["local:tool", "local:all"]))
    assert make_plan(joined, unread, TODAY).to_read.documents == {arn("local:tool")}
    assert planned(config(group("ops", ["ann"], ["local:tool", "local:all"])), unread)
    assert planned(config(group("ops", [], ["local:tool", "local:all"])), unread)
    plan = planned(joined, known(unread, document=DENY))
    assert plan.by_address["membership/ops/bob"].needs == ("attachment/ops/local:tool",)
    held = live(
        {"ops": (["ann"], ["local:tool", "local:all"])},
        documents={"local:tool": DENY, "local:all": ALLOW},
    )
    off = planned(config(group("ops", [], ["local:all"])), held)
    assert off.by_address["attachment/ops/local:tool"].needs == ("membership/ops/ann",)


def test_a_full_group_swaps_one_policy_at_a_time_and_says_what_is_lost() -> None:
    full = {"AttachedPoliciesPerGroupQuota": 2}
    account = live(
        {"ops": (["ann"], ["aws:A", "aws:B"])}, {"ann": ["aws:C"]}, policies=["aws:D"], quotas=full
    )
    plan = planned(config(group("ops", ["ann"], ["aws:C", "aws:D"])), account)
    needs = {change.address: change.needs for change in plan.changes}
    assert len(plan.changes) == 5
    assert all(
        any(n.startswith("attachment/ops/aws:") for n in needs[f"attachment/ops/aws:{p}"]) for p in "CD"
    )
    over = planned(config(group("ops", ["ann"], ["aws:A", "aws:B", "aws:C"])), account)
    assert over.problems[0].message == "3 managed policies of group ops; the quota is 2"
    assert "for nobody: join policies of your own into one, or use a second group" in str(over.problems[0])


def test_a_quota_that_aws_never_raises_is_not_to_be_asked_for() -> None:
    account = live({f"g{n:02}": ([], []) for n in range(11)}, users=["ann"], quotas={"GroupsQuota": 11})
    groups = [group(f"g{n:02}", ["ann"], []) for n in range(11)]
    (fixed,) = planned(config(*groups), account).problems
    assert fixed.message == "11 groups of user ann; the quota is 10"
    assert (
        fixed.hint
        == "AWS raises this quota for nobody: put the user in fewer groups, with more policies in each"
    )
    (raised,) = planned(config(group("new")), account).problems
    assert raised.message == "12 groups in account 123456789012; the quota is 11"
    assert (raised.hint or "").startswith("ask AWS for a higher quota")


def test_duties_kept_apart_are_left_before_they_are_joined_and_the_loss_is_announced() -> None:
    account = live({"approvers": (["ann"], ["aws:P"]), "submitters": ([], ["aws:P"])})
    wanted = config(
        group("approvers", [], ["aws:P"]),
        group("submitters", ["ann"], ["aws:P"]),
        conflicts=[("approvers", "submitters")],
    )
    plan = planned(wanted, account)
    assert lines(plan) == ["- membership/approvers/ann", "+ membership/submitters/ann"]
    assert plan.changes[1].needs == ("membership/approvers/ann",)
    assert [(moment.kind, moment.user) for moment in plan.moments] == [("loss", "ann")]


@pytest.mark.parametrize("names", [("approvers", "submitters"), ("pay-approvers", "Submitters")])
@pytest.mark.parametrize("joins", ["pay-approvers", "submitters"])
def test_duties_stay_apart_under_either_name_of_a_group_that_moves(
    names: tuple[str, str], joins: str
) -> None:
    left = "submitters" if joins == "pay-approvers" else "pay-approvers"
    before = {left.removeprefix("pay-"): (["bob"], ["aws:P"]), joins.removeprefix("pay-"): ([], ["aws:P"])}
    wanted = config(
        group(left, [], ["aws:P"]),
        group(joins, ["bob"], ["aws:P"]),
        moved=(Moved("approvers", "pay-approvers", at(3)),),
        conflicts=[names],
    )
    plan = planned(wanted, live(before))
    assert plan.by_address[f"membership/{joins}/bob"].needs == (f"membership/{left}/bob",)
    assert [(moment.kind, moment.user) for moment in plan.moments] == [("loss", "bob")]


def test_a_group_that_moves_beside_duties_kept_apart_is_none_of_them() -> None:
    before = {"old": (["bob"], ["aws:P"]), "approvers": ([], ["aws:P"]), "submitters": ([], [])}
    wanted = config(
        group("new", [], ["aws:P"]),
        group("approvers", ["bob"], ["aws:P"]),
        group("submitters", [], []),
        moved=(Moved("old", "new", at(3)),),
        conflicts=[("approvers", "submitters")],
    )
    plan = planned(wanted, live(before))
    assert plan.by_address["membership/new/bob"].needs == ("membership/approvers/bob",)
    assert plan.moments == ()


def test_a_group_is_selected_with_everything_its_changes_wait_for() -> None:
    account = live({"a": (["ann"], ["aws:P"]), "b": ([], ["aws:P"]), "c": (["bob"], [])})
    wanted = config(group("a", [], ["aws:P"]), group("b", ["ann"], ["aws:P"]), group("c", [], []))
    part = select_part(planned(wanted, account), wanted, account, groups=["A"])
    assert lines(part) == ["+ membership/b/ann", "- membership/a/ann"]
    assert part.came_along == ("membership/b/ann",)
    assert set(part.ids) == {"group/a", "group/b", "user/ann"}
    assert part.only == "group A"


def expired(wanted: Config, account: LiveState, *groups: str) -> Plan:
    return select_part(planned(wanted, account), wanted, account, groups=groups, time="expired")


def test_only_what_expired_is_selected() -> None:
    account = live({"a": (["ann", "bob"], []), "b": (["ann"], [])})
    over = Member("ann", at(7), TODAY - timedelta(days=1))
    wanted = config(group("a", [over], []), group("b", [over], []))
    assert lines(expired(wanted, account)) == ["- membership/a/ann", "- membership/b/ann"]
    part = expired(wanted, account, "a", "c")
    assert lines(part) == ["- membership/a/ann"]
    assert part.only == "what has expired of groups a, c"


def test_a_reason_that_speaks_of_expiry_makes_nothing_expire() -> None:
    account = live({"old": (["ann"], ["aws:P"])})
    wanted = config(removed=(Removed("group", "old", at(4), "expired contract with ACME"),))
    assert len(planned(wanted, account).changes) == 3
    assert lines(expired(wanted, account)) == []


def test_a_part_keeps_what_the_whole_plan_would_take() -> None:
    """The whole plan takes P from bob for good; a part that leaves c its P does not."""
    account = live({"a": (["bob"], ["aws:P"]), "d": (["bob"], ["aws:Q"]), "c": ([], ["aws:P", "aws:Q"])})
    wanted = config(group("a", [], ["aws:P"]), group("d", [], ["aws:Q"]), group("c", ["bob"], ["aws:Q"]))
    whole = planned(wanted, account)
    part = select_part(whole, wanted, account, groups=["a", "d"])
    assert part.came_along == ("membership/c/bob",)
    assert whole.by_address["membership/a/bob"].needs == ()
    assert part.by_address["membership/a/bob"].needs == ("membership/c/bob",)


def test_a_part_announces_its_own_exceptions() -> None:
    account = live({"a": (["bob"], ["aws:P"]), "b": ([], ["aws:P"]), "c": (["bob"], [])})
    wanted = config(
        group("a", [], ["aws:P"]), group("b", ["bob"], ["aws:P"]), group("c", []), conflicts=[("a", "b")]
    )
    whole = planned(wanted, account)
    assert [moment.kind for moment in whole.moments] == ["loss"]
    assert select_part(whole, wanted, account, groups=["b"]).moments == whole.moments
    assert select_part(whole, wanted, account, groups=["c"]).moments == ()


def test_a_part_says_nothing_that_rests_on_what_was_left_out() -> None:
    tool = LivePolicy(arn("local:tool"), holders=2, versions=("v1",))
    account = live(
        {"a": (["ann"], ["local:tool"]), "b": (["bob", "cyd"], [])}, {"bob": ["aws:P"], "cyd": ["aws:P"]}
    )
    account = replace(account, policies={tool.arn: tool})
    over = Member("cyd", at(7), TODAY - timedelta(days=1))
    wanted = config(
        group("a", ["ann"], []), group("b", [over], []), removed=(Removed("policy", "tool", at(5)),)
    )
    whole = planned(wanted, account)
    assert len(notes(whole, "offboarded-but-holds")) == 2
    assert len(notes(whole, "still-held")) == 1
    part = expired(wanted, account)
    assert [note.subject for note in part.notes if note.code == "offboarded-but-holds"] == ["user/cyd"]
    assert notes(part, "still-held") == []
    assert notes(select_part(whole, wanted, account, groups=["a"]), "still-held") != []


def test_a_part_without_the_new_version_of_a_policy_does_not_speak_of_it() -> None:
    wanted = replace(config(group("a", [], [])), policies=(PolicyDecl("tool", at(5), ALLOW),))
    account = live({"a": (["ann"], [])})
    tool = LivePolicy(arn("local:tool"), True, "v1", 0, DENY, ("v1",), {"managed-by": "iamgroups"})
    account = replace(account, policies={tool.arn: tool})
    whole = planned(wanted, account)
    assert len(whole.changes) == 2
    assert notes(whole, "policy-reach")
    assert notes(select_part(whole, wanted, account, groups=["a"]), "policy-reach") == []


def test_a_group_named_as_a_member_is_called_that() -> None:
    made = make_plan(config(group("devs", ["ops"]), group("ops", [])), live({"devs": ([], [])}), TODAY)
    (problem,) = made.problems
    assert "no IAM user ops" in problem.message
    assert "ops is a group, and an IAM group holds users only" in (problem.hint or "")
