"""After every single write of every order the edges allow, nobody holds too much or too little."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from iamgroups.planning import Plan, make_plan, select_part
from iamgroups.planning.order import arrange
from iamgroups.planning.order.promise import Promise
from iamgroups.planning.order.quotas import Quotas
from iamgroups.state.config import Config
from tests.accounts import TODAY, config, group, live
from tests.planning.cases import APART, GROUPS, Case, cases
from tests.planning.world import broken, smallest_excess

MOST_CHANGES = 11
WALKS = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def announced(plan: Plan, kind: str) -> set[tuple[str, str]]:
    return {(moment.user, moment.arn) for moment in plan.moments if moment.kind == kind}


def walkable(case: Case) -> Plan:
    plan = make_plan(*case, TODAY)
    assume(not plan.problems and 0 < len(plan.changes) <= MOST_CHANGES)
    return plan


def apart(wanted: Config) -> frozenset[str]:
    """Return the groups nobody may combine, under both names of those that move."""
    moved = {name for move in wanted.moved if APART & {move.source, move.to} for name in move[:2]}
    return APART | moved if wanted.guardrails["conflicts"] else frozenset()


def violations(case: Case) -> list[str]:
    """Say what some allowed order of the plan does against the promise, the quotas or the duties."""
    return violated(walkable(case), case)


def violated(plan: Plan, case: Case) -> list[str]:
    found = broken(plan, case[1], apart(case[0]))
    lost = found.lost - announced(plan, "loss")
    excess = found.excess - announced(plan, "excess")
    return [str(what) for what in (lost, excess, found.refused, found.together) if what]


@WALKS
@given(st.booleans().flatmap(lambda tight: cases(tight=tight)))
def test_every_order_keeps_the_promise_but_for_what_was_announced_and_no_write_is_refused(case: Case) -> None:
    assert violations(case) == []


@WALKS
@given(cases())
def test_access_is_never_lost_where_neither_quotas_nor_duties_demand_it(case: Case) -> None:
    plan = make_plan(*case, TODAY)
    if not case[0].guardrails["conflicts"]:
        assert announced(plan, "loss") == set()


@WALKS
@given(cases())
def test_the_excess_is_the_smallest_any_order_could_have(case: Case) -> None:
    plan = walkable(case)
    assume(len(plan.changes) <= 9 and not case[0].guardrails["conflicts"])
    assert len(announced(plan, "excess")) == smallest_excess(plan, case[1])


@WALKS
@given(
    st.booleans().flatmap(lambda tight: cases(tight=tight)),
    st.lists(st.sampled_from(GROUPS), unique=True, min_size=1, max_size=2),
    st.sampled_from([False, False, False, True]),
)
def test_a_part_keeps_the_promise_between_before_and_after_that_part(
    case: Case, groups: list[str], expired: bool
) -> None:
    whole = make_plan(*case, TODAY)
    part = select_part(whole, *case, groups=groups, expired=expired)
    assume(not (whole.problems or part.problems) and 0 < len(part.changes) <= MOST_CHANGES)
    assert violated(part, case) == []
    if case[0].guardrails["conflicts"] or case[1].quotas["GroupsQuota"] == 3:
        return
    assert announced(part, "loss") == set()
    if len(part.changes) <= 9:
        assert len(announced(part, "excess")) == smallest_excess(part, case[1])


def without_kept(real: Callable[..., Promise]) -> Callable[..., Promise]:
    return lambda holdings: Promise((), real(holdings).foreign)


def without_foreign(real: Callable[..., Promise]) -> Callable[..., Promise]:
    return lambda holdings: Promise(real(holdings).kept, {})


def without_edges(real: Callable[..., Quotas]) -> Callable[..., Quotas]:
    return lambda *args: Quotas(frozenset(), real(*args).problems)


def nothing(real: Callable[..., Any]) -> Callable[..., tuple[()]]:
    return lambda *args: ()


@pytest.mark.parametrize(
    ("rule", "disabled", "tight"),
    [
        ("promise", without_kept, False),
        ("promise", without_foreign, False),
        ("quotas", without_edges, True),
        ("structural", nothing, False),
        ("conflicts", nothing, False),
    ],
)
def test_without_any_one_edge_rule_the_properties_fail(
    rule: str, disabled: Callable[..., Any], tight: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrange, rule, disabled(getattr(arrange, rule)))

    def fails(case: Case) -> bool:
        try:
            return violations(case) != []
        except UnsatisfiedAssumption:
            return False

    limits = settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))
    find(cases(tight=tight), fails, settings=limits)


def test_two_users_two_groups_and_two_policies_can_have_no_perfect_order() -> None:
    """Two people trade places while their groups trade policies: each must hold more for a moment."""
    account = live({"g1": (["ann"], ["aws:P1"]), "g2": (["bob"], ["aws:P2"])}, policies=["aws:P1", "aws:P2"])
    wanted = config(group("g1", ["bob"], ["aws:P2"]), group("g2", ["ann"], ["aws:P1"]))
    plan = make_plan(wanted, account, TODAY)
    found = broken(plan, account)
    assert found.lost == set()
    assert announced(plan, "loss") == set()
    assert found.excess and found.excess <= announced(plan, "excess")
    assert len(announced(plan, "excess")) == smallest_excess(plan, account) == 2
