"""A saved plan that does not fit any more: what moved is said so that a reader sees the difference."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from iamgroups.errors import PreconditionError, UsageError
from iamgroups.planning.plan import Plan
from iamgroups.results import planfile
from iamgroups.results.review import Review
from iamgroups.state import GroupFact, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.workflow.saved import check_saved, chosen, save
from tests.accounts import config, live
from tests.render.samples import ACCOUNT, CREATED

KIM = Membership("engineers", "kim")
TOOL = PolicyFact("tool", "/", "arn:aws:iam::123456789012:policy/tool", "{}")


def plan(*changes: Change) -> Plan:
    return Plan(ACCOUNT, "d" * 64, changes)


def moved(saved: Change, *fresh: Change) -> str:
    with pytest.raises(PreconditionError) as refused:
        chosen(plan(saved), plan(*fresh), config(), live())
    return str(refused.value).splitlines()[1].strip()


@pytest.mark.parametrize(
    ("saved", "fresh", "said"),
    [
        (
            Change("create", KIM),
            Change("create", KIM, group_now="devs"),
            "+ member kim (membership/engineers/kim) would now be sent with GroupName devs, not engineers",
        ),
        (
            Change("create", KIM),
            Change("delete", KIM),
            "+ member kim (membership/engineers/kim) is now - member kim",
        ),
        (
            Change("create", TOOL),
            Change("create", replace(TOOL, path="/x/", document="[]", description="new")),
            "+ policy document tool (policy/tool) would now be sent with another Description, with Path /x/, "
            "not /, with another PolicyDocument",
        ),
        (
            Change("update", GroupFact("a", "/x/"), before=GroupFact("b", "/")),
            Change("update", GroupFact("a", "/x/"), before=GroupFact("b", "/x/")),
            "~ group a (group/a) would now be sent without NewPath",
        ),
    ],
)
def test_another_change_at_the_same_address_says_what_differs(
    saved: Change, fresh: Change, said: str
) -> None:
    assert moved(saved, fresh) == said


def test_a_change_that_is_not_wanted_any_more_is_named() -> None:
    assert moved(Change("create", KIM)) == "+ member kim (membership/engineers/kim) is no longer to be done"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=0.8), "less than a minute"),
        (timedelta(seconds=61), "1 minute"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=30, minutes=30), "30.5 h"),
    ],
)
def test_an_age_is_told_in_a_unit_that_fits_it(age: timedelta, said: str) -> None:
    wanted = config()
    saved = Review(Plan(ACCOUNT, wanted.digest), CREATED)
    with pytest.raises(PreconditionError, match=f"was saved {said} ago, and --max-age is 0 h"):
        check_saved(saved, wanted, CREATED + age, timedelta())


def test_clocks_may_differ_by_five_minutes_and_no_more() -> None:
    wanted = config()
    saved = Review(Plan(ACCOUNT, wanted.digest), CREATED)
    check_saved(saved, wanted, CREATED - timedelta(minutes=5), timedelta(hours=1))
    with pytest.raises(PreconditionError, match="saved at 2026-11-23 12:00 UTC, which is in the future"):
        check_saved(saved, wanted, CREATED - timedelta(minutes=5, seconds=1), timedelta(hours=1))


def test_a_plan_that_apply_would_not_read_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planfile, "MAX_BYTES", 100)
    with pytest.raises(UsageError, match="--no-access"):
        save(Review(plan(Change("create", KIM)), created=CREATED), str(tmp_path / "big.plan"))
    assert not list(tmp_path.iterdir())
