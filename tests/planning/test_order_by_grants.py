"""What follows from ordering by grants, case by case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.state.config import PolicyDecl, Removed
from iamgroups.state.live import LiveState
from iamgroups.state.policy import OWNER_TAG
from tests.accounts import TODAY, arn, at, config, group, live
from tests.planning.pairs import planned

GET, PUT, RUN = "s3:GetObject", "s3:PutObject", "ec2:RunInstances"
DELETE: Mapping[str, Any] = {"inline_policies": "delete"}


def allow(*actions: str) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def account(
    groups: Mapping[str, tuple[Sequence[str], Sequence[str]]],
    documents: Mapping[str, Any],
    inline: Mapping[str, Mapping[str, Any]] | None = None,
    versions: Sequence[str] = ("v1",),
) -> LiveState:
    there = live(groups, users=["ann", "bob"], documents=documents)
    return replace(
        there,
        groups={
            key: replace(found, inline=(inline or {}).get(key, {})) for key, found in there.groups.items()
        },
        policies={
            key: replace(policy, tags={OWNER_TAG: "iamgroups"}, versions=tuple(versions))
            for key, policy in there.policies.items()
        },
    )


def owned(name: str, *actions: str) -> PolicyDecl:
    return PolicyDecl(name, at(5), allow(*actions))


def unread(there: LiveState) -> LiveState:
    """Return the account before any document of a managed policy was read."""
    return replace(
        there, policies={key: replace(policy, document=None) for key, policy in there.policies.items()}
    )


def needs(plan: Plan, address: str) -> tuple[str, ...]:
    assert plan.moments == ()
    return plan.by_address[address].needs


def test_an_inline_policy_goes_after_its_managed_twin_is_attached() -> None:
    there = account({"ops": (["ann"], [])}, {}, {"ops": {"lists": allow(GET)}})
    wanted = config(group("ops", ["ann"], ["local:t"]), policies=(owned("t", GET),), settings=DELETE)
    assert needs(planned(wanted, there), "inline/group/ops/lists") == ("attachment/ops/local:t",)


def test_a_policy_split_in_two_goes_after_both_halves_are_attached() -> None:
    there = account(
        {"ops": (["ann"], ["local:both"])},
        {"local:both": allow(GET, RUN), "local:get": allow(GET), "local:run": allow(RUN)},
    )
    wanted = config(group("ops", ["ann"], ["local:get", "local:run"]))
    halves = ("attachment/ops/local:get", "attachment/ops/local:run")
    assert needs(planned(wanted, there), "attachment/ops/local:both") == halves


def test_a_policy_goes_after_a_new_one_that_gives_part_of_it_is_attached() -> None:
    there = account({"ops": (["ann"], ["aws:Both"])}, {})
    wanted = config(group("ops", ["ann"], ["local:t"]), policies=(owned("t", GET),))
    assert make_plan(wanted, there, TODAY).to_read.documents == {arn("aws:Both")}
    there = account({"ops": (["ann"], ["aws:Both"])}, {"aws:Both": allow(GET, RUN)})
    assert needs(planned(wanted, there), "attachment/ops/aws:Both") == ("attachment/ops/local:t",)


def test_a_version_that_adds_waits_for_those_who_leave() -> None:
    there = account({"ops": (["ann", "bob"], ["local:t"])}, {"local:t": allow(GET)})
    wanted = config(group("ops", ["ann"], ["local:t"]), policies=(owned("t", GET, PUT),))
    assert needs(planned(wanted, there), "policy/t") == ("membership/ops/bob",)


def test_a_version_that_takes_precedes_those_who_join() -> None:
    there = account({"ops": (["ann"], ["local:t"])}, {"local:t": allow(GET, PUT)})
    wanted = config(group("ops", ["ann", "bob"], ["local:t"]), policies=(owned("t", GET),))
    plan = planned(wanted, there)
    assert needs(plan, "membership/ops/bob") == ("policy/t",)
    assert needs(plan, "policy/t") == ()


def test_a_version_that_only_takes_waits_for_nobodys_removal() -> None:
    there = account({"ops": (["ann", "bob"], ["local:t"])}, {"local:t": allow(GET, PUT)})
    wanted = config(group("ops", ["ann"], ["local:t"]), policies=(owned("t", GET),))
    plan = planned(wanted, there)
    assert needs(plan, "policy/t") == needs(plan, "membership/ops/bob") == ()


def test_the_oldest_version_goes_only_when_nothing_holds_up_the_new_one() -> None:
    full = ("v5", "v4", "v3", "v2", "v1")
    there = account({"ops": (["ann", "bob"], ["local:t"])}, {"local:t": allow(GET)}, versions=full)
    wanted = config(group("ops", ["ann"], ["local:t"]), policies=(owned("t", GET, PUT),))
    plan = planned(wanted, there)
    assert needs(plan, "policy/t/v1") == ("membership/ops/bob",)
    assert needs(plan, "policy/t") == ("membership/ops/bob", "policy/t/v1")


def test_a_policy_goes_after_it_is_detached_from_users() -> None:
    there = account({"ops": (["ann"], [])}, {"local:old": allow(GET)})
    old = arn("local:old")
    held = {key: replace(user, policies=frozenset({old})) for key, user in there.users.items()}
    counted = {old: replace(there.policies[old], holders=2)}
    wanted = config(
        group("ops", ["ann", "bob"]),
        settings={"direct_policies": "detach_all"},
        removed=(Removed("policy", "old", at(5)),),
    )
    plan = planned(wanted, replace(there, users=held, policies=counted))
    assert needs(plan, "policy/old") == ("direct/ann/local:old", "direct/bob/local:old")


def test_nobody_joins_a_group_before_its_inline_policy_is_gone() -> None:
    there = account({"ops": ([], [])}, {}, {"ops": {"old": allow("*")}})
    plan = planned(config(group("ops", ["ann"]), settings=DELETE), there)
    assert needs(plan, "membership/ops/ann") == ("inline/group/ops/old",)


def test_a_person_joins_the_next_group_with_the_same_inline_policy_before_leaving_the_last() -> None:
    twin = {"s3": allow(GET)}
    there = account({"old": (["ann"], []), "new": ([], [])}, {}, {"old": twin, "new": {"other": allow(GET)}})
    plan = planned(config(group("old", []), group("new", ["ann"])), there)
    assert needs(plan, "membership/old/ann") == ("membership/new/ann",)


@pytest.mark.parametrize("inline", ["old", "new"])
def test_a_move_between_an_inline_policy_and_its_managed_twin_joins_before_it_leaves(inline: str) -> None:
    held = {name: [] if name == inline else ["aws:A"] for name in ("old", "new")}
    groups = {"old": (["ann"], held["old"]), "new": ([], held["new"])}
    there = account(groups, {"aws:A": allow(GET)}, {inline: {"reads": allow(GET)}})
    wanted = config(group("old", [], held["old"]), group("new", ["ann"], held["new"]))
    assert make_plan(wanted, unread(there), TODAY).to_read.documents == {arn("aws:A")}
    assert needs(planned(wanted, there), "membership/old/ann") == ("membership/new/ann",)


def test_the_twin_of_an_inline_policy_that_ends_is_known_in_the_group_that_somebody_joins() -> None:
    there = account(
        {"ops": (["ann"], []), "new": ([], ["aws:A"])}, {"aws:A": allow(GET)}, {"ops": {"x": allow(GET)}}
    )
    wanted = config(group("ops", ["ann"]), group("new", ["ann"], ["aws:A"]), settings=DELETE)
    assert make_plan(wanted, unread(there), TODAY).to_read.documents == {arn("aws:A")}
    assert needs(planned(wanted, there), "inline/group/ops/x") == ("membership/new/ann",)


def test_a_detached_policy_goes_after_the_group_with_its_inline_twin_is_joined() -> None:
    there = account(
        {"ops": (["ann"], ["aws:A"]), "new": ([], [])}, {"aws:A": allow(GET)}, {"new": {"x": allow(GET)}}
    )
    wanted = config(group("ops", ["ann"], []), group("new", ["ann"]))
    assert make_plan(wanted, unread(there), TODAY).to_read.documents == {arn("aws:A")}
    assert needs(planned(wanted, there), "attachment/ops/aws:A") == ("membership/new/ann",)


def test_who_only_joins_a_group_with_an_inline_policy_asks_for_no_documents() -> None:
    there = account({"new": ([], ["aws:A"])}, {"aws:A": allow(GET)}, {"new": {"x": allow(GET)}})
    assert not make_plan(config(group("new", ["ann"], ["aws:A"])), unread(there), TODAY).to_read.documents


def test_what_goes_follows_what_comes_for_the_same_service_though_no_grant_is_shared() -> None:
    there = account({"ops": (["ann"], [])}, {}, {"ops": {"reads": allow(GET)}})
    wanted = config(group("ops", ["ann"], ["local:t"]), policies=(owned("t", PUT),), settings=DELETE)
    assert needs(planned(wanted, there), "inline/group/ops/reads") == ("attachment/ops/local:t",)


def test_what_changes_permissions_waits_for_no_such_attachment() -> None:
    there = account({"ops": (["ann"], [])}, {}, {"ops": {"power": allow("iam:PutUserPolicy")}})
    wanted = config(
        group("ops", ["ann"], ["local:t"]), policies=(owned("t", "iam:GetUser"),), settings=DELETE
    )
    assert needs(planned(wanted, there), "inline/group/ops/power") == ()


def test_equal_documents_under_two_names_are_one_access() -> None:
    there = account({"ops": (["ann"], ["local:old"])}, {"local:old": allow(GET), "local:new": allow(GET)})
    plan = planned(config(group("ops", ["ann"], ["local:new"])), there)
    assert needs(plan, "attachment/ops/local:old") == ("attachment/ops/local:new",)


def test_documents_are_asked_for_only_where_an_inline_policy_or_a_version_ends() -> None:
    groups = {"ops": (["ann"], ["aws:A", "aws:B"])}
    there = replace(
        live(groups, {"ann": ["aws:C"]}, policies=["aws:D"]), policies=live(policies=["aws:D"]).policies
    )
    swapped = config(group("ops", ["ann"], ["aws:A", "aws:D"]))
    assert not make_plan(swapped, there, TODAY).to_read.documents
    inline = {key: replace(found, inline={"x": allow(GET)}) for key, found in there.groups.items()}
    ending = make_plan(
        replace(swapped, settings=config(settings=DELETE).settings), replace(there, groups=inline), TODAY
    )
    assert ending.to_read.documents == {arn("aws:A"), arn("aws:B"), arn("aws:D")}


def test_a_plan_says_where_a_twin_could_not_be_recognised() -> None:
    there = account({"ops": (["ann"], ["aws:A"])}, {}, {"ops": {"x": allow(GET)}})
    denied = replace(there, denied=("iam:GetPolicyVersion",))
    plan = planned(config(group("ops", ["ann"], ["aws:A"]), settings=DELETE), denied)
    (note,) = [note for note in plan.notes if note.code == "unknown-documents"]
    assert "aws:A" in note.message and "iam:GetPolicyVersion" in note.message
    frozen = planned(config(group("ops", ["ann"], ["aws:A"]), settings=DELETE), replace(there, frozen=True))
    assert any("their documents are not in the file" in note.message for note in frozen.notes)
