"""The same loop with real threads."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from iamgroups.applying import Journal, Stop, apply
from iamgroups.applying.workers import Task, Unsent, Workers
from iamgroups.planning.plan import Plan
from iamgroups.state import Attachment, Call, Fact, GroupFact, Membership
from iamgroups.state.change import Change
from iamgroups.state.failure import Failure
from tests.applying.account import Account, Fault
from tests.applying.virtual import IDENTITY, a_plan
from tests.journals import read_journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.jsonl", IDENTITY.id, "d" * 64)


def a_big_plan(groups: int, members: int) -> Plan:
    made = [Change("create", GroupFact(f"g{i}", "/")) for i in range(groups)]
    filled = [
        Change("create", Membership(f"g{i}", f"u{j}"), needs=(f"group/g{i}",))
        for i in range(groups)
        for j in range(members)
    ]
    return a_plan(*made, *filled)


def test_threads_carry_out_a_whole_plan(journal: Journal) -> None:
    plan, account = a_big_plan(10, 50), Account()
    account.script = lambda call, before: (
        Fault(Failure.BUSY) if before == 0 and call.params.get("UserName") == "u7" else None
    )
    result = apply(plan, account, journal=journal, stop=Stop())
    assert (result.complete, result.exit_code, result.sent) == (True, 0, len(account.seen))
    assert account.facts == {change.fact for change in plan.changes[10:]}


class Gate:
    """A iam whose calls all wait until `most` of them are under way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way = 0
        self._changed = threading.Condition()
        self.seen = 0

    def send(self, call: Call) -> Mapping[str, Any]:
        with self._changed:
            self.seen = max(self.seen, self._under_way + 1)
            self._under_way += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.seen >= self._most, timeout=5)
            self._under_way -= 1
        return {}

    def shows(self, fact: Fact) -> bool:
        raise AssertionError(fact)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_as_many_calls_as_allowed_are_under_way_at_once(journal: Journal, concurrency: int) -> None:
    plan = a_plan(*(Change("create", Membership("g", f"u{i}")) for i in range(40)))
    gate = Gate(concurrency)
    assert apply(plan, gate, journal=journal, stop=Stop(), concurrency=concurrency).complete
    assert gate.seen == concurrency


class Broken(Account):
    def send(self, call: Call) -> Mapping[str, Any]:
        raise ZeroDivisionError


def test_a_defect_in_the_port_is_not_swallowed(journal: Journal) -> None:
    plan = a_plan(Change("create", Attachment("g", "arn:aws:iam::aws:policy/P")))
    with pytest.raises(ZeroDivisionError):
        apply(plan, Broken(), journal=journal, stop=Stop())


def test_a_stop_from_another_thread_ends_the_run(journal: Journal) -> None:
    stop, account = Stop(), Account(groups={"g": "/"})
    account.script = lambda _call, _before: threading.Thread(target=stop.request, args=("signal",)).start()
    plan = a_plan(*(Change("create", Membership("g", f"u{i}")) for i in range(1000)))
    result = apply(plan, account, journal=journal, stop=stop)
    assert (result.stopped, result.exit_code) == ("signal", 130)
    assert result.counts["done"] == len(account.seen) < 1000
    assert read_journal(journal.path)[-1]["counts"] == dict(result.counts)


def test_what_is_queued_at_a_stop_is_not_sent() -> None:
    stop, gate, seen = Stop(), threading.Event(), []

    class Slow(Account):
        def send(self, call: Call) -> Mapping[str, Any]:
            seen.append(call)
            gate.wait(5)
            return {}

    workers = Workers(Slow(), 1, stop)
    first, second = (Change("create", Membership("g", user)) for user in "uv")
    workers.start(Task(0, first.fact, first.call))
    workers.start(Task(1, second.fact, second.call))
    while not seen:
        time.sleep(0.001)
    stop.request("signal")
    gate.set()
    answers = {ended.task.index: ended.answer for _ in range(2) for ended in workers.ended(5.0)}
    workers.close()
    assert (answers, seen) == ({0: {}, 1: Unsent()}, [first.call])


def test_what_is_queued_when_the_lock_is_lost_is_not_sent() -> None:
    stop, account = Stop(), Account(groups={"g": "/"})
    stop.lost = lambda: bool(account.seen)
    workers = Workers(account, 1, stop)
    for index in range(3):
        change = Change("create", Membership("g", f"u{index}"))
        workers.start(Task(index, change.fact, change.call))
    answers: dict[int, object] = {}
    while len(answers) < 3:
        answers |= {ended.task.index: ended.answer for ended in workers.ended(5.0)}
    workers.close()
    assert (answers[1], answers[2], len(account.seen)) == (Unsent(), Unsent(), 1)
    assert stop.reason == "lock"


def test_no_thread_keeps_the_process_from_ending() -> None:
    before = set(threading.enumerate())
    workers = Workers(Account(), 2, Stop())
    assert [thread.daemon for thread in set(threading.enumerate()) - before] == [True, True]
    workers.close()


def test_an_empty_plan_sends_nothing(journal: Journal) -> None:
    result = apply(a_plan(), Account(), journal=journal, stop=Stop())
    assert (result.exit_code, result.sent, result.outcomes) == (0, 0, ())
