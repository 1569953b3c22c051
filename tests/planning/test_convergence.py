"""Against an IAM that refuses what AWS refuses: plans run, converge, and are stable."""

import random

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.sandbox.account import StrictIam
from iamgroups.state.change import Change
from tests.accounts import TODAY
from tests.planning.cases import Case, cases
from tests.strict_live import live_of, seeded

RUNS = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def any_order(plan: Plan, seed: int, refuse: str = "") -> list[Change]:
    """Return the changes in a random order the edges allow; `refuse` fails, what waits for it is skipped."""
    chance = random.Random(seed)
    done: set[str] = set()
    result: list[Change] = []
    left = [change for change in plan.changes if change.address != refuse]
    while ready := [change for change in left if done.issuperset(change.needs)]:
        change = chance.choice(ready)
        left.remove(change)
        done.add(change.address)
        result.append(change)
    return result


def run(iam: StrictIam, changes: list[Change]) -> None:
    for change in changes:
        iam.call(change.call.operation, dict(change.call.params))


@RUNS
@given(st.booleans().flatmap(lambda tight: cases(tight=tight)), st.integers(0, 99))
def test_after_an_apply_in_any_order_the_next_plan_is_empty(case: Case, seed: int) -> None:
    plan = make_plan(*case, TODAY)
    assume(not plan.problems and plan.changes)
    iam = seeded(case[1])
    run(iam, any_order(plan, seed))
    again = make_plan(case[0], live_of(iam, case[1]), TODAY)
    assert [change.address for change in again.changes] == []
    assert again.problems == ()


@RUNS
@given(cases(), st.data())
def test_after_a_failure_at_any_write_the_next_apply_converges(case: Case, data: st.DataObject) -> None:
    plan = make_plan(*case, TODAY)
    assume(not plan.problems and plan.changes)
    refused = data.draw(st.sampled_from([change.address for change in plan.changes]))
    iam = seeded(case[1])
    run(iam, any_order(plan, data.draw(st.integers(0, 99)), refuse=refused))
    second = make_plan(case[0], live_of(iam, case[1]), TODAY)
    assert second.problems == ()
    run(iam, list(second.changes))
    assert make_plan(case[0], live_of(iam, case[1]), TODAY).changes == ()


@RUNS
@given(cases(), st.randoms(use_true_random=False))
def test_the_same_inputs_in_any_order_give_the_same_plan(case: Case, chance: random.Random) -> None:
    from dataclasses import replace

    config, live = case

    def shuffled(items: object) -> list[object]:
        listed = list(items)  # type: ignore[call-overload]
        chance.shuffle(listed)
        return listed

    other_config = replace(
        config,
        groups=tuple(
            replace(
                group,
                members=None if group.members is None else tuple(shuffled(group.members)),
                policies=None if group.policies is None else tuple(shuffled(group.policies)),
            )
            for group in shuffled(config.groups)
        ),
        removed=tuple(shuffled(config.removed)),
    )
    other_live = replace(
        live,
        groups=dict(shuffled(live.groups.items())),
        users=dict(shuffled(live.users.items())),
        policies=dict(shuffled(live.policies.items())),
    )
    first, second = make_plan(config, live, TODAY), make_plan(other_config, other_live, TODAY)
    assert first == second
    assert first.digest == second.digest
