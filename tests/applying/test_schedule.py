import pytest

from iamgroups.applying.schedule import Schedule
from iamgroups.state import Attachment, Direct, GroupFact, Membership, PolicyVersionFact
from iamgroups.state.change import Change
from tests.applying.kinds import AWS, KINDS, OWN


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("create group", None),
        ("create policy", OWN),
        ("attach", "group/g"),
        ("add member", None),
        ("rename group", None),
        ("new version", OWN),
        ("remove member", None),
        ("detach", "group/g"),
        ("detach direct", "user/u"),
        ("delete inline", None),
        ("delete version", OWN),
        ("delete policy", OWN),
    ],
)
def test_each_kind_has_its_lock_key(name: str, key: str | None) -> None:
    assert KINDS[name].change.lock_key == key


def test_lock_keys_ignore_case_and_take_the_name_a_group_bears() -> None:
    assert Change("create", Attachment("New", AWS), group_now="Old").lock_key == "group/old"
    assert Change("delete", Direct("Bob", AWS)).lock_key == "user/bob"


def attachments(*groups: str) -> list[Change]:
    return [
        Change("create", Attachment(group, f"arn:aws:iam::aws:policy/P{i}")) for i, group in enumerate(groups)
    ]


def test_a_held_lock_key_is_passed_over_and_comes_back_in_schedule() -> None:
    order = Schedule(attachments("g", "g", "g", "h"))
    assert [order.take(), order.take(), order.take()] == [0, 3, None]
    order.release(0)
    assert [order.take(), order.take()] == [1, None]
    order.release(1)
    assert order.take() == 2


def test_a_change_waits_for_every_need_once() -> None:
    group = Change("create", GroupFact("g", "/"))
    other = Change("create", GroupFact("h", "/"))
    member = Change("create", Membership("g", "u"), needs=(group.address, other.address, group.address))
    order = Schedule([group, other, member])
    assert [order.take(), order.take(), order.take()] == [0, 1, None]
    order.succeeded(0)
    assert order.take() is None
    order.succeeded(1)
    assert order.take() == 2


def test_a_failure_tells_everything_behind_it_once() -> None:
    changes = [
        Change("create", GroupFact("a", "/")),
        Change("create", GroupFact("b", "/")),
        Change("create", Membership("a", "u"), needs=("group/a", "group/b")),
        Change("delete", PolicyVersionFact("own", OWN, "v1"), needs=("membership/a/u",)),
        Change("create", Membership("b", "u"), needs=("group/b",)),
    ]
    order = Schedule(changes)
    assert order.failed(0) == (2, 3)
    assert order.failed(1) == (4,)


def test_a_change_that_waits_for_a_later_one_is_refused() -> None:
    with pytest.raises(ValueError, match="membership/g/u needs group/g, which does not come before it"):
        Schedule(
            [
                Change("create", Membership("g", "u"), needs=("group/g",)),
                Change("create", GroupFact("g", "/")),
            ]
        )
