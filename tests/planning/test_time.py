"""Time: at each instant a plan wants the memberships and attachments whose time it is, and no others."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iamgroups.planning.drift import drift
from iamgroups.planning.make import make_plan
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_part
from iamgroups.state.config import Accepted, Config, GroupDecl, Member, PolicyRef
from iamgroups.state.live import LiveState
from iamgroups.state.term import FOREVER, Time, begin_of, end_of, parse, told
from tests.accounts import TODAY, at, config, group, live

POLICY = "aws:P"
HOUR = timedelta(hours=1)
# A leap day, both changes of European summer time and a turn of the year lie within four days of these.
EVES = [
    datetime(2028, 2, 28, tzinfo=UTC),
    datetime(2026, 3, 28, tzinfo=UTC),
    datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2026, 12, 30, tzinfo=UTC),
]
INSTANTS = st.builds(
    lambda eve, minutes: eve + timedelta(minutes=minutes), st.sampled_from(EVES), st.integers(0, 4 * 24 * 60)
)
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
MOMENTS = st.builds(lambda instant, offset: instant.astimezone(offset), INSTANTS, OFFSETS)
TIMES: st.SearchStrategy[Time | None] = st.none() | INSTANTS.map(datetime.date) | MOMENTS


def is_time(starts: Time | None, expires: Time | None, now: datetime) -> bool:
    """Say it again in other words: a day is the calendar's day of the instant, in UTC."""

    def begun(when: Time) -> bool:
        return when <= now if isinstance(when, datetime) else when <= now.date()

    def over(when: Time) -> bool:
        return when <= now if isinstance(when, datetime) else when < now.date()

    return (starts is None or begun(starts)) and (expires is None or not over(expires))


def account(held: bool) -> LiveState:
    return live({"g": (["ann"] if held else [], [POLICY] if held else [])}, users=["ann"], policies=[POLICY])


def declared(*terms: tuple[Time | None, Time | None], **more: Any) -> Config:
    """Declare ann and a policy once for each term."""
    members = tuple(Member("ann", at(7), expires=ends, starts=starts) for starts, ends in terms)
    policies = tuple(PolicyRef(POLICY, at(8), starts=starts, expires=ends) for starts, ends in terms)
    return config(GroupDecl("g", at(6), members=members, policies=policies, **more))


def lines(plan: Plan) -> list[str]:
    assert not plan.problems and not plan.to_read
    return sorted(f"{change.symbol} {change.address}" for change in plan.changes)


BOTH = ["attachment/g/aws:P", "membership/g/ann"]
SUMMER = datetime(2026, 3, 29, 2, tzinfo=timezone(HOUR))


@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=3), INSTANTS, st.booleans())
@example([(None, date(2028, 2, 29))], datetime(2028, 2, 29, 23, 59, tzinfo=UTC), True)
@example([(None, date(2028, 2, 29))], datetime(2028, 3, 1, tzinfo=UTC), True)
@example([(SUMMER, None)], datetime(2026, 3, 29, 0, 59, tzinfo=UTC), False)
@example([(SUMMER, None)], datetime(2026, 3, 29, 1, tzinfo=UTC), False)
def test_a_plan_wants_exactly_what_it_is_time_for(
    terms: list[tuple[Time | None, Time | None]], now: datetime, held: bool
) -> None:
    wanted = any(is_time(*term, now) for term in terms)
    plan = make_plan(declared(*terms), account(held), now)
    symbol = "" if wanted == held else "+ " if wanted else "- "
    assert lines(plan) == ([f"{symbol}{address}" for address in BOTH] if symbol else [])


@given(st.tuples(TIMES, TIMES), INSTANTS, st.booleans(), st.integers(0, 72))
def test_what_is_due_is_applied_and_within_its_grace_no_drift(
    term: tuple[Time | None, Time | None], now: datetime, held: bool, hours: int
) -> None:
    state, wanted = account(held), declared(term)
    plan, grace = make_plan(wanted, state, now), timedelta(hours=hours)
    due = {change.address: change.due for change in plan.changes if change.due}
    if plan.changes and plan.changes[0].action == "create":
        begins = {address: begin_of(term[0]) for address in BOTH} if term[0] else {}
        assert due == begins
    elif plan.changes:
        over = term[1] is not None and end_of(term[1]) <= now and not (term[0] and begin_of(term[0]) > now)
        assert due == ({address: end_of(term[1]) for address in BOTH} if over else {})
    assert {change.address for change in select_part(plan, wanted, state, time="due").changes} >= due.keys()
    ends = {change.address for change in plan.changes if change.action == "delete" and change.due}
    assert {change.address for change in select_part(plan, wanted, state, time="expired").changes} == ends
    counted = {one.address for one in drift(plan, wanted, state, now, grace=grace).differences}
    assert counted == {c.address for c in plan.changes if not c.due or now - c.due >= grace}
    entries = tuple(Accepted(change.address, at(90), "known") for change in plan.changes)
    assert drift(plan, replace(wanted, accepted=entries), state, now, grace=grace).remarks == ()


def test_an_additive_group_ends_what_is_over_and_keeps_what_has_not_begun() -> None:
    over, ahead = (None, TODAY - timedelta(days=1)), (TODAY + timedelta(days=1), None)
    additive: dict[str, Any] = {"membership": "additive", "attachments": "additive"}
    assert lines(make_plan(declared(over, **additive), account(True), TODAY)) == [f"- {one}" for one in BOTH]
    assert lines(make_plan(declared(ahead, **additive), account(True), TODAY)) == []


def test_what_has_not_begun_is_pending_even_where_nobody_and_nothing_has_the_name() -> None:
    ahead = TODAY + timedelta(days=30)
    wanted = config(
        GroupDecl(
            "g",
            at(6),
            members=(Member("zed", at(7), starts=ahead),),
            policies=(PolicyRef("aws:Nope", at(8), starts=ahead),),
        )
    )
    plan = make_plan(wanted, account(False), TODAY)
    assert lines(plan) == []
    assert sorted(note.message for note in plan.notes if note.code == "pending") == [
        f"g gets aws:Nope on {ahead}",
        f"zed joins g on {ahead}",
    ]
    assert drift(plan, wanted, account(False), TODAY).exit_code == 0


def test_what_ends_within_fourteen_days_is_listed_for_policies_too() -> None:
    soon = datetime(2026, 12, 1, 18, tzinfo=UTC)
    plan = make_plan(declared((None, soon)), account(True), TODAY)
    told_of = sorted(note.message for note in plan.notes if note.code == "ends-soon")
    assert told_of == ["ann leaves g after 2026-12-01T18:00Z", "g loses aws:P after 2026-12-01T18:00Z"]


@pytest.mark.parametrize("timed", ["member", "policy"])
def test_only_what_lasts_covers_a_direct_policy(timed: str) -> None:
    state = replace(live({"g": (["ann"], [POLICY])}, {"ann": [POLICY]}, policies=[POLICY]))
    end = TODAY + timedelta(days=90)
    member = Member("ann", at(7), expires=end if timed == "member" else None)
    ref = PolicyRef(POLICY, at(8), expires=end if timed == "policy" else None)
    wanted = config(replace(group("g"), members=(member,), policies=(ref,)))
    plan = make_plan(wanted, state, TODAY)
    assert lines(plan) == []
    (note,) = [note for note in plan.notes if note.code == "covered-for-now"]
    assert f"covered for now by group/g until {end}" in note.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31T18:00Z", "2026-12-31T18:00Z"),
        ("2026-12-31T18:00+01:00", "2026-12-31T17:00Z"),
        ("2026-12-31T23:30:15-05:00", "2027-01-01T04:30:15Z"),
    ],
)
def test_a_moment_is_told_in_utc(text: str, words: str) -> None:
    assert told(parse(text)) == words


@pytest.mark.parametrize("text", ["2026-02-29", "2026-12-31T25:00Z", "0001-01-01T00:00+14:00"])
def test_what_the_calendar_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse(text)


def test_the_last_day_of_the_calendar_has_no_end() -> None:
    assert end_of(date.max) == FOREVER == end_of(None)
