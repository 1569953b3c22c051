"""`inline_policies`: what of inline policies a plan ends, and after what."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.policy.grants import as_2012
from iamgroups.state.config import GroupDecl, PolicyDecl, PolicyRef
from iamgroups.state.live import LiveState
from tests.accounts import TODAY, at, config, group, live
from tests.policy.documents import document, statement

READ = document(statement("s3:GetObject"))
CONVERT: Mapping[str, Any] = {"inline_policies": "convert"}
NO_TWIN = "no owned policy of the group has its document. `import --convert` writes one"


def account(inline: Mapping[str, Any], **more: Any) -> LiveState:
    """Two groups of ann, `devs` with these inline policies."""
    there = live({"devs": (["ann"], more.pop("held", [])), "ops": (["ann"], [])}, **more)
    return replace(there, groups={**there.groups, "devs": replace(there.groups["devs"], inline=inline)})


def owned(name: str, text: Any = READ) -> PolicyDecl:
    return PolicyDecl(name, at(5), text)


def planned(
    there: LiveState, *groups: GroupDecl, policies: tuple[PolicyDecl, ...] = (), **settings: Any
) -> Plan:
    return make_plan(config(*groups, policies=policies, settings=settings or CONVERT), there, TODAY)


def test_an_inline_policy_goes_once_an_owned_one_with_its_document_is_attached() -> None:
    plan = planned(account({"own": READ}), group("devs", ["ann"], ["local:t"]), policies=(owned("t"),))
    assert [(change.symbol, change.address) for change in plan.changes] == [
        ("+", "policy/t"),
        ("+", "attachment/devs/local:t"),
        ("-", "inline/group/devs/own"),
    ]
    assert plan.changes[2].needs == ("attachment/devs/local:t",)
    assert plan.changes[2].why == "now local:t"
    assert plan.moments == ()


def test_an_inline_policy_without_such_a_policy_stays_and_is_told() -> None:
    other = owned("t", document(statement("s3:PutObject")))
    for policies, held in (((other,), ["local:t"]), ((), ["aws:Read"])):
        plan = planned(
            account({"own": READ}, documents={"aws:Read": READ}),
            group("devs", ["ann"], held),
            policies=policies,
        )
        assert "inline/group/devs/own" not in plan.by_address
        assert [note.message for note in plan.notes if note.code == "inline-group"] == [
            f"group devs has the inline policy own, which no file declares: {NO_TWIN}"
        ]


def test_a_document_that_was_not_read_has_no_twin() -> None:
    plan = planned(account({"own": None}), group("devs", ["ann"], ["local:t"]), policies=(owned("t"),))
    assert "inline/group/devs/own" not in plan.by_address


def test_a_policy_that_ends_some_day_replaces_nothing() -> None:
    wanted = group("devs", ["ann"])
    wanted = replace(wanted, policies=(PolicyRef("local:t", at(40), expires=TODAY.replace(year=2030)),))
    plan = planned(account({"own": READ}), wanted, policies=(owned("t"),))
    assert "inline/group/devs/own" not in plan.by_address


def test_a_group_says_for_itself() -> None:
    there = account({"own": READ})
    wanted = group("devs", ["ann"], ["local:t"])
    own = replace(wanted, inline_policies="convert")
    assert (
        "inline/group/devs/own"
        in planned(there, own, policies=(owned("t"),), inline_policies="ignore").by_address
    )
    kept = replace(wanted, inline_policies="report")
    assert "inline/group/devs/own" not in planned(there, kept, policies=(owned("t"),)).by_address
    silent = planned(there, replace(wanted, inline_policies="ignore"), policies=(owned("t"),))
    assert [note for note in silent.notes if note.code == "inline-group"] == []


def test_text_of_2008_is_the_same_text_in_a_document_of_2012() -> None:
    old = document(statement("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*"), version="2008-10-17")
    plan = planned(
        account({"own": old}), group("devs", ["ann"], ["local:t"]), policies=(owned("t", as_2012(old)),)
    )
    assert plan.by_address["inline/group/devs/own"].needs == ("attachment/devs/local:t",)
    variable = {**old, "Version": "2012-10-17"}
    plan = planned(
        account({"own": old}), group("devs", ["ann"], ["local:t"]), policies=(owned("t", variable),)
    )
    assert "inline/group/devs/own" not in plan.by_address


def test_a_group_without_room_is_a_problem_and_no_failure_midway() -> None:
    held = [f"aws:P{number}" for number in range(10)]
    there = account({"own": READ}, held=held, documents=dict.fromkeys(held, READ))
    plan = planned(there, group("devs", ["ann"], [*held, "local:t"]), policies=(owned("t"),))
    assert [problem.message for problem in plan.problems] == [
        "11 managed policies of group devs; the quota is 10"
    ]


def test_a_taken_name_is_a_problem() -> None:
    there = account({"own": READ}, documents={"local:t": document(statement("s3:PutObject"))})
    there = replace(
        there, policies={arn: replace(p, tags={}, versions=("v1",)) for arn, p in there.policies.items()}
    )
    plan = planned(there, group("devs", ["ann"], ["local:t"]), policies=(owned("t"),))
    assert [problem.message for problem in plan.problems] == [
        "policy t exists, differs, and was not made by iamgroups"
    ]
