"""Drift says what a plan would change from the account's side, and what it fails for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from iamgroups.planning.drift import Drift, drift
from iamgroups.planning.make import make_plan
from iamgroups.state.config import Config, KnownDrift, Member, Moved, PolicyDecl, Removed
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
WIDER = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def found(declared: Config, account: LiveState, strict: bool = False) -> Drift:
    plan = make_plan(declared, account, TODAY)
    assert not plan.missing
    return drift(plan, declared, TODAY, strict)


def said(result: Drift) -> list[tuple[str, str, str]]:
    return [(one.kind, one.address, one.message) for one in result.differences]


def excuse(match: str, until: date | None = None) -> KnownDrift:
    return KnownDrift(match, until, "migrating", at(90))


def test_an_account_that_is_what_the_files_say_has_none() -> None:
    result = found(config(group("devs", ["ann"], ["aws:A"])), live({"devs": (["ann"], ["aws:A"])}))
    assert (result.differences, result.exit_code) == ((), 0)


def test_members_and_policies_are_missing_or_extra_seen_from_the_account() -> None:
    account = live({"devs": (["bob"], ["aws:B"])}, users=["ann"], policies=["aws:A"])
    result = found(config(group("devs", ["ann"], ["aws:A"])), account)
    assert said(result) == [
        ("missing", "attachment/devs/aws:A", "aws:A is not attached to devs"),
        ("missing", "membership/devs/ann", "ann is not in devs"),
        ("extra", "attachment/devs/aws:B", "aws:B is attached to devs (not declared)"),
        ("extra", "membership/devs/bob", "bob is in devs (not declared)"),
    ]
    assert result.differences[1].position == at(20)
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
        ("missing", "group/new", "group new does not exist"),
        ("extra", "group/old", "group old exists (removed)"),
        ("changed", "group/b", "group a is declared as b"),
        ("changed", "group/here", "group here is declared at /x/, not at /"),
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
        ("missing", "policy/aws:Gone", "no AWS managed policy aws:Gone in account 123456789012"),
        ("missing", "user/zoe", "no IAM user zoe in account 123456789012"),
    ]
    assert [one.position for one in result.differences] == [at(40), at(21)]
    assert (result.exit_code, result.problems) == (2, ())


def test_people_still_pending_are_no_drift() -> None:
    result = found(config(group("devs", [Member("zoe", at(9), pending=True)])), live({"devs": ([], [])}))
    assert (result.differences, result.exit_code) == ((), 0)


def test_a_problem_of_another_kind_is_an_error_and_not_drift() -> None:
    account = live({"a": ([], []), "b": ([], [])})
    result = found(config(group("b"), moved=(Moved("a", "b", at(4)),)), account)
    assert len(result.problems) == 1
    assert result.exit_code == 1


def test_what_the_settings_only_report_is_noted_and_counts_when_strict() -> None:
    declared = config(group("devs", ["ann"]), settings={"path": "/"})
    account = live({"devs": (["ann"], []), "other": ([], [])}, {"ann": ["aws:A"]}, inline={"ann": ["own"]})
    relaxed, strict = found(declared, account), found(declared, account, strict=True)
    assert sorted(note.code for note in relaxed.noted) == [
        "inline-user",
        "uncovered-direct",
        "undeclared-group",
    ]
    assert (relaxed.exit_code, strict.exit_code) == (0, 2)
    assert strict.counted == 3


def test_direct_policies_of_people_no_file_names_are_one_note_that_known_drift_excuses() -> None:
    account = live({"devs": (["ann"], [])}, {"kim": ["aws:Admin"], "leo": ["aws:A", "aws:B"]})
    declared = config(group("devs", ["ann"]))
    relaxed, strict = found(declared, account), found(declared, account, strict=True)
    assert [note.code for note in relaxed.noted] == ["undeclared-direct"]
    assert (relaxed.exit_code, strict.exit_code, strict.counted) == (0, 2, 1)
    known = replace(declared, known_drift=(KnownDrift("direct/*", None, "", at(9)),))
    excused = found(known, account, strict=True)
    assert (excused.exit_code, excused.remarks) == (0, ())


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
def test_known_drift_changes_the_exit_code_only(match: str, until: date | None, exit_code: int) -> None:
    declared = config(group("devs", ["ann"]), known_drift=(excuse(match, until),))
    result = found(declared, live({"devs": (["ann", "bob"], [])}))
    assert said(result) == [("extra", "membership/devs/bob", "bob is in devs (not declared)")]
    assert result.exit_code == exit_code


def remarks(entries: Sequence[KnownDrift]) -> list[str]:
    declared = config(group("devs", ["ann"]), known_drift=tuple(entries))
    return [remark.message for remark in found(declared, live({"devs": (["ann", "bob"], [])})).remarks]


def test_an_entry_past_its_date_or_matching_nothing_is_itself_reported() -> None:
    assert remarks([excuse("membership/devs/bob")]) == []
    assert remarks([excuse("membership/x/*"), excuse("membership/devs/*", date(2026, 11, 22))]) == [
        "known_drift membership/x/* matches nothing: take it out",
        "known_drift membership/devs/* ended on 2026-11-22: take it out, or give it a new date",
    ]


def test_known_drift_excuses_what_is_noted_from_strict() -> None:
    account = live({"devs": ([], []), "other": ([], [])})
    declared = config(group("devs"), known_drift=(excuse("group/other"),))
    result = found(declared, account, strict=True)
    assert (result.exit_code, result.remarks, len(result.noted)) == (0, (), 1)


def test_a_quarantine_is_reported_and_no_difference_that_an_apply_would_mend() -> None:
    account = live({"devs": ([], ["aws:AWSDenyAll"]), "old": (["ann"], ["aws:AWSDenyAll"])})
    noted = found(config(group("devs")), account)
    assert noted.differences == () and noted.exit_code == 0
    assert ("contained", "attachment/devs/aws:AWSDenyAll") in [(n.code, n.subject) for n in noted.noted]
    assert found(config(group("devs")), account, strict=True).exit_code == 2
    stuck = found(config(group("devs"), removed=(Removed("group", "old", at(3)),)), account)
    assert said(stuck) == [] and stuck.problems == ()
    assert ("contained", "group/old") in [(n.code, n.subject) for n in stuck.noted]
