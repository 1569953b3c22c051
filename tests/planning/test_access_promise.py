"""After every single write of every order the edges allow, nobody holds too much or too little."""

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

import pytest

from iamgroups.planning.order import arrange, compromise, promise, search
from iamgroups.planning.order.graph import Edge
from iamgroups.planning.order.promise import Claim
from iamgroups.planning.order.quotas import Quotas
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.state import (
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from tests.accounts import config, group, live
from tests.planning.pairs import GROUPS, Draw, Pair, apart, pair, planned
from tests.planning.world import Model, Moments, broken, cost, smallest

MOST_CHANGES = 10
SAMPLE = 400


def announced(plan: Plan) -> Moments:
    return frozenset((moment.kind, moment.user, moment.policy) for moment in plan.moments)


def violations(plan: Plan, drawn: Pair) -> list[str]:
    """Say what some allowed order of the plan does against the promise, IAM or the duties kept apart."""
    wanted, account = drawn
    if plan.problems or not 0 < len(plan.changes) <= MOST_CHANGES:
        return []
    model = Model(plan, account, apart(wanted))
    found = broken(model)
    surprised = found.surprised - {user for _, user, _ in announced(plan)}
    wrong = [str(what) for what in (found.moments - announced(plan), found.refused, surprised) if what]
    if plan.moments and (least := smallest(model)) != cost(announced(plan)):
        wrong.append(f"{cost(announced(plan))} moments where {least} are enough")
    return wrong


def violations_on_the_way(plan: Plan, drawn: Pair, random: Random) -> list[str]:
    """Run a plan too large for every order in a few, with one call refused: say what goes wrong."""
    wanted, account = drawn
    model = Model(plan, account, apart(wanted))
    found: set[str] = set()
    for _ in range(5):
        done, refused = 0, random.randrange(len(plan.changes))
        while ready := [n for n in range(len(plan.changes)) if n != refused and model.closed(done, n)]:
            place = random.choice(ready)
            found.update(filter(None, [model.refused(done, place)]))
            done |= 1 << place
            found.update(map(str, model.moments(done) - announced(plan)))
    return sorted(found)


def parts(plan: Plan, drawn: Pair) -> Iterator[Plan]:
    """Yield what `--group` and `--expired` would run."""
    yield select_part(plan, *drawn, time="expired")
    for name in GROUPS:
        yield select_part(plan, *drawn, groups=[name])


def assert_kept(seed: int) -> Plan:
    drawn = pair(seed)
    plan = planned(*drawn)
    assert violations(plan, drawn) == [], seed
    if not plan.problems and len(plan.changes) > MOST_CHANGES:
        assert violations_on_the_way(plan, drawn, Random(seed)) == [], seed
    return plan


def test_the_pairs_hold_grants_through_every_kind_of_source() -> None:
    drawn = [pair(seed) for seed in range(50)]
    users = [user for _, account in drawn for user in account.users.values()]
    assert any(user.inline for user in users) and any(user.policies for user in users)
    changed = {type(change.fact) for one in drawn for change in planned(*one).changes}
    assert {Membership, Attachment, InlineGroup, Direct, PolicyFact} <= changed


@pytest.mark.parametrize("start", range(0, SAMPLE, 100))
def test_every_order_keeps_the_promise_but_for_what_no_order_could_keep(start: int) -> None:
    for seed in range(start, start + 100):
        assert_kept(seed)


def test_a_part_keeps_the_promise_between_before_and_after_that_part() -> None:
    for seed in range(10_000, 10_100):
        drawn = pair(seed)
        for part in parts(planned(*drawn), drawn):
            assert violations(part, drawn) == [], seed


@pytest.mark.parametrize("searched", [140, 0], ids=["some orders tried", "greedy"])
def test_a_large_plan_announces_all_that_its_order_breaks(
    searched: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compromise, "MOST_CHANGES_TRIED", 0)
    monkeypatch.setattr(search, "MOST_CHANGES_TRIED", 0)
    monkeypatch.setattr(compromise, "MOST_CHANGES_SEARCHED", searched)
    for seed in range(300):
        drawn = pair(seed)
        plan = planned(*drawn)
        if not plan.problems and 0 < len(plan.changes) <= MOST_CHANGES:
            found = broken(Model(plan, drawn[1], apart(drawn[0])))
            assert found.moments <= announced(plan), seed
            assert not found.refused, seed


def without(kind: str, held_always: bool | None = None) -> Callable[..., Any]:
    """Leave out the claims of a kind, or those of them that hold all the time or do not."""

    def disabled(real: Callable[..., Iterable[Claim]]) -> Callable[..., Iterable[Claim]]:
        return lambda *args: [c for c in real(*args) if c.kind != kind or held_always is not _always(c)]

    return disabled


def _always(claim: Claim) -> bool:
    return not (claim.when.begun or claim.when.ended)


def nothing(real: Callable[..., Any]) -> Callable[..., tuple[()]]:
    return lambda *args: ()


def waiting(
    fact: type[Fact], action: str, first: type[Fact] = Fact
) -> Callable[..., Callable[..., list[Edge]]]:
    """Leave out the edges that end at such a change, and begin at one of a kind of fact."""

    def waits(one: Change, then: Change) -> bool:
        return isinstance(then.fact, fact) and then.action == action and isinstance(one.fact, first)

    return lambda real: lambda changes: [e for e in real(changes) if not waits(changes[e[0]], changes[e[1]])]


def preparing(fact: type[Fact], then: type[Fact]) -> Callable[..., Callable[..., list[Edge]]]:
    """Leave out the edges that begin where a fact is made, and end at one of another kind."""

    def prepares(one: Change, other: Change) -> bool:
        return isinstance(one.fact, fact) and one.action == "create" and isinstance(other.fact, then)

    return lambda real: (
        lambda changes: [e for e in real(changes) if not prepares(changes[e[0]], changes[e[1]])]
    )


def no_quotas(real: Callable[..., Quotas]) -> Callable[..., Quotas]:
    return lambda *args: Quotas()


@pytest.mark.parametrize(
    ("rule", "disabled"),
    [
        pytest.param("promise", without("loss", True), id="kept"),
        pytest.param("promise", without("excess", False), id="foreign"),
        pytest.param("promise", without("undenied", False), id="Deny beside Allow"),
        pytest.param("promise", without("undenied", True), id="Deny after Deny"),
        pytest.param("quotas", no_quotas, id="quotas"),
        pytest.param("conflicts", nothing, id="duties apart"),
        pytest.param("structural", preparing(GroupFact, Attachment), id="a group before its policies"),
        pytest.param("structural", preparing(GroupFact, Membership), id="a group before its members"),
        pytest.param("structural", preparing(PolicyFact, Attachment), id="a policy before it is attached"),
        pytest.param("structural", waiting(GroupFact, "delete"), id="a group is empty before it goes"),
        pytest.param("structural", waiting(GroupFact, "update"), id="a group is renamed last"),
        pytest.param("structural", waiting(PolicyFact, "delete", Attachment), id="detached before it goes"),
        pytest.param("structural", waiting(PolicyFact, "delete", PolicyVersionFact), id="versions go first"),
        pytest.param("structural", waiting(PolicyFact, "update"), id="room for a new version"),
    ],
)
def test_without_any_one_edge_rule_the_properties_fail(
    rule: str, disabled: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrange, rule, disabled(getattr(arrange, rule)))
    conflicting = rule == "conflicts"
    # Pairs with many Denies come first: they are the ones that break the rarest rules.
    seeds = sorted(range(3000), key=lambda seed: not Draw(seed).often_denied)
    drawn = (one for one in map(pair, seeds) if one[0].guardrails.get(rule) or not conflicting)
    assert any(violations(planned(*one), one) for one in drawn)


@pytest.mark.parametrize("rule", ["_denied_from_the_start", "_denied_to_the_end"])
def test_without_either_rule_on_a_deny_the_properties_fail(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promise, rule, nothing(getattr(promise, rule)))
    assert any(violations(planned(*one), one) for one in map(pair, range(3000)))


@pytest.mark.proof
def test_ten_thousand_pairs_keep_the_promise() -> None:
    told = sum(bool(assert_kept(seed).moments) for seed in range(20_000, 30_000))
    assert told < 100, "announcing is no way out"


def of_kind(plan: Plan, kind: str) -> set[tuple[str, str]]:
    return {(user, policy) for what, user, policy in announced(plan) if what == kind}


def test_two_users_two_groups_and_two_policies_can_have_no_perfect_order() -> None:
    """Two people trade places while their groups trade policies: each must hold more for a moment."""
    account = live({"g1": (["ann"], ["aws:P1"]), "g2": (["bob"], ["aws:P2"])}, policies=["aws:P1", "aws:P2"])
    wanted = config(group("g1", ["bob"], ["aws:P2"]), group("g2", ["ann"], ["aws:P1"]))
    plan = planned(wanted, account)
    model = Model(plan, account)
    assert broken(model).moments <= announced(plan)
    assert cost(announced(plan)) == smallest(model) == (0, 0, 2)
    assert len(of_kind(plan, "excess")) == 2


def test_a_moment_says_which_change_ends_it() -> None:
    account = live({"g1": (["ann"], ["aws:P1"]), "g2": (["bob"], ["aws:P2"])}, policies=["aws:P1", "aws:P2"])
    wanted = config(group("g1", ["bob"], ["aws:P2"]), group("g2", ["ann"], ["aws:P1"]))
    plan = planned(wanted, account)
    place = {address: number for number, address in enumerate(plan.by_address)}
    assert all(moment.until in place for moment in plan.moments)
