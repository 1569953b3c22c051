import threading
from collections.abc import Iterator

import pytest

from iamgroups.applying import Stop, prove, unproven
from iamgroups.errors import UnreachableError
from iamgroups.results.applied import Applied, Outcome, OutcomeStatus
from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from iamgroups.state.live import LiveGroup, LivePolicy, LiveState, LiveUser
from tests.applying.kinds import AWS, NEW, OWN
from tests.applying.virtual import IDENTITY, a_plan

MEANS_NEW = {"Statement": [{}], "Version": "2012-10-17"}


def live(*groups: LiveGroup, user: LiveUser | None = None, policy: LivePolicy | None = None) -> LiveState:
    return LiveState(
        IDENTITY,
        {group.name.lower(): group for group in groups},
        {user.name: user} if user else {},
        {policy.arn: policy} if policy else {},
        local_listed=True,
    )


def group(name: str = "g", path: str = "/", **held: object) -> LiveGroup:
    return LiveGroup(name, path, "AGPA", f"arn:aws:iam::123456789012:group{path}{name}", **held)  # type: ignore[arg-type]


def user(**held: object) -> LiveUser:
    return LiveUser("u", "/", "AIDA", "arn:aws:iam::123456789012:user/u", **held)  # type: ignore[arg-type]


FULL = live(
    group(policies=frozenset({AWS}), members=frozenset({"u"}), inline={"i": {}}),
    user=user(policies=frozenset({AWS})),
    policy=LivePolicy(OWN, document=MEANS_NEW, versions=("v2", "v1")),
)
BARE = live(group(), user=user())
NOTHING = live()
UNKNOWN = LiveState(
    IDENTITY,
    {"g": group(policies=None, members=None, inline=None)},
    {"u": user(policies=None)},
    {OWN: LivePolicy(OWN)},
)
FACTS = [
    GroupFact("g", "/"),
    Attachment("g", AWS),
    Membership("g", "u"),
    InlineGroup("g", "i"),
    Direct("u", AWS),
    PolicyFact("own", "/", OWN, NEW),
    PolicyVersionFact("own", OWN, "v1"),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.address)
def test_what_was_made_is_proven_by_showing_and_what_was_ended_by_not(fact: GroupFact) -> None:
    made, ended = Change("create", fact), Change("delete", fact)
    assert unproven([made], FULL) == ()
    assert unproven([ended], FULL) == (ended,)
    for without in (NOTHING, BARE):
        is_the_group = isinstance(fact, GroupFact) and without is BARE
        assert unproven([ended], without) == ((ended,) if is_the_group else ())
        assert unproven([made], without) == (() if is_the_group else (made,))


@pytest.mark.parametrize("fact", FACTS[1:-1], ids=lambda fact: fact.address)
def test_what_cannot_be_read_proves_nothing(fact: Membership) -> None:
    made, ended = Change("create", fact), Change("delete", fact)
    assert unproven([made], UNKNOWN) == (made,)
    if not isinstance(fact, PolicyFact):
        assert unproven([ended], UNKNOWN) == (ended,)


def test_a_version_that_went_needs_no_listing() -> None:
    assert unproven([Change("delete", FACTS[-1])], UNKNOWN) == ()


def test_a_policy_of_which_nothing_was_listed_proves_nothing() -> None:
    state = LiveState(IDENTITY, {}, {})
    change = Change("delete", PolicyFact("own", "/", OWN, NEW))
    assert unproven([change], state) == (change,)


def test_a_group_at_another_path_or_with_another_spelling_is_not_proven() -> None:
    change = Change("update", GroupFact("g", "/a/"), before=GroupFact("g", "/"))
    assert unproven([change], live(group(path="/a/"))) == ()
    assert unproven([change], live(group())) == (change,)
    assert unproven([change], live(group("G", "/a/"))) == (change,)


def test_a_change_shows_under_either_name_of_its_group() -> None:
    change = Change("create", Membership("new", "u"), group_now="g")
    member = frozenset({"u"})
    assert unproven([change], live(group("g", members=member))) == ()
    assert unproven([change], live(group("new", members=member))) == ()
    assert unproven([change], live(group("new"))) == (change,)


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


MADE = (Change("create", Membership("g", "u")), Change("create", Attachment("g", AWS)))


def an_apply(*statuses: OutcomeStatus) -> Applied:
    changes = MADE[: len(statuses)]
    outcomes = tuple(Outcome(change, status) for change, status in zip(changes, statuses, strict=True))
    return Applied(a_plan(*changes), outcomes, sent=len(outcomes))


def shown(result: Applied) -> list[bool | None]:
    return [outcome.shows for outcome in result.outcomes]


def test_one_reading_is_enough_when_all_shows() -> None:
    readings: Iterator[LiveState] = iter([FULL])
    result = prove(an_apply("done", "done"), lambda: next(readings), stop=Stop())
    assert (result.exit_code, shown(result), result.complete) == (0, [True, True], True)


def test_what_shows_late_is_read_again_with_longer_pauses() -> None:
    clock, at = Clock(), []

    def read() -> LiveState:
        at.append(round(clock.time))
        return BARE if clock.time < 6 else FULL

    result = prove(an_apply("done", "done"), read, stop=Stop(), now=clock.now, sleep=clock.sleep)
    assert (result.exit_code, at) == (0, [0, 1, 3, 7])


def test_what_never_shows_is_listed_after_a_while() -> None:
    clock = Clock()
    result = prove(
        an_apply("done", "done"), lambda: BARE, stop=Stop(), limit=20.0, now=clock.now, sleep=clock.sleep
    )
    assert (shown(result), result.exit_code, result.complete) == ([False, False], 5, False)
    assert [outcome.change for outcome in result.not_showing] == [*MADE]
    assert 20 <= clock.time < 21


def test_only_what_was_done_has_to_show() -> None:
    result = prove(an_apply("done", "failed"), lambda: FULL, stop=Stop())
    assert (shown(result), result.exit_code) == ([True, None], 5)


def test_nothing_done_needs_no_reading() -> None:
    def read() -> LiveState:
        raise UnreachableError("must not be read")

    result = prove(an_apply("failed", "skipped"), read, stop=Stop())
    assert (shown(result), result.unproved) == ([None, None], False)


def test_a_signal_ends_the_waiting() -> None:
    clock, stop = Clock(), Stop()

    def read() -> LiveState:
        stop.request("signal")
        return BARE

    result = prove(an_apply("done", "done"), read, stop=stop, now=clock.now, sleep=clock.sleep)
    assert (result.exit_code, result.unproved, clock.time) == (130, True, 0.0)


def test_a_signal_does_not_wait_for_a_reading_that_never_ends() -> None:
    stop, never = Stop(), threading.Event()

    def read() -> LiveState:
        stop.request("signal")
        never.wait(60)
        return FULL

    result = prove(an_apply("done", "done"), read, stop=stop)
    never.set()
    assert (result.exit_code, result.unproved) == (130, True)


def test_a_reading_that_fails_is_told() -> None:
    def read() -> LiveState:
        raise UnreachableError("nothing there")

    with pytest.raises(UnreachableError, match="nothing there"):
        prove(an_apply("done", "done"), read, stop=Stop())
