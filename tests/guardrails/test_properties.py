"""What holds for every rule, whatever the account and the configuration."""

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iamgroups import guardrails
from iamgroups.guardrails.context import Context
from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config, NamePattern
from iamgroups.state.names import fold
from tests.accounts import TODAY, at
from tests.planning.cases import GROUPS, POLICIES, Case, cases
from tests.planning.test_convergence import RUNS, run
from tests.strict_live import live_of, seeded

FEW = settings(RUNS, max_examples=60)
GROUP = st.sampled_from(GROUPS).map(lambda name: NamePattern(name, at(1)))
POLICY = st.sampled_from([*POLICIES, "local:*"]).map(lambda name: NamePattern(name, at(1)))
LIMITS = st.fixed_dictionaries({"percent": st.sampled_from([0, 25, 100]), "floor": st.integers(0, 3)})
RAILS = st.fixed_dictionaries({
    "max_removals": LIMITS,
    "max_group_deletes": st.integers(0, 1),
    "keep_caller": st.booleans(),
    "protected_groups": st.lists(GROUP, max_size=2).map(tuple),
    "min_members": st.dictionaries(GROUP, st.integers(0, 3), max_size=2),
    "forbidden_policies": st.lists(POLICY, max_size=1).map(tuple),
    "only_in": st.dictionaries(POLICY, st.lists(GROUP, max_size=1).map(tuple), max_size=1),
    "conflicts": st.lists(st.tuples(GROUP, GROUP), max_size=1).map(tuple),
})  # fmt: skip


def guarded(config: Config, rails: dict[str, Any]) -> Config:
    return replace(config, guardrails=rails)


@FEW
@given(cases())
def test_the_view_after_a_plan_is_the_account_after_it(case: Case) -> None:
    plan = make_plan(*case, TODAY)
    assume(not plan.problems and plan.changes)
    iam = seeded(case[1])
    run(iam, list(plan.changes))
    after = live_of(iam, case[1])
    seen = {fold(group.after): group for group in Context(plan, *case).groups if group.after}
    assert seen.keys() == after.groups.keys()
    for name, group in after.groups.items():
        assert seen[name].members_after == group.members
        assert seen[name].policies_after == group.policies


@FEW
@given(cases(), RAILS)
def test_after_an_apply_nothing_is_blocked_any_more(case: Case, rails: dict[str, Any]) -> None:
    config = guarded(case[0], rails)
    plan = make_plan(config, case[1], TODAY)
    assume(not plan.problems and plan.changes)
    iam = seeded(case[1])
    run(iam, list(plan.changes))
    after = live_of(iam, case[1])
    again = make_plan(config, after, TODAY)
    assert not any(finding.blocking for finding in guardrails.judge(again, config, after))


@FEW
@given(cases(), RAILS)
def test_a_plan_that_only_takes_away_is_blocked_by_rules_about_taking_away_alone(
    case: Case, rails: dict[str, Any]
) -> None:
    config = guarded(case[0], rails)
    plan = make_plan(config, case[1], TODAY)
    only = replace(plan, changes=tuple(change for change in plan.changes if change.action == "delete"))
    blocking = {finding.rule for finding in guardrails.judge(only, config, case[1]) if finding.blocking}
    assert blocking <= {
        "max_removals",
        "max_group_deletes",
        "protected_groups",
        "min_members",
        "keep_caller",
    }


@FEW
@given(cases(), RAILS)
def test_what_blocks_names_lines_and_subjects(case: Case, rails: dict[str, Any]) -> None:
    config = guarded(case[0], rails)
    plan = make_plan(config, case[1], TODAY)
    findings = guardrails.judge(plan, config, case[1])
    for finding in findings:
        assert finding.subjects and finding.message and finding.positions
    assert findings == guardrails.judge(plan, config, case[1])


@FEW
@given(cases(), RAILS)
def test_without_a_change_the_rules_that_are_left_out_would_find_nothing(
    case: Case, rails: dict[str, Any]
) -> None:
    config, live = guarded(case[0], rails), case[1]
    plan = Plan(live.account, config.digest)
    context = Context(plan, config, live)
    every = {finding for rule in guardrails.rules() for finding in rule.judge(context, rule.setting(config))}
    assert set(guardrails.judge(plan, config, live)) == every
