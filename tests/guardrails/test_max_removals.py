from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from iamgroups import guardrails
from iamgroups.planning.select import select_part

PEOPLE = [f"user{number:02}" for number in range(40)]
RULE = "max_removals"


def test_a_few_removals_pass_below_the_floor_whatever_their_share(scene: Any) -> None:
    scene.live("devs", PEOPLE[:9]).declare("devs", members=[])
    assert scene.judge() == ()


def test_many_removals_pass_below_the_percentage(scene: Any) -> None:
    scene.live("devs", PEOPLE).declare("devs", members=PEOPLE[10:])
    assert scene.judge() == ()


def test_more_than_a_quarter_from_ten_on_blocks_and_names_the_lines(scene: Any) -> None:
    scene.live("devs", PEOPLE).declare("devs", members=PEOPLE[11:])
    (finding,) = scene.judge()
    assert finding.rule == RULE
    assert finding.blocking
    assert finding.message == (
        "takes 11 of 40 facts away (27%): 11 memberships; at most 25% may go at once, from 10 on"
    )
    assert finding.positions == (scene.declared[0].members_position,)
    assert finding.subjects == tuple(f"membership/devs/{user}" for user in PEOPLE[:11])


def test_attachments_and_lost_direct_policies_count_with_memberships(scene: Any) -> None:
    scene.settings = replace(scene.settings, direct_policies="detach_all")
    scene.live("devs", PEOPLE[:8], ["aws:A", "aws:B"]).declare("devs", PEOPLE[4:8], ["aws:A"])
    for user in PEOPLE[4:8]:
        scene.holds(user, "aws:X")
    scene.holds(PEOPLE[4], "aws:X", "aws:Y")
    (finding,) = scene.judge()
    assert "4 memberships, 1 group attachment, 5 uncovered direct policies" in finding.message


def test_covered_direct_policies_do_not_count(scene: Any) -> None:
    scene.live("devs", PEOPLE, ["aws:A"]).declare("devs", PEOPLE, ["aws:A"])
    for user in PEOPLE:
        scene.holds(user, "aws:A")
    assert len(scene.plan().changes) == 40
    assert scene.judge() == ()


def test_a_policy_covered_by_an_expiring_membership_only_counts(scene: Any) -> None:
    scene.settings = replace(scene.settings, direct_policies="detach_all")
    people = [(user, date(2026, 12, 31)) for user in PEOPLE[:10]]
    scene.live("devs", PEOPLE[:10], ["aws:A"]).declare("devs", people, ["aws:A"])
    for user in PEOPLE[:10]:
        scene.holds(user, "aws:A")
    (finding,) = scene.judge()
    assert "10 uncovered direct policies" in finding.message


def test_the_contents_of_a_deleted_group_count(scene: Any) -> None:
    scene.live("devs", PEOPLE[:9], ["aws:A"]).remove("devs")
    (finding,) = (f for f in scene.judge() if f.rule == RULE)
    assert "takes 10 of 10 facts away (100%): 9 memberships, 1 group attachment" in finding.message
    assert finding.positions == (scene.removed[0].position,)


def test_a_rename_takes_nothing(scene: Any) -> None:
    scene.live("devs", PEOPLE, ["aws:A"]).move("devs", "developers").declare("developers", PEOPLE, ["aws:A"])
    assert scene.plan().changes
    assert scene.judge() == ()


def test_a_rename_does_not_hide_removals(scene: Any) -> None:
    scene.live("devs", PEOPLE).move("devs", "developers").declare("developers", PEOPLE[20:])
    (finding,) = scene.judge()
    assert "takes 20 of 40" in finding.message


def test_a_rename_that_was_not_selected_hides_no_removals(scene: Any) -> None:
    over = [(user, date(2026, 1, 1)) for user in PEOPLE[:11]]
    people = [*over, *PEOPLE[11:]]
    scene.live("devs", PEOPLE, ["aws:A"]).move("devs", "developers").declare("developers", people, ["aws:A"])
    part = select_part(scene.plan(), scene.config, scene.state, time="expired")
    assert len(part.changes) == 11
    (finding,) = guardrails.judge(part, scene.config, scene.state)
    assert "takes 11 of 41 facts away (26%)" in finding.message


def test_live_groups_no_file_mentions_do_not_dilute_the_share(scene: Any) -> None:
    scene.live("others", [f"other{number}" for number in range(400)])
    scene.live("devs", PEOPLE).declare("devs", members=PEOPLE[11:])
    assert [finding.rule for finding in scene.judge()] == [RULE]


def test_one_group_that_loses_more_than_half_blocks_beside_a_large_account(scene: Any) -> None:
    everyone = [f"other{number}" for number in range(400)]
    scene.live("all", everyone).declare("all", everyone)
    scene.live("devs", PEOPLE[:20]).declare("devs", PEOPLE[:9])
    (finding,) = scene.judge()
    assert finding.message == "devs loses 11 of its 20 members, more than half"
    assert finding.positions == (scene.declared[1].members_position,)


def test_one_group_that_loses_just_half_passes(scene: Any) -> None:
    everyone = [f"other{number}" for number in range(400)]
    scene.live("all", everyone).declare("all", everyone)
    scene.live("devs", PEOPLE[:20]).declare("devs", PEOPLE[:10])
    assert scene.judge() == ()


@pytest.mark.parametrize(("percent", "floor", "blocks"), [(0, 1, True), (100, 1, False), (25, 2, False)])
def test_the_limits_are_settings(scene: Any, percent: int, floor: int, blocks: bool) -> None:
    scene.rails["max_removals"] = {"percent": percent, "floor": floor}
    scene.live("devs", PEOPLE[:3]).declare("devs", PEOPLE[1:3])
    assert bool(scene.judge()) is blocks


def test_one_group_that_is_deleted_loses_more_than_half_beside_a_large_account(scene: Any) -> None:
    everyone = [f"other{number}" for number in range(400)]
    scene.live("all", everyone).declare("all", everyone)
    scene.live("devs", PEOPLE[:20]).remove("devs")
    (finding,) = scene.judge()
    assert finding.message == "devs loses 20 of its 20 members, more than half"
    assert finding.positions == (scene.removed[0].position,)


def test_what_people_who_join_hold_directly_counts_among_what_there_is(scene: Any) -> None:
    leave, stay, join = PEOPLE[:10], PEOPLE[10:20], PEOPLE[20:]
    for user in join:
        scene.holds(user, "aws:X")
    scene.live("devs", [*leave, *stay]).declare("devs", [*stay, *join])
    assert scene.judge() == ()
    scene.declared.clear()
    (finding,) = scene.declare("devs", [*stay, *join[1:]]).judge()
    assert finding.message.startswith("takes 10 of 39 facts away (25%)")


@pytest.mark.parametrize(
    ("members", "policies", "unread"),
    [(None, [], "members"), ([], None, "policies"), (None, None, "members and policies")],
)
def test_deleting_a_group_whose_contents_are_unknown_blocks(
    scene: Any, members: Any, policies: Any, unread: str
) -> None:
    scene.settings = replace(scene.settings, path="/team/", undeclared_groups="delete")
    (finding,) = scene.live("old", members, policies, path="/team/").judge()
    assert (finding.rule, finding.blocking, finding.subjects) == (RULE, True, ("group/old",))
    assert finding.message == (f"cannot tell what deleting old takes away: its {unread} could not be read")


ALLOW = {"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}


def test_inline_policies_count_like_attachments(scene: Any) -> None:
    scene.settings = replace(scene.settings, inline_policies="delete")
    for user in PEOPLE[:12]:
        scene.live(f"g-{user}", [user], inline={"work": ALLOW}).declare(f"g-{user}", [user])
    (finding,) = scene.judge()
    assert finding.message.startswith("takes 12 of 24 facts away (50%): 12 inline policies")


def test_an_inline_policy_whose_grants_every_member_keeps_does_not_count(scene: Any) -> None:
    scene.settings = replace(scene.settings, inline_policies="delete")
    scene.own("work", ALLOW, before=ALLOW)
    for user in PEOPLE[:12]:
        scene.live(f"g-{user}", [user], inline={"work": ALLOW})
        scene.declare(f"g-{user}", [user], ["local:work"])
    assert scene.judge() == ()
    for user in PEOPLE[:12]:
        scene.live(f"g-{user}", [], inline={"work": ALLOW})
    assert scene.judge() == ()
