"""Somebody agrees to a plan: what they agreed to is what is run, however long they thought."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from iamgroups.cli import account, apply, output
from iamgroups.cli.options import Options
from iamgroups.errors import BlockedError
from iamgroups.results.review import Review
from iamgroups.state import Membership
from iamgroups.state.change import Change
from iamgroups.workflow.apply import ApplyLimits
from tests.render.samples import mixed

OTHER = (Change("create", Membership("devs", "mallory")),)


def ready(changes: tuple[Change, ...] | None = None) -> Review:
    review = mixed(changes)
    return replace(review, findings=())


def agreed(
    monkeypatch: pytest.MonkeyPatch, plans: list[Review], answers: list[str], minutes: list[float]
) -> tuple[Review | None, int]:
    """Return what was agreed to and how often the account was read; each answer takes so many minutes."""
    clock, told, made = [0.0], iter(zip(answers, minutes, strict=True)), 0

    def answer() -> str:
        text, took = next(told)
        clock[0] += took * 60
        return text

    def make() -> Review:
        nonlocal made
        made += 1
        return plans[made - 1]

    monkeypatch.setattr(output, "answer", answer)
    monkeypatch.setattr(apply.time, "monotonic", lambda: clock[0])
    asked = apply.Asked(config=None, make=make, limits=ApplyLimits(), ask=True)  # type: ignore[arg-type]
    return apply._agreed(make, asked, Options(), account.Status(quiet=True)), made


@pytest.fixture(autouse=True)
def _quiet(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    capsys.readouterr()


def test_a_quick_yes_needs_no_second_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = ready()
    assert agreed(monkeypatch, [plan], ["yes"], [0.5]) == (plan, 1)


def test_after_a_slow_yes_the_account_is_read_again_and_the_same_plan_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert agreed(monkeypatch, [ready(), ready()], ["yes"], [2]) == (ready(), 2)


def test_another_plan_after_a_slow_yes_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert agreed(monkeypatch, [ready(), ready(OTHER)], ["yes", "no"], [2, 0]) == (None, 2)
    assert agreed(monkeypatch, [ready(), ready(OTHER)], ["yes", "yes"], [2, 0]) == (ready(OTHER), 2)


def test_a_user_made_again_meanwhile_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ready()
    plan = replace(first.plan, ids={**first.plan.ids, "user/alice": "AIDAANOTHER"})
    again = replace(first, plan=plan)
    assert agreed(monkeypatch, [first, again], ["yes", "no"], [2, 0]) == (None, 2)


def test_what_a_guardrail_blocks_by_now_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BlockedError):
        agreed(monkeypatch, [ready(), mixed()], ["yes"], [2])


def test_a_blocked_plan_is_never_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BlockedError, match="--allow max_removals"):
        agreed(monkeypatch, [mixed()], [], [])
