"""After an import nothing is drift; one change by hand is; one entry accepts it."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamgroups import config as configuration
from iamgroups.config.imported import Layout, imported
from iamgroups.planning.accepted import fingerprint
from iamgroups.planning.drift import Drift, drift
from iamgroups.planning.make import make_plan
from iamgroups.state.config import Accepted, Config
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.workflow.importing import write
from tests.accounts import TODAY, arn, at, live

PEOPLE, GROUPS = ("ann", "Bob", "svc-x"), ("devs", "Ops", "legacy")
POLICIES = ("aws:A", "aws:AdministratorAccess", "local:team/tool", "aws:AWSDenyAll")
READ = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
WIDE = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
Edit = Callable[[LiveState], LiveState]


@st.composite
def accounts(draw: st.DrawFn) -> LiveState:
    some_people = st.sets(st.sampled_from(PEOPLE))
    some_policies = st.sets(st.sampled_from(POLICIES))
    groups = draw(st.dictionaries(st.sampled_from(GROUPS), st.tuples(some_people, some_policies), min_size=1))
    direct = draw(st.dictionaries(st.sampled_from(PEOPLE), some_policies))
    found = live(groups, direct, PEOPLE)
    inline = st.dictionaries(st.sampled_from(("own", "x=1")), st.sampled_from((READ, WIDE, None)))
    return replace(
        found,
        groups={key: replace(group, inline=draw(inline)) for key, group in found.groups.items()},
        users={key: replace(user, inline=draw(inline)) for key, user in found.users.items()},
    )


def import_of(account: LiveState, names: tuple[str, ...] = (), single: bool = False) -> Config:
    with tempfile.TemporaryDirectory() as folder:
        write(imported(account, names, Layout(single)), folder)
        return configuration.load(Path(folder))


def drift_of(declared: Config, account: LiveState) -> Drift:
    plan = make_plan(declared, account, TODAY)
    assert not plan.to_read and not plan.problems
    return drift(plan, declared, account, TODAY)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(accounts(), st.booleans(), st.booleans())
def test_after_any_import_the_plan_is_empty_and_nothing_is_drift(
    account: LiveState, single: bool, part: bool
) -> None:
    names = (next(iter(account.groups.values())).name,) if part else ()
    declared = import_of(account, names, single)
    assert make_plan(declared, account, TODAY).changes == ()
    found = drift_of(declared, account)
    assert (found.new, found.remarks, found.exit_code) == ((), (), 0)


def user(name: str, **fields: Any) -> Edit:
    def edit(account: LiveState) -> LiveState:
        found = account.users[name]
        return replace(account, users={**account.users, name: replace(found, **fields)})

    return edit


def in_group(name: str, **fields: Any) -> Edit:
    def edit(account: LiveState) -> LiveState:
        found = account.groups.get(name) or LiveGroup(name, "/", "AGPA", name)
        return replace(account, groups={**account.groups, name: replace(found, **fields)})

    return edit


ADMIN = arn("aws:AdministratorAccess")
START = replace(
    live({"devs": (["ann"], ["aws:A"])}, {"ann": ["aws:B"]}, ["ann", "kim"]),
    groups={
        "devs": replace(live({"devs": (["ann"], ["aws:A"])}).groups["devs"], inline={"own": READ}),
        "legacy": replace(live({"legacy": (["kim"], [])}).groups["legacy"], inline={}),
    },
)
BY_HAND: dict[str, tuple[Edit, str, tuple[str, ...]]] = {
    "direct on a member": (
        user("ann", policies=frozenset({arn("aws:B"), ADMIN})),
        "direct/ann/aws:AdministratorAccess",
        ("ann", "aws:AdministratorAccess"),
    ),
    "direct on a stranger": (
        user("kim", policies=frozenset({ADMIN})),
        "direct/kim/aws:AdministratorAccess",
        ("kim", "aws:AdministratorAccess"),
    ),
    "inline on a user": (user("kim", inline={"s3": WIDE}), "inline/user/kim/s3", ("kim", "s3")),
    "inline on a group": (
        in_group("devs", inline={"own": READ, "more": READ}),
        "inline/group/devs/more",
        ("devs", "more"),
    ),
    "a group": (in_group("shadow", members=frozenset({"kim"})), "group/shadow", ("shadow", "kim")),
    "an attachment to an accepted group": (
        in_group("legacy", policies=frozenset({ADMIN})),
        "attachment/legacy/aws:AdministratorAccess",
        ("legacy", "aws:AdministratorAccess"),
    ),
    "a widened document": (in_group("devs", inline={"own": WIDE}), "inline/group/devs/own", ("devs", "own")),
}


@pytest.mark.parametrize("kind", BY_HAND)
def test_one_change_by_hand_is_drift_and_one_entry_accepts_it(kind: str) -> None:
    edit, address, named = BY_HAND[kind]
    declared = import_of(START, ("devs",))
    assert drift_of(declared, START).exit_code == 0
    after = edit(START)
    found = drift_of(declared, after)
    assert ([one.address for one in found.new], found.exit_code) == ([address], 2)
    assert all(name in found.new[0].message for name in named)
    document = fingerprint(WIDE) if kind == "a widened document" else ""
    entry = Accepted(address, at(1), "agreed", None, document)
    agreed = drift_of(replace(declared, accepted=(*declared.accepted, entry)), after)
    assert (agreed.new, agreed.exit_code) == ((), 0)


def test_a_migration_that_detaches_accepted_policies_leaves_remarks_and_no_drift() -> None:
    declared = import_of(START, ("devs",))
    after = user("ann", policies=frozenset())(START)
    found = drift_of(declared, after)
    assert (found.new, found.exit_code) == ((), 0)
    assert [remark.message for remark in found.remarks] == [
        "accepted direct/ann/aws:B matches nothing: take it out"
    ]
