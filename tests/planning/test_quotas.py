"""What is full swaps one at a time, loses the least, and never stands in the way of a plan that fits."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config, PolicyDecl, Removed
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live
from tests.planning.cases import DOCUMENTS, Case, crowded
from tests.planning.world import Model, broken


def planned(wanted: Config, account: LiveState) -> Plan:
    plan = make_plan(wanted, account, TODAY)
    assert not plan.to_read
    return plan


def full_user() -> LiveState:
    """Bob is in ten groups, the most there may be: x1 and x2 give him something that y1 and y2 give too."""
    filling = {f"f{number}": (["bob"], []) for number in range(8)}
    held = {"x1": (["bob"], ["local:P1"]), "x2": (["bob"], ["local:P2"])}
    return live({**filling, **held, "y1": ([], ["local:P1"]), "y2": ([], ["local:P2"])})


def swapped(conflicts: Sequence[tuple[str, ...]] = ()) -> Plan:
    decls = [group(f"x{n}", [], [f"local:P{n}"]) for n in (1, 2)]
    decls += [group(f"y{n}", ["bob"], [f"local:P{n}"]) for n in (1, 2)]
    return planned(config(*decls, conflicts=conflicts), full_user())


def lost(plan: Plan) -> list[str]:
    return [moment.policy for moment in plan.moments if moment.kind == "loss"]


def test_two_swaps_of_a_full_user_lose_one_policy_and_not_two() -> None:
    plan = swapped()
    assert lost(plan) == [arn("local:P1")]
    assert [f"{change.symbol} {change.address}" for change in plan.changes] == [
        "- membership/x1/bob",
        "+ membership/y2/bob",
        "- membership/x2/bob",
        "+ membership/y1/bob",
    ]


def test_duties_kept_apart_decide_which_swap_of_a_full_user_comes_first() -> None:
    plan = swapped([("x2", "y1")])
    assert "membership/x2/bob" in plan.by_address["membership/y1/bob"].needs
    assert len(lost(plan)) == 1
    apart = swapped([("x2", "y2")])
    assert lost(apart) == [arn("local:P2")]
    assert not broken(Model(apart, full_user(), frozenset({"x2", "y2"}))).refused


def test_what_somebody_keeps_elsewhere_leaves_a_full_group_when_its_place_is_needed() -> None:
    account = live(
        {"ops": (["ann"], ["aws:A"]), "other": ([], ["aws:A"])},
        policies=["aws:B", "aws:C"],
        quotas={"AttachedPoliciesPerGroupQuota": 2},
    )
    wanted = config(group("ops", ["ann"], ["aws:B", "aws:C"]), group("other", ["ann"], ["aws:A"]))
    plan = planned(wanted, account)
    assert plan.by_address["attachment/ops/aws:A"].needs == ("attachment/ops/aws:B", "membership/other/ann")


def test_somebody_almost_full_changes_sides() -> None:
    filling = {f"f{number}": (["bob"], []) for number in range(8)}
    sides = {"submitters": (["bob"], ["local:P1"]), "approvers": ([], ["local:P1"]), "other": ([], [])}
    wanted = config(
        group("submitters", [], ["local:P1"]),
        group("approvers", ["bob"], ["local:P1"]),
        group("other", ["bob"]),
        conflicts=[("approvers", "submitters")],
    )
    plan = planned(wanted, live({**filling, **sides}, documents=DOCUMENTS))
    assert plan.problems == () and lost(plan) == [arn("local:P1")]


def test_a_full_account_and_a_full_user_swap_together() -> None:
    filling = {f"f{number}": (["bob"], []) for number in range(8)}
    held = {"x1": (["bob"], ["local:P1"]), "x2": (["bob"], ["local:P2"])}
    account = live({**filling, **held}, documents=DOCUMENTS, quotas={"GroupsQuota": 10})
    wanted = config(
        group("y1", ["bob"], ["local:P1"]),
        group("y2", ["bob"], ["local:P2"]),
        removed=(Removed("group", "x1", at(4)), Removed("group", "x2", at(5))),
    )
    plan = planned(wanted, account)
    found = broken(Model(plan, account))
    assert plan.problems == () and not found.refused
    assert {policy for _, _, policy in found.moments} <= set(lost(plan))


def test_an_account_beyond_the_assumed_quota_is_refused_nothing_but_more() -> None:
    groups = {f"g{number:03}": (["ann"] if number == 0 else [], []) for number in range(301)}
    account = replace(live(groups), quotas_known=False)

    def problems(*declared: str, gone: str = "") -> list[str]:
        removed = (Removed("group", gone, at(4)),) if gone else ()
        plan = planned(config(*map(group, declared), removed=removed), account)
        return [problem.message for problem in plan.problems]

    assert problems("g000") == problems("g000", gone="g001") == problems("new", gone="g001") == []
    assert problems("new") == ["302 groups in account 123456789012; the quota is 300"]


def test_a_group_beyond_the_assumed_quota_swaps_one_policy_for_another() -> None:
    held = [f"aws:P{number:02}" for number in range(12)]
    account = live({"ops": ([], held)}, policies=["aws:New"])
    plan = planned(config(group("ops", [], [*held[1:], "aws:New"])), account)
    assert plan.problems == ()
    assert plan.by_address["attachment/ops/aws:New"].needs == ("attachment/ops/aws:P00",)


def test_a_lower_quota_is_reached_before_anything_is_added() -> None:
    account = live({f"g{number}": ([], []) for number in range(4)}, quotas={"GroupsQuota": 3})
    gone = tuple(Removed("group", f"g{number}", at(number)) for number in range(3))
    plan = planned(config(group("new"), removed=gone), account)
    assert plan.problems == ()
    assert plan.by_address["group/new"].needs == ("group/g0", "group/g1")


def test_a_full_account_makes_room_for_a_policy_of_its_own() -> None:
    document = DOCUMENTS["local:P1"]
    wanted = config(policies=(PolicyDecl("new", at(5), document),))
    tags = {"managed-by": "iamgroups"}
    old = LivePolicy(arn("local:old"), holders=0, versions=("v1",), tags=tags, document=document)
    account = live(policies=["aws:P"], quotas={"PoliciesQuota": 1})
    assert planned(wanted, account).problems == ()
    full = replace(account, policies={**account.policies, old.arn: old})
    (problem,) = planned(wanted, full).problems
    assert problem.message == "2 customer managed policies in account 123456789012; the quota is 1"
    swapped_for = planned(replace(wanted, removed=(Removed("policy", "old", at(6)),)), full)
    assert swapped_for.problems == ()
    assert swapped_for.by_address["policy/new"].needs == ("policy/old",)


def test_a_policy_whose_path_reads_like_an_owner_is_still_the_accounts_own() -> None:
    odd = LivePolicy("arn:aws:iam::123456789012:policy/x::aws:/odd", holders=0, versions=("v1",))
    account = live(quotas={"PoliciesQuota": 1})
    full = replace(account, policies={**account.policies, odd.arn: odd})
    wanted = config(policies=(PolicyDecl("new", at(5), DOCUMENTS["local:P1"]),))
    (problem,) = planned(wanted, full).problems
    assert problem.message == "2 customer managed policies in account 123456789012; the quota is 1"


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
@given(crowded())
def test_crowded_accounts_with_duties_apart_keep_every_rule(case: Case) -> None:
    plan = planned(*case)
    assume(not plan.problems and 0 < len(plan.changes) <= 9)
    announced = {(moment.kind, moment.user, moment.policy) for moment in plan.moments}
    for names in case[0].guardrails["conflicts"] or [()]:
        apart = {name.pattern for name in names}
        apart |= {name for move in case[0].moved for name in move[:2] if apart & {move.source, move.to}}
        found = broken(Model(plan, case[1], frozenset(apart)))
        assert found.moments <= announced
        assert not found.refused
