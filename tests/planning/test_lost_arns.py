"""A rename or a move ends what documents say of the old ARN: the plan names them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.state.config import Config, Moved, PolicyDecl
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live

OLD = "arn:aws:iam::123456789012:group/devs"


def naming(text: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "iam:GetGroup", "Resource": [text]}],
    }


def account(text: str = "arn:aws:iam::123456789012:group/other") -> LiveState:
    """Return an account with an inline policy and a customer managed policy that was read."""
    state = live({"devs": (["ann"], []), "other": (["bob"], [])})
    other = replace(state.groups["other"], inline={"see": naming(text)})
    key = arn("local:foreign")
    read = {key: LivePolicy(key, document=naming(text))}
    return replace(state, groups={**state.groups, "other": other}, policies=read)


def renaming(text: str, **more: Any) -> Config:
    declared = (PolicyDecl("see-own", at(2), naming(text)),)
    groups = (group("engineers", ["ann"], **more), group("other", ["bob"]))
    return config(*groups, policies=declared, moved=(Moved("devs", "engineers", at(3)),))


def told(plan: Plan) -> list[str]:
    return [note.message for note in plan.notes if note.code == "lost-arn"]


@pytest.mark.parametrize("text", [OLD, "arn:aws:iam::*:group/dev*", "arn:aws:iam::123456789012:group/d?vs"])
def test_every_known_document_that_means_the_old_arn_is_named(text: str) -> None:
    plan = make_plan(renaming(text), account(text), TODAY)
    new = "arn:aws:iam::123456789012:group/engineers"
    assert told(plan) == [
        f"{who} names {text}: the group is {new} after this plan, and no longer meant"
        for who in ("inline policy see of group other", "policy foreign", "policy see-own")
    ]


def test_a_users_inline_policy_and_a_filled_in_template_are_named_too() -> None:
    state = live({"devs": (["ann"], [])})
    ann = replace(state.users["ann"], inline={"own": naming(OLD)})
    written = naming("arn:{partition}:iam::{account_id}:group/devs")
    declared = PolicyDecl("see-own", at(2), written, template=json.dumps(written))
    wanted = config(
        group("engineers", ["ann"]), policies=(declared,), moved=(Moved("devs", "engineers", at(3)),)
    )
    said = told(make_plan(wanted, replace(state, users={"ann": ann}), TODAY))
    holders = [line.partition(f" names {OLD}:")[0] for line in said]
    assert holders == ["inline policy own of user ann", "policy see-own"]


@pytest.mark.parametrize("text", [OLD + "2", OLD + "/x", "arn:aws:iam::123456789012:group/*", "*"])
def test_what_does_not_mean_it_or_means_both_is_not_named(text: str) -> None:
    assert told(make_plan(renaming(text), account(text), TODAY)) == []


def test_a_move_names_them_too_and_a_part_without_it_does_not() -> None:
    declared = config(group("devs", ["ann"], path="/eng/"), group("other", []))
    state = account(OLD)
    whole = make_plan(declared, state, TODAY)
    assert len(told(whole)) == 2
    assert told(select_part(whole, declared, state, groups=["other"])) == []


def test_a_plan_that_renames_nothing_names_nothing() -> None:
    assert told(make_plan(config(group("devs", [])), account(OLD), TODAY)) == []
