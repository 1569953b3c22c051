"""Each kind of fact describes itself, and nothing of it is left out."""

import pytest

from iamgroups.planning.order.arrange import RANKS
from iamgroups.state import (
    FACTS,
    KINDS,
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    InlineUser,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)

ARN = "arn:aws:iam::123456789012:policy/tool"
EXAMPLES: tuple[Fact, ...] = (
    GroupFact("devs", "/"),
    PolicyFact("tool", "/", ARN, "{}"),
    PolicyVersionFact("tool", ARN, "v2"),
    Attachment("devs", ARN),
    InlineGroup("devs", "own"),
    InlineUser("alice", "own"),
    Membership("devs", "alice"),
    Direct("alice", ARN),
)
each_fact = pytest.mark.parametrize("fact", EXAMPLES, ids=lambda fact: fact.address)


def test_every_kind_has_an_example_and_a_name_of_its_own() -> None:
    assert tuple(type(fact) for fact in EXAMPLES) == FACTS
    assert len({fact.kind.name for fact in FACTS}) == len(FACTS)


def test_every_change_that_a_plan_can_hold_has_a_rank() -> None:
    assert set(RANKS) == {(fact, action) for fact in FACTS for action in fact.kind.actions}


@each_fact
def test_a_kind_has_the_calls_of_its_actions_and_no_others(fact: Fact) -> None:
    calls = {"create": fact.create, "update": lambda: fact.update(fact), "delete": fact.delete}
    for action, call in calls.items():
        if action in fact.kind.actions:
            assert call().operation
        else:
            with pytest.raises(NotImplementedError):
                call()


@each_fact
def test_an_address_tells_its_kind_and_its_names(fact: Fact) -> None:
    readings = {other.name: other.address.read(fact.address) for other in KINDS}
    found = {name: values for name, values in readings.items() if values is not None}
    assert list(found) == [fact.kind.name]
    assert all(getattr(fact, field) == value for field, value in found[fact.kind.name].items())


@each_fact
def test_a_kind_says_whose_it_is_and_how_it_is_read_again(fact: Fact) -> None:
    assert fact.owner.kind in ("group", "user", "policy")
    assert fact.owner.name in fact.address
    assert all(look.operation.startswith(("Get", "List")) for look in fact.rereads())
    assert fact.kind.there.of(fact) != fact.kind.missing.of(fact)
