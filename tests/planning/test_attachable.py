"""A policy that IAM lets nobody attach any more: not attached, and missed once it is detached."""

from dataclasses import replace

import pytest

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.to_read import ToRead
from iamgroups.state.config import Config
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, config, group, live

OLD = "aws:AWSOldAccess"


def account(attachable: bool = False) -> LiveState:
    """Return an account in which group a and carol hold the policy."""
    state = live({"a": (["ann"], [OLD]), "b": ([], [])}, {"carol": [OLD]})
    return replace(state, policies={arn(OLD): LivePolicy(arn(OLD), attachable)})


def deprecated(plan: Plan) -> list[tuple[str, str]]:
    return [(note.subject, note.message) for note in plan.notes if note.code == "deprecated"]


JOINS = config(group("a", ["ann"], [OLD]), group("b", [], [OLD]))
LEAVES = config(group("a", ["ann"], []), group("b", ["carol"]), settings={"direct_policies": "detach_all"})


def test_another_group_cannot_get_it_although_one_holds_it() -> None:
    (problem,) = make_plan(JOINS, account(), TODAY).problems
    assert problem.message == f"{OLD} cannot be attached to a group"
    assert problem.hint == "AWS has deprecated it: remove this line, or name another policy"
    assert problem.about == ("group/b",)
    assert make_plan(JOINS, account(attachable=True), TODAY).problems == ()


def test_who_holds_it_keeps_it() -> None:
    plan = make_plan(config(group("a", ["ann"], [OLD]), group("b", [])), account(), TODAY)
    assert (plan.problems, plan.changes, deprecated(plan)) == ((), (), [])


def test_a_detachment_says_that_there_is_no_way_back() -> None:
    message = f"{OLD} cannot be attached again: AWS has deprecated it"
    told = [("attachment/a/aws:AWSOldAccess", message), ("direct/carol/aws:AWSOldAccess", message)]
    assert deprecated(make_plan(LEAVES, account(), TODAY)) == told
    assert deprecated(make_plan(LEAVES, account(attachable=True), TODAY)) == []


@pytest.mark.parametrize("declared", [JOINS, LEAVES])
def test_whether_it_can_be_attached_is_asked_where_the_plan_touches_it(declared: Config) -> None:
    unread = replace(account(), policies={}, aws_listed=False)
    assert make_plan(declared, unread, TODAY).to_read == ToRead(aws=frozenset([arn(OLD)]))
    assert not make_plan(declared, replace(unread, denied=("iam:ListPolicies",)), TODAY).to_read
    untouched = config(group("a", ["ann"], [OLD]))
    assert not make_plan(untouched, unread, TODAY).to_read
