"""A plan file may come from anybody: with every field forged it does nothing that was not wanted anyway."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.errors import BlockedError, IamGroupsError
from iamgroups.planning.note import Moment
from iamgroups.planning.to_read import ToRead
from iamgroups.results import planfile
from iamgroups.results.review import Review
from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config, NamePattern
from iamgroups.state.live import Account, LiveState
from iamgroups.workflow.apply import check_allowed
from iamgroups.workflow.apply import review as review_for_apply
from iamgroups.workflow.plan import Wanted, plan
from iamgroups.workflow.saved import HOUR, check_saved, read
from tests.accounts import ACCOUNT, arn, at, config, group, live
from tests.results.test_planfile import anything

ADMIN, READ = "aws:AdministratorAccess", "aws:ReadOnlyAccess"
LIVE = live(
    {"devs": (["ann", "bob"], [READ]), "break-glass": (["cyd"], [ADMIN]), "old": (["dan"], [])},
    users=["eve"],
    policies=[ADMIN, READ],
)
RULES = {"protected_groups": (NamePattern("break-glass", at(2)),), "only_in": {}}


class Reader:
    """An account that nobody else changes."""

    def identify(self) -> Account:
        return ACCOUNT

    def read(self, account: Account, progress: Any = None) -> LiveState:
        return LIVE

    def complete(self, state: LiveState, missing: ToRead) -> LiveState:
        raise AssertionError(missing)

    def role_policies(self, role: str) -> frozenset[str] | None:
        return frozenset()


def wanted(members: list[str]) -> Config:
    groups = (group("devs", ["ann", "eve"], [READ]), group("break-glass", members, [ADMIN]), group("old", []))
    return replace(config(*groups), guardrails=RULES)


HARMLESS, HARMFUL = wanted(["cyd"]), wanted([])


def saved(declared: Config) -> Review:
    return plan(declared, Reader(), Wanted(), account=ACCOUNT)


def apply(document: dict[str, Any], declared: Config, folder: Path, allow: tuple[str, ...]) -> list[Change]:
    """Return what an apply of this file would send. Raises: IamGroupsError."""
    path = folder / "plan.json"
    path.write_text(json.dumps(document))
    review = read(str(path))
    check_saved(review, declared, review.created, 24 * HOUR)
    todo = review_for_apply(declared, Reader(), Wanted(allowed=allow), account=ACCOUNT, saved=review)
    check_allowed(todo)
    return list(todo.plan.changes)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, below in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(below, dict | list):
            yield from places(below, (*path, key))
        else:
            yield (*path, key)


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


NAMES = st.sampled_from(["ann", "bob", "cyd", "dan", "eve"])
GROUPS = st.sampled_from(["devs", "break-glass", "old", "new"])
ARNS = st.sampled_from([arn(ADMIN), arn(READ)])
FACTS = st.one_of(
    st.builds(Membership, GROUPS, NAMES),
    st.builds(Attachment, GROUPS, ARNS),
    st.builds(Direct, NAMES, ARNS),
    st.builds(GroupFact, GROUPS, st.just("/")),
)


@st.composite
def reviews(draw: st.DrawFn, declared: Config) -> Review:
    """Draw a whole plan that anybody could have written: digest and checksum fit it."""
    true = saved(declared)
    extra = draw(st.lists(FACTS, max_size=3))
    changes = {change.address: change for change in true.plan.changes if draw(st.booleans())}
    for fact in extra:
        action = "delete" if isinstance(fact, Direct) else draw(st.sampled_from(["create", "delete"]))
        needs = draw(st.lists(st.sampled_from(["group/new", "membership/devs/eve"]), max_size=1))
        changes[fact.address] = Change(action, fact, needs=tuple(needs))
    ids = dict(true.plan.ids) | {f"user/{name}": f"AIDA{name}" for name in draw(st.lists(NAMES, max_size=2))}
    moments = tuple(draw(st.lists(st.builds(Moment, st.just("loss"), NAMES, ARNS), max_size=2)))
    made = replace(true.plan, changes=tuple(changes.values()), ids=ids, moments=moments)
    return replace(true, plan=made, findings=())


def judged_anew(changes: list[Change], declared: Config, allow: tuple[str, ...]) -> None:
    """Demand that a fresh plan with the same command line makes every one of these changes."""
    fresh = plan(declared, Reader(), Wanted(allowed=allow), account=ACCOUNT)
    assert {(c.action, c.address, str(c.call)) for c in changes} <= {
        (c.action, c.address, str(c.call)) for c in fresh.plan.changes
    }
    emptied = [change for change in changes if change.address == "membership/break-glass/cyd"]
    assert not emptied or "protected_groups" in allow


ALLOWED = st.sampled_from([(), ("max_removals",), ("protected_groups",)])


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([HARMLESS, HARMFUL]), ALLOWED)
def test_one_forged_field_does_nothing_that_is_not_wanted(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, declared: Config, allow: tuple[str, ...]
) -> None:
    document = json.loads(planfile.write(saved(declared)))
    path = data.draw(st.sampled_from([path for path in places(document) if path]))
    known = ["delete", "create", "break-glass", "cyd", "eve", True, ["protected_groups"]]
    forged = put(document, path, data.draw(st.sampled_from(known) | anything))
    forged |= data.draw(st.sampled_from([{}, {"allowed": ["protected_groups"]}]))
    forged["checksum"] = planfile.checksum(forged)
    try:
        changes = apply(forged, declared, tmp_path_factory.mktemp("plan"), allow)
    except IamGroupsError:
        return
    judged_anew(changes, declared, allow)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([HARMLESS, HARMFUL]), ALLOWED)
def test_a_whole_forged_plan_does_nothing_that_is_not_wanted(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, declared: Config, allow: tuple[str, ...]
) -> None:
    document = json.loads(planfile.write(data.draw(reviews(declared))))
    try:
        changes = apply(document, declared, tmp_path_factory.mktemp("plan"), allow)
    except IamGroupsError:
        return
    judged_anew(changes, declared, allow)


def test_an_override_that_is_written_into_a_file_lifts_nothing(tmp_path: Path) -> None:
    document = json.loads(planfile.write(saved(HARMFUL))) | {"allowed": ["protected_groups"]}
    document["findings"] = [{**finding, "allowed": True} for finding in document["findings"]]
    document["checksum"] = planfile.checksum(document)
    with pytest.raises(BlockedError, match="protected_groups"):
        apply(document, HARMFUL, tmp_path, ())
    assert apply(document, HARMFUL, tmp_path, ("protected_groups",))
