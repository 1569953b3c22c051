"""Any plan under any faults: what is promised holds, and the next apply finishes what this one left."""

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from iamgroups.applying import Stop
from iamgroups.planning.plan import Plan
from iamgroups.results.applied import Applied
from iamgroups.state import Attachment, Call, Direct, Fact, GroupFact, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.failure import Failure
from tests.applying.account import Account, Fault, key
from tests.applying.kinds import NEW, OLD, OWN
from tests.applying.virtual import Bench, a_plan
from tests.journals import read_journal

ARNS = ("arn:aws:iam::aws:policy/P", OWN)
TRANSIENT = (
    Fault(Failure.THROTTLED),
    Fault(Failure.BUSY),
    Fault(Failure.UNANSWERED),
    Fault(Failure.UNANSWERED, True),
)
FINAL = (Fault(Failure.REFUSED), Fault(Failure.EXPIRED))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Account, Plan]:
    """An account, and changes that turn it into another one, in some order their needs allow."""
    groups = draw(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(("create", "keep", "delete")), min_size=1)
    )
    some = st.sampled_from(("", "create", "delete"))
    policy = draw(st.sampled_from(("create", "update", "keep")))
    account = Account(
        groups={group: "/" for group, group_action in groups.items() if group_action != "create"},
        policies={} if policy == "create" else {OWN: [OLD]},
    )
    changes = [
        Change(group_action, GroupFact(group, "/"))
        for group, group_action in groups.items()
        if group_action != "keep"
    ]
    if policy != "keep":
        own = PolicyFact("own", "/", OWN, NEW)
        before = replace(own, document=OLD) if policy == "update" else None
        changes.append(Change(policy, own, before=before))
    for group, group_action in groups.items():
        facts: list[Fact] = [
            *(Membership(group, user) for user in "uv"),
            *(Attachment(group, arn) for arn in ARNS),
        ]
        for fact in [*facts, InlineGroup(group, "i")]:
            action = draw(some)
            if action == "create" and group_action != "delete" and not isinstance(fact, InlineGroup):
                changes.append(Change("create", fact, needs=_needs(fact, groups, policy)))
            elif (
                action == "delete"
                and group_action != "create"
                and (policy, fact) != ("create", Attachment(group, OWN))
            ):
                changes.append(Change("delete", fact))
                account.facts.add(fact)
    for user in draw(st.sets(st.sampled_from("uvw"))):
        changes.append(Change("delete", Direct(user, ARNS[0])))
        account.facts.add(Direct(user, ARNS[0]))
    emptied = [
        replace(change, needs=tuple(other.address for other in changes if _empties(other, change.fact.name)))
        if isinstance(change.fact, GroupFact) and change.action == "delete"
        else change
        for change in changes
    ]
    return account, a_plan(*_in_schedule(emptied, draw(st.randoms(use_true_random=False))))


def _needs(fact: Fact, groups: dict[str, str], policy: str) -> tuple[str, ...]:
    group = (f"group/{fact.group}",) if groups[fact.group] == "create" else ()  # type: ignore[union-attr]
    own = isinstance(fact, Attachment) and fact.arn == OWN and policy == "create"
    return (*group, "policy/own") if own else group


def _empties(change: Change, group: str) -> bool:
    return change.action == "delete" and getattr(change.fact, "group", None) == group


def _in_schedule(changes: list[Change], random: Random) -> list[Change]:
    """Shuffle, with some more needs, so that each comes after what it needs."""
    left, ordered, there = random.sample(changes, len(changes)), [], set[str]()
    while left:
        change = next(change for change in left if there.issuperset(change.needs))
        left.remove(change)
        more = random.sample(sorted(there), min(len(there), random.choice((0, 0, 0, 1, 2))))
        ordered.append(replace(change, needs=(*change.needs, *more)))
        there.add(change.address)
    return ordered


class Trouble:
    """Faults from a seed: some that pass, some that do not; what is new may show late."""

    def __init__(self, random: Random, share: float, final: float) -> None:
        self._random = random
        self._share = share
        self._final = final
        self._made: dict[str, int] = {}

    def __call__(self, call: Call, _before: int) -> Fault | None:
        named = str(call.params.get("GroupName"))
        if call.operation == "CreateGroup":
            self._made[named] = self._random.choice((0, 0, 3))
        elif self._made.get(named, 0):
            self._made[named] -= 1
            return Fault(Failure.ABSENT)
        if self._random.random() < self._final:
            return self._random.choice(FINAL)
        return self._random.choice(TRANSIENT) if self._random.random() < self._share else None


def in_place(account: Account, change: Change) -> bool:
    return account.holds(change.fact) == (change.action != "delete")


@settings(max_examples=300, deadline=None)
@given(
    case=cases(),
    random=st.randoms(use_true_random=False),
    share=st.sampled_from((0.0, 0.2, 0.5)),
    final=st.sampled_from((0.0, 0.05)),
    threads=st.integers(1, 6),
    stop_at=st.none() | st.integers(1, 20),
    retry_for=st.sampled_from((0.0, 5.0, 120.0)),
)
def test_any_plan_under_any_faults_keeps_the_promises(  # noqa: PLR0917  hypothesis passes by keyword
    case: tuple[Account, Plan],
    random: Random,
    share: float,
    final: float,
    threads: int,
    stop_at: int | None,
    retry_for: float,
) -> None:
    account, plan = case
    stop, by_call = Stop(), {key(change.call): change for change in plan.changes}
    trouble = Trouble(random, share, final)
    sent_at_stop: list[int] = []

    def script(call: Call, before: int) -> Fault | None:
        assert not stop.reason, "sent after the stop"
        for need in by_call[key(call)].needs:
            assert in_place(account, plan.by_address[need]), f"{call} before {need}"
        return trouble(call, before)

    def watch(tasks: list) -> None:  # type: ignore[type-arg]
        keys = [plan.changes[task.index].lock_key for task in tasks]
        held = [held for held in keys if held]
        assert len(held) == len(set(held)), "two writes on one lock key"
        assert len(tasks) <= threads
        if stop_at is not None and len(account.seen) >= stop_at and not stop.reason:
            stop.request("signal")
            sent_at_stop.append(len(account.seen) + len(account.looks))

    account.script = script
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        result = bench.run(
            plan,
            account,
            threads=threads,
            stop=stop,
            watch=watch,
            retry_for=retry_for,
            latency=lambda _: random.choice((0.01, 0.03, 8.0)),
        )
        assert sent_at_stop in ([], [len(account.seen) + len(account.looks)])
        judge_outcomes(result, account)
        judge_journal(bench.journal_path, result, account)
        finish(bench, result, account)


def judge_outcomes(result: Applied, account: Account) -> None:
    answered = {key(seen.call) for seen in account.seen}
    by_address = dict(zip(result.plan.by_address, result.outcomes, strict=True))
    for change, outcome in zip(result.plan.changes, result.outcomes, strict=True):
        sent = key(change.call) in answered
        match outcome.status:
            case "done" | "already":
                assert sent
                assert in_place(account, change)
            case "failed":
                assert sent
                assert outcome.code
                assert result.stopped or not in_place(account, change)
            case "skipped":
                assert not sent
                assert by_address[outcome.because].status in ("failed", "unknown")
            case "unknown":
                assert sent
            case "not_started":
                assert not sent
                assert result.stopped
    assert result.sent == len(account.seen)
    done = all(outcome.status in ("done", "already") for outcome in result.outcomes)
    assert result.exit_code == (130 if result.stopped == "signal" else 0 if done else 5)


def judge_journal(path: Path, result: Applied, account: Account) -> None:
    """The journal tells of every write the server saw, in its order, with the answer it gave."""
    told, saw = defaultdict(list), defaultdict(list)
    records = read_journal(path)
    for record in records:
        if record["event"] == "answer" and record["answer"] != "not sent":
            told[record["address"]].append(record["answer"])
    for seen in account.seen:
        change = next(change for change in result.plan.changes if change.call == seen.call)
        saw[change.address].append(seen.answer)
    for address, answers in saw.items():
        heard = told[address]
        assert heard == answers[: len(heard)]
        assert len(answers) - len(heard) <= (1 if result.stopped else 0)
    assert told.keys() <= saw.keys()
    settled = {record["address"]: record["status"] for record in records if record["event"] == "settled"}
    assert settled == {
        change.address: outcome.status
        for change, outcome in zip(result.plan.changes, result.outcomes, strict=True)
        if outcome.status != "not_started"
    }
    assert json.loads(path.read_text().splitlines()[-1])["counts"] == dict(result.counts)


def finish(bench: Bench, result: Applied, account: Account) -> None:
    """A next plan holds what is left; with no more faults it completes."""
    account.script = lambda _call, _before: None
    left = [change for change in result.plan.changes if not in_place(account, change)]
    addresses = {change.address for change in left}
    again = a_plan(
        *(replace(change, needs=tuple(need for need in change.needs if need in addresses)) for change in left)
    )
    assert bench.run(again, account).complete
    assert all(in_place(account, change) for change in result.plan.changes)
    assert len(account.policies.get(OWN, ())) <= 2, "a policy version was made twice"
