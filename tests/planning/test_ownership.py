"""Whose a policy is: the word in its tag decides, and `adopt` overrides it."""

from dataclasses import replace
from typing import Any

import pytest

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.planning.to_read import ToRead
from iamgroups.state.config import Config, PolicyDecl, Removed
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live

NEW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
OLD = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
TAGS = [
    ({"managed-by": "payments"}, "belongs to payments (its tag managed-by)"),
    ({}, "was not made by iamgroups"),
]


def account(tags: dict[str, str] | None, document: Any = OLD, description: str | None = "") -> LiveState:
    key = arn("local:tool")
    policy = LivePolicy(key, True, "v1", 0, document, ("v1",), tags, description)
    return replace(live({"a": (["ann"], [])}), policies={key: policy})


def owning(owner: str = "search", **more: Any) -> Config:
    return config(policies=(PolicyDecl("tool", at(2), NEW, **more),), settings={"owner": owner})


def removing(adopt: bool = False, owner: str = "search") -> Config:
    gone = (Removed("policy", "tool", at(3), adopt=adopt),)
    return config(group("a", [], []), removed=gone, settings={"owner": owner})


def made(declared: Config, state: LiveState) -> Plan:
    return make_plan(declared, state, TODAY)


def said(plan: Plan, code: str) -> list[str]:
    return [note.message for note in plan.notes if note.code == code]


def test_a_new_policy_is_tagged_with_the_owner() -> None:
    (change,) = made(owning(), live()).changes
    assert change.call.params["Tags"] == [{"Key": "managed-by", "Value": "search"}]


@pytest.mark.parametrize(("tags", "whose"), TAGS)
def test_a_policy_of_another_owner_is_refused_and_the_plan_says_whose_it_is(
    tags: dict[str, str], whose: str
) -> None:
    for declared in (owning(), removing()):
        (problem,) = made(declared, account(tags)).problems
        assert whose in problem.message and "adopt: true" in (problem.hint or "")
        assert problem.about == ("policy/tool",)


@pytest.mark.parametrize(("tags", "whose"), TAGS)
def test_adopt_takes_it_over_and_the_plan_says_whose_it_was(tags: dict[str, str], whose: str) -> None:
    for declared, action in ((owning(adopt=True), "update"), (removing(adopt=True), "delete")):
        plan = made(declared, account(tags))
        assert [change.action for change in plan.changes if change.address == "policy/tool"] == [action]
        assert plan.problems == ()
        (message,) = said(plan, "adopted")
        assert whose in message


@pytest.mark.parametrize("declared", [owning(), removing()])
def test_ones_own_policy_needs_nothing(declared: Config) -> None:
    plan = made(declared, account({"managed-by": "search"}))
    assert plan.problems == () and said(plan, "adopted") == []
    assert "policy/tool" in plan.by_address


@pytest.mark.parametrize("declared", [owning(), removing()])
def test_the_tag_is_read_before_a_policy_is_touched(declared: Config) -> None:
    assert made(declared, account(None)).to_read == ToRead(details=frozenset([arn("local:tool")]))


def test_a_part_without_the_removal_does_not_speak_of_it() -> None:
    declared = removing(adopt=True)
    whole = made(declared, account({}))
    part = select_part(whole, declared, account({}), groups=["a"])
    assert said(whole, "adopted") and said(part, "adopted") == []


def test_a_changed_description_is_said_and_changes_nothing() -> None:
    declared = owning(description="new words")
    plan = made(declared, account(None, NEW, "old words"))
    assert plan.changes == ()
    words = 'policy tool keeps its description "old words": IAM takes one at creation only'
    assert said(plan, "description-differs") == [words]
    assert said(made(declared, account(None, NEW, "new words")), "description-differs") == []


def test_a_description_is_read_only_where_one_is_declared_and_may_be_read() -> None:
    unread = account(None, NEW, None)
    asked = ToRead(details=frozenset([arn("local:tool")]))
    assert made(owning(description="new words"), unread).to_read == asked
    assert not made(owning(), unread).to_read
    denied = replace(unread, denied=("iam:GetPolicy",))
    plan = made(owning(description="new words"), denied)
    assert not plan.to_read and not plan.problems
