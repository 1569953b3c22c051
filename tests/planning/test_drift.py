"""Drift says what a plan would change from the account's side, and what it fails for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from iamgroups.planning.accepted import fingerprint
from iamgroups.planning.drift import Drift, broken_rules, drift
from iamgroups.planning.make import make_plan
from iamgroups.planning.note import Finding
from iamgroups.state.config import Accepted, Config, Member, Moved, PolicyDecl, Removed
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
WIDER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def found(declared: Config, account: LiveState) -> Drift:
    plan = make_plan(declared, account, TODAY)
    assert not plan.to_read
    return drift(plan, declared, account, TODAY)


def said(result: Drift) -> list[tuple[str, str, str]]:
    return [(one.kind, one.address, one.message) for one in result.differences]


def accept(match: str, until: date | None = None, document: str = "") -> Accepted:
    return Accepted(match, at(90), "migrating", until, document)


def new(result: Drift) -> list[tuple[str, str]]:
    return [(one.kind, one.address) for one in result.new]


def test_an_account_that_is_what_the_files_say_has_none() -> None:
    result = found(config(group("devs", ["ann"], ["aws:A"])), live({"devs": (["ann"], ["aws:A"])}))
    assert (result.differences, result.exit_code) == ((), 0)


def test_members_and_policies_are_missing_or_extra_seen_from_the_account() -> None:
    account = live({"devs": (["bob"], ["aws:B"])}, users=["ann"], policies=["aws:A"])
    result = found(config(group("devs", ["ann"], ["aws:A"])), account)
    assert said(result) == [
        ("missing", "attachment/devs/aws:A", "aws:A is not attached to devs"),
        ("extra", "attachment/devs/aws:B", "aws:B is attached to devs (not declared)"),
        ("missing", "membership/devs/ann", "ann is not in devs"),
        ("extra", "membership/devs/bob", "bob is in devs (not declared)"),
    ]
    assert result.differences[2].position == at(20)
    assert {one.owner for one in result.differences} == {"group/devs"}
    assert result.exit_code == 2


def test_groups_are_missing_extra_or_changed() -> None:
    account = live({"old": ([], []), "here": ([], []), "a": ([], [])})
    declared = config(
        group("new"),
        group("here", path="/x/"),
        group("b"),
        removed=(Removed("group", "old", at(3)),),
        moved=(Moved("a", "b", at(4)),),
    )
    assert said(found(declared, account)) == [
        ("changed", "group/b", "group a is declared as b"),
        ("changed", "group/here", "group here is declared at /x/, not at /"),
        ("missing", "group/new", "group new does not exist"),
        ("extra", "group/old", "group old exists (removed)"),
    ]


def test_expired_people_and_covered_policies_are_extra() -> None:
    over = Member("ann", at(9), expires=date(2026, 1, 31))
    account = live({"devs": (["ann", "bob"], ["aws:A"])}, direct={"bob": ["aws:A"]})
    assert said(found(config(group("devs", [over, "bob"], ["aws:A"])), account)) == [
        ("extra", "direct/bob/aws:A", "aws:A is attached to bob directly (covered by group/devs)"),
        ("extra", "membership/devs/ann", "ann is in devs (expired 2026-01-31)"),
    ]


def test_an_inline_policy_that_is_to_be_deleted_is_extra() -> None:
    account = live({"devs": ([], [])}, inline={"devs": ["own"]})
    result = found(config(group("devs"), settings={"inline_policies": "delete"}), account)
    assert said(result)[0][:2] == ("extra", "inline/group/devs/own")


def owned(account: LiveState, document: Any) -> LiveState:
    known = LivePolicy(arn("local:tool"), default_version="v1", document=document, versions=("v1",), tags={})
    return LiveState(
        account.account,
        account.groups,
        account.users,
        {**account.policies, arn("local:tool"): known},
        local_listed=True,
        aws_listed=True,
    )


def test_an_owned_policy_with_another_document_is_changed_and_says_how() -> None:
    decl = PolicyDecl("tool", at(5), DOCUMENT, adopt=True)
    (one,) = found(config(policies=(decl,)), owned(live(), WIDER)).differences
    assert (one.kind, one.message) == ("changed", "policy tool has another document")
    assert one.details == ('- Statement[0].Action: "s3:*"', '+ Statement[0].Action: "s3:Get*"')


def test_an_owned_policy_that_is_gone_is_missing() -> None:
    decl = PolicyDecl("tool", at(5), DOCUMENT)
    assert said(found(config(policies=(decl,)), live())) == [
        ("missing", "policy/tool", "policy tool does not exist")
    ]


def test_named_users_and_policies_that_do_not_exist_are_missing_at_their_line() -> None:
    account = live({"devs": (["ann"], [])})
    result = found(config(group("devs", ["ann", "zoe"], ["aws:Gone"])), account)
    assert said(result) == [
        ("missing", "user/zoe", "no IAM user zoe in account 123456789012"),
        ("missing", "policy/aws:Gone", "no AWS managed policy aws:Gone in account 123456789012"),
    ]
    assert [one.position for one in result.differences] == [at(21), at(40)]
    assert (result.exit_code, result.problems) == (2, ())


def test_people_still_pending_are_no_drift() -> None:
    result = found(config(group("devs", [Member("zoe", at(9), pending=True)])), live({"devs": ([], [])}))
    assert (result.differences, result.exit_code) == ((), 0)


def test_a_problem_of_another_kind_is_an_error_and_not_drift() -> None:
    account = live({"a": ([], []), "b": ([], [])})
    result = found(config(group("b"), moved=(Moved("a", "b", at(4)),)), account)
    assert len(result.problems) == 1
    assert result.exit_code == 1


def test_what_no_file_declares_is_drift_by_person_and_group() -> None:
    account = live(
        {"devs": (["ann"], []), "other": (["ann", "kim"], ["aws:A"])},
        {"ann": ["aws:A"], "kim": ["aws:Admin", "aws:B"]},
        inline={"ann": ["own"], "kim": ["hers"], "devs": ["its"], "other": ["theirs"]},
    )
    result = found(config(group("devs", ["ann"])), account)
    assert new(result) == [
        ("extra", "direct/ann/aws:A"),
        ("extra", "inline/user/ann/own"),
        ("extra", "direct/kim/aws:Admin"),
        ("extra", "direct/kim/aws:B"),
        ("extra", "inline/user/kim/hers"),
        ("extra", "inline/group/devs/its"),
        ("extra", "group/other"),
        ("extra", "attachment/other/aws:A"),
        ("extra", "inline/group/other/theirs"),
    ]
    assert "ann, kim" in next(one.message for one in result.new if one.address == "group/other")
    assert not any(one.planned for one in result.new) and result.exit_code == 2
    entries = tuple(accept(one.address) for one in result.new)
    accepted = found(config(group("devs", ["ann"]), accepted=entries), account)
    assert (accepted.new, len(accepted.accepted), accepted.remarks) == ((), 9, ())
    assert accepted.exit_code == 0


def test_a_group_outside_the_path_is_drift_like_any_other() -> None:
    account = live({"devs": ([], []), "other": ([], ["aws:A"])}, paths={"devs": "/team/"})
    result = found(config(group("devs"), settings={"path": "/team/"}), account)
    assert new(result) == [("extra", "group/other"), ("extra", "attachment/other/aws:A")]


def test_what_the_settings_ignore_is_silent_but_for_administrators_and_quarantines() -> None:
    account = live(
        {"devs": (["ann"], []), "other": ([], ["aws:A", "aws:AdministratorAccess"])},
        {"ann": ["aws:A", "aws:AdministratorAccess"], "kim": ["aws:AWSDenyAll"]},
        inline={"ann": ["own"], "devs": ["its"]},
    )
    ignored = {"undeclared_groups": "ignore", "direct_policies": "ignore", "inline_policies": "ignore"}
    result = found(config(group("devs", ["ann"]), settings=ignored), account)
    assert (result.differences, result.exit_code) == ((), 0)
    assert [note.subject for note in result.notes] == [
        "attachment/other/aws:AdministratorAccess",
        "direct/ann/aws:AdministratorAccess",
        "direct/kim/aws:AWSDenyAll",
    ]


def test_patterns_leave_out_some_owners_only() -> None:
    account = live(
        {"devs": (["svc-a", "ann"], [])},
        {"svc-a": ["aws:A"], "svc-b": ["aws:A"], "ann": ["aws:A"]},
        inline={"svc-a": ["own"], "devs": ["its"]},
    )
    patterns = {"direct_ignored": ("svc-*",), "inline_ignored": ("SVC-*",)}
    result = found(config(group("devs", ["svc-a", "ann"]), settings=patterns), account)
    assert new(result) == [("extra", "direct/ann/aws:A"), ("extra", "inline/group/devs/its")]


def test_a_pattern_never_accepts_an_administrator() -> None:
    account = live(
        {"devs": ([], [])},
        {"kim": ["aws:AdministratorAccess", "aws:A"]},
        users=["zoe"],
        inline={"zoe": ["all"]},
    )
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    account.users["zoe"].inline["all"] = everything  # type: ignore[index]
    wide = config(group("devs"), accepted=(accept("direct/*"), accept("inline/*")))
    assert new(found(wide, account)) == [
        ("extra", "direct/kim/aws:AdministratorAccess"),
        ("extra", "inline/user/zoe/all"),
    ]
    named = (*wide.accepted, accept("direct/kim/aws:AdministratorAccess"), accept("inline/user/zoe/all"))
    assert found(replace(wide, accepted=named), account).exit_code == 0


def test_an_accepted_inline_policy_is_that_document_only() -> None:
    account = live({"devs": ([], [])}, inline={"devs": ["its"]})
    account.groups["devs"].inline["its"] = DOCUMENT  # type: ignore[index]
    known = config(group("devs"), accepted=(accept("inline/group/devs/its", document=fingerprint(DOCUMENT)),))
    assert found(known, account).exit_code == 0
    account.groups["devs"].inline["its"] = WIDER  # type: ignore[index]
    result = found(known, account)
    (one,) = result.new
    assert (one.kind, one.address, one.position) == ("changed", "inline/group/devs/its", at(90))
    assert (one.document, result.exit_code, result.remarks) == (fingerprint(WIDER), 2, ())


def test_a_broken_rule_has_an_address_for_each_person_and_group() -> None:
    finding = Finding(
        "only_in",
        "devs and frank hold aws:AdministratorAccess",
        False,
        ("attachment/devs/aws:AdministratorAccess", "direct/frank/aws:AdministratorAccess"),
        (at(7),),
    )
    declared, account = config(group("devs")), live({"devs": ([], [])})
    plan = make_plan(declared, account, TODAY)

    def judged(*entries: Accepted) -> Drift:
        broken = broken_rules([finding])
        return drift(plan, replace(declared, accepted=entries), account, TODAY, besides=broken)

    addresses = ["rule/only_in/aws:AdministratorAccess/frank", "rule/only_in/aws:AdministratorAccess/devs"]
    assert new(judged()) == [("broken", address) for address in addresses]
    assert [one.owner for one in judged().new] == ["user/frank", "group/devs"]
    assert judged(accept("rule/*")).exit_code == 2
    assert judged(*map(accept, addresses)).exit_code == 0


@pytest.mark.parametrize(
    ("match", "until", "exit_code"),
    [
        ("membership/devs/bob", None, 0),
        ("membership/devs/*", TODAY, 0),
        ("MEMBERSHIP/Devs/BOB", None, 0),
        ("membership/devs/bob", date(2026, 11, 22), 2),
        ("membership/other/*", None, 2),
    ],
)
def test_an_entry_changes_the_exit_code_only(match: str, until: date | None, exit_code: int) -> None:
    declared = config(group("devs", ["ann"]), accepted=(accept(match, until),))
    result = found(declared, live({"devs": (["ann", "bob"], [])}))
    assert said(result) == [("extra", "membership/devs/bob", "bob is in devs (not declared)")]
    assert result.exit_code == exit_code


def remarks(entries: Sequence[Accepted]) -> list[str]:
    declared = config(group("devs", ["ann"]), accepted=tuple(entries))
    return [remark.message for remark in found(declared, live({"devs": (["ann", "bob"], [])})).remarks]


def test_an_entry_past_its_date_or_matching_nothing_is_itself_reported() -> None:
    assert remarks([accept("membership/devs/bob")]) == []
    assert remarks([accept("membership/x/*"), accept("membership/devs/*", date(2026, 11, 22))]) == [
        "accepted membership/x/* matches nothing: take it out",
        "accepted membership/devs/* ended on 2026-11-22: take it out, or give it a new date",
    ]


def test_a_quarantine_is_drift_that_no_apply_would_mend() -> None:
    account = live({"devs": ([], ["aws:AWSDenyAll"]), "old": (["ann"], ["aws:AWSDenyAll"])})
    result = found(config(group("devs"), accepted=(accept("*old*"),)), account)
    assert [(one.address, one.planned) for one in result.new] == [("attachment/devs/aws:AWSDenyAll", False)]
    stuck = found(config(group("devs"), removed=(Removed("group", "old", at(3)),)), account)
    assert {one.address for one in stuck.new if not one.planned} >= {"group/old"}
    assert stuck.problems == ()


def test_what_a_plan_leaves_in_place_because_it_contains_somebody_is_told_once() -> None:
    account = live(
        {"old": (["ann"], ["aws:AWSDenyAll"]), "cell": (["bob"], []), "devs": (["cyd"], [])},
        paths={"old": "/ours/", "cell": "/ours/", "devs": "/ours/"},
        inline={"devs": ["freeze"]},
    )
    settings = {
        "path": "/ours/",
        "undeclared_groups": "delete",
        "inline_policies": "delete",
        "containment": ("aws:AWSDenyAll", "group/cell", "inline:freeze"),
    }
    result = found(config(group("devs", ["cyd"]), settings=settings), account)
    kept = ["attachment/old/aws:AWSDenyAll", "group/cell", "group/old", "inline/group/devs/freeze"]
    assert sorted(one.address for one in result.differences) == kept
    assert all("stays as it is" in one.message for one in result.differences if one.owner == one.address)
