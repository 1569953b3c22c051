"""`import --suggest`: what it writes moves people into groups, and nobody's access changes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iamgroups import config, guardrails
from iamgroups.access import Access
from iamgroups.access.people import People
from iamgroups.access.powers import PowerReader
from iamgroups.access.side import Side
from iamgroups.catalogue import load
from iamgroups.config.imported import Layout
from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.state import Direct, GroupFact
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold
from iamgroups.workflow.drift import drift
from iamgroups.workflow.importing import write
from iamgroups.workflow.offline import Offline
from iamgroups.workflow.suggesting import Suggested, Wish, suggested
from tests.accounts import TODAY, live
from tests.workflow.suggest_cases import DOCUMENTS, PEOPLE, accounts

READER = PowerReader(load())


def propose(
    account: LiveState, *, names: tuple[str, ...] = (), single: bool = False, **wish: object
) -> Suggested:
    """Propose with groups of at least two people, unless the wish says otherwise."""
    wanted = replace(Wish(2, 9), **wish)  # type: ignore[arg-type]
    return suggested(account, Offline(account, "test"), wanted, names=names, layout=Layout(single))


def planned(found: Suggested, account: LiveState, folder: Path) -> tuple[Config, Plan]:
    """Write the files, and plan from them."""
    write(found.files, str(folder))
    loaded = config.load(folder)
    return loaded, make_plan(loaded, account, TODAY)


def held(side: Side, account: LiveState) -> dict[str, set[str]]:
    """Return user -> the policies they hold from anywhere."""
    return {user.name: {each.policy.shown for each in side.of_user(user)} for user in account.users.values()}


def powers_of(side: Side, account: LiveState) -> dict[str, tuple[object, ...]]:
    """Return user -> what they can do: everywhere, within scopes, except within scopes."""
    people = People(side, READER)
    found = {user.name: people.of(user) for user in account.users.values()}
    return {name: (can.free, can.scoped, can.denied_in, can.unread) for name, can in found.items()}


def after_the_apply(account: LiveState, after: Side) -> LiveState:
    """Return the account after some changes."""
    created = [change.fact.name for change in after.facts.changes if isinstance(change.fact, GroupFact)]
    groups = {
        fold(name): replace(
            account.groups.get(fold(name), LiveGroup(name, "/", "", "")),
            policies=after.attached(name),
            members=after.members(name),
        )
        for name in {group.name for group in account.groups.values()}.union(created)
    }
    users = {
        key: replace(user, policies=after.attached_directly(user)) for key, user in account.users.items()
    }
    return replace(account, groups=groups, users=users)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(accounts(), st.booleans(), st.booleans(), st.sampled_from([(), ("svc-*",)]))
def test_the_first_plan_changes_nobodys_access(
    tmp_path_factory: pytest.TempPathFactory,
    account: LiveState,
    privileged: bool,
    single: bool,
    exclude: tuple[str, ...],
) -> None:
    found = propose(account, privileged=privileged, single=single, exclude=exclude)
    loaded, plan = planned(found, account, tmp_path_factory.mktemp("files"))
    assert (plan.problems, plan.moments) == ((), ())
    assert not any(finding.blocking for finding in guardrails.judge(plan, loaded, account))
    access = Access(account, plan.changes)
    assert held(access.after, account) == held(access.before, account)
    assert powers_of(access.after, account) == powers_of(access.before, account)
    detached = {change.address for change in plan.changes if isinstance(change.fact, Direct)}
    assert len(detached) == found.detached
    proposed = {Direct(*pair).address for proposal in found.suggestion.proposals for pair in proposal.covers}
    assert proposed <= detached
    after = after_the_apply(account, access.after)
    assert make_plan(loaded, after, TODAY).changes == ()
    # No file can name the policy p3, so none can accept it.
    assert [
        one.address for one in drift(loaded, Offline(after, "test")).new if "local:p3" not in one.address
    ] == []


def test_joins_are_proposed_only_into_groups_that_are_imported(tmp_path: Path) -> None:
    people = list(PEOPLE[:3])
    account = live(
        {"readers": ([], ["aws:ReadAccess"]), "p1": ([], ["local:p1"])},
        {name: ["aws:ReadAccess", "local:p1"] for name in people},
        documents=DOCUMENTS,
    )
    found = propose(account, names=("readers",))
    assert [(each.name, each.exists) for each in found.suggestion.proposals] == [
        ("readers", True),
        ("p1-2", False),
    ]
    loaded, plan = planned(found, account, tmp_path)
    assert sorted(group.name for group in loaded.groups) == ["p1-2", "readers"]
    assert sum(isinstance(change.fact, Direct) for change in plan.changes) == found.detached == 6


def test_halves_of_an_escalation_are_not_one_group() -> None:
    both = ["local:run", "local:pass"]
    account = live({}, dict.fromkeys(PEOPLE, both), documents=DOCUMENTS)
    found = propose(account).suggestion
    assert [len(each.policies) for each in found.proposals] == [1, 1]
    (together,) = propose(account, privileged=True).suggestion.proposals
    assert len(together.policies) == 2


def test_a_privileged_set_is_named_and_proposed_only_on_demand() -> None:
    account = live({}, {name: ["aws:AdministratorAccess"] for name in PEOPLE}, documents=DOCUMENTS)
    found = propose(account)
    assert found.suggestion.proposals == ()
    assert list(found.privileged.values()) == ["administrator"]
    text = propose(account, privileged=True).files.files["groups/administrator.yaml"]
    assert "\n# Proposed: 6 people have all of it already, and join. Privileged: administrator.\n" in text


def test_a_policy_whose_document_is_not_known_counts_as_privileged() -> None:
    account = live({}, {name: ["local:unread"] for name in PEOPLE}, policies=["local:unread"])
    found = propose(account)
    assert found.suggestion.proposals == ()
    assert list(found.privileged.values()) == ["the document of local:unread is not known"]


def test_what_the_first_plan_takes_away_is_not_accepted() -> None:
    account = live(
        {"readers": (["ann"], ["aws:ReadAccess"])},
        {"ann": ["aws:ReadAccess", "local:p1"], "Bob": ["aws:ReadAccess"], "eve": ["local:p1"]},
        documents=DOCUMENTS,
    )
    found = propose(account)
    assert found.detached == 2 + 2
    assert "accepted.yaml" not in found.files.files
    assert "settings:\n  direct_policies: detach_covered\n" in found.files.files["iamgroups.yaml"]
    assert propose(account, least_members=3).files.files["accepted.yaml"].count("direct: local:p1") == 1


def test_an_account_without_direct_policies_is_imported_as_it_is() -> None:
    found = propose(live({"readers": (["ann"], ["aws:ReadAccess"])}, documents=DOCUMENTS))
    assert "the first plan from it is empty" in found.files.files["iamgroups.yaml"]
    assert "settings" not in found.files.files["iamgroups.yaml"]
