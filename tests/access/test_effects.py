"""What each person gains and loses, whichever way it comes."""

from iamgroups.access.effects import PersonEffect, effects
from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.change import Change
from iamgroups.state.live import Account, LiveGroup, LiveState, LiveUser

READ, WRITE = "arn:aws:iam::aws:policy/Read", "arn:aws:iam::aws:policy/Write"


def live(
    groups: dict[str, tuple[set[str], set[str]]], direct: dict[str, set[str]] | None = None
) -> LiveState:
    """Groups as name -> (members, policies); direct as user -> policies."""
    users = {user for members, _ in groups.values() for user in members} | set(direct or {})
    return LiveState(
        Account("123456789012", "aws", "arn:aws:iam::123456789012:user/x"),
        {
            name: LiveGroup(name, "/", f"AGPA{name}", "", frozenset(policies), frozenset(members))
            for name, (members, policies) in groups.items()
        },
        {
            name: LiveUser(name, "/", f"AIDA{name}", "", frozenset((direct or {}).get(name, ())))
            for name in users
        },
    )


def test_a_member_of_a_new_group_gains_its_policies() -> None:
    changes = [
        Change("create", GroupFact("devs", "/")),
        Change("create", Attachment("devs", READ)),
        Change("create", Membership("devs", "alice")),
    ]
    assert effects(changes, live({})) == (PersonEffect("alice", (READ,), ()),)


def test_what_another_group_gives_already_is_no_gain() -> None:
    account = live({"devs": ({"alice"}, {READ}), "ops": (set(), {READ, WRITE})})
    assert effects([Change("create", Membership("ops", "alice"))], account) == (
        PersonEffect("alice", (WRITE,), ()),
    )


def test_a_covered_detachment_changes_nothing_for_the_person() -> None:
    account = live({"devs": ({"alice"}, {READ})}, {"alice": {READ}})
    assert effects([Change("delete", Direct("alice", READ))], account) == ()


def test_everybody_in_a_group_loses_what_it_loses() -> None:
    account = live({"devs": ({"alice", "bob"}, {READ})}, {"bob": {READ}})
    assert effects([Change("delete", Attachment("devs", READ))], account) == (
        PersonEffect("alice", (), (READ,)),
    )


def test_a_renamed_group_takes_nothing_from_its_members() -> None:
    account = live({"devs": ({"alice"}, {READ})})
    changes = [
        Change("create", Attachment("developers", WRITE), group_now="devs"),
        Change("update", GroupFact("developers", "/"), before=GroupFact("devs", "/")),
    ]
    assert effects(changes, account) == (PersonEffect("alice", (WRITE,), ()),)


def test_who_leaves_a_group_before_it_is_renamed_loses_what_it_gives() -> None:
    account = live({"devs": ({"alice"}, {READ})})
    changes = [Change("delete", Membership("developers", "alice"), group_now="devs")]
    assert effects(changes, account) == (PersonEffect("alice", (), (READ,)),)
