"""Section 8's table, row by row, for every kind of change."""

import pytest

from iamgroups.applying import Stop
from iamgroups.results.applied import Applied, Outcome, OutcomeStatus
from iamgroups.state import Attachment, Call, GroupFact, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.failure import Failure
from tests.applying.account import Account, Fault, Script
from tests.applying.kinds import AWS, KINDS, NEW, OLD, OWN, Kind
from tests.applying.virtual import Bench, a_plan
from tests.journals import read_journal


def once(fault: Fault) -> Script:
    return lambda _call, before: fault if before == 0 else None


def only(change: Change, fault: Fault) -> Script:
    return lambda call, _before: fault if call == change.call else None


def always(fault: Fault) -> Script:
    return lambda _call, _before: fault


def in_place(kind: Kind, account: Account) -> bool:
    if kind.change.address == "policy/own" and kind.change.action == "delete":
        return OWN not in account.policies
    return account.holds(kind.change.fact) == (kind.change.action != "delete")


def ended(result: Applied) -> list[OutcomeStatus]:
    return [outcome.status for outcome in result.outcomes]


every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@every_kind
def test_a_change_is_sent_once_when_nothing_goes_wrong(bench: Bench, kind: Kind) -> None:
    account = kind.account()
    result = bench.run(a_plan(kind.change), account)
    assert (ended(result), result.exit_code, result.sent) == (["done"], 0, 1)
    assert in_place(kind, account)
    assert [seen.call for seen in account.seen] == [kind.change.call]
    assert account.looks == []


@every_kind
@pytest.mark.parametrize("failure", [Failure.THROTTLED, Failure.BUSY])
def test_a_refusal_that_passes_is_tried_again(bench: Bench, kind: Kind, failure: Failure) -> None:
    account = kind.account()
    account.script = once(Fault(failure))
    result = bench.run(a_plan(kind.change), account)
    assert (ended(result), result.sent, in_place(kind, account)) == (["done"], 2, True)


@every_kind
@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_a_write_without_an_answer_ends_done_either_way(bench: Bench, kind: Kind, done: bool) -> None:
    account = kind.account()
    account.script = once(Fault(Failure.UNANSWERED, done))
    result = bench.run(a_plan(kind.change), account)
    assert (ended(result), result.exit_code, in_place(kind, account)) == (["done"], 0, True)
    assert sum(seen.done for seen in account.seen) in ((1,) if kind is KINDS["new version"] else (1, 2))


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_an_unanswered_policy_version_is_looked_for_before_it_is_sent_again(bench: Bench, done: bool) -> None:
    kind = KINDS["new version"]
    account = kind.account()
    account.script = once(Fault(Failure.UNANSWERED, done))
    result = bench.run(a_plan(kind.change), account)
    assert account.looks == [kind.change.fact]
    assert (account.policies[OWN], result.sent) == ([OLD, NEW], 1 if done else 2)


@every_kind
def test_a_refused_change_fails_and_what_waits_for_it_is_skipped(bench: Bench, kind: Kind) -> None:
    account = kind.account()
    account.groups["g2"] = account.groups["g3"] = "/"
    account.script = only(kind.change, Fault(Failure.REFUSED))
    waits = Change("create", Membership("g2", "u"), needs=(kind.change.address,))
    waits_too = Change("create", Membership("g2", "v"), needs=(waits.address,))
    other = Change("create", Membership("g3", "u"))
    result = bench.run(a_plan(kind.change, waits, waits_too, other), account)
    assert result.outcomes == (
        Outcome(kind.change, "failed", "AccessDenied", "as scripted"),
        Outcome(waits, "skipped", because=kind.change.address),
        Outcome(waits_too, "skipped", because=kind.change.address),
        Outcome(other, "done"),
    )
    assert (result.exit_code, account.facts >= {Membership("g3", "u")}) == (5, True)
    assert len(account.seen) == 2


@every_kind
def test_expired_credentials_stop_everything_at_once(bench: Bench, kind: Kind) -> None:
    account = kind.account()
    account.groups["g2"] = "/"
    account.script = only(kind.change, Fault(Failure.EXPIRED))
    waits = Change("create", Membership("g2", "u"), needs=(kind.change.address,))
    result = bench.run(a_plan(kind.change, waits, *members(40, "g2")), account, threads=5)
    assert (result.stopped, result.exit_code) == ("credentials", 5)
    assert result.outcomes[0] == Outcome(
        kind.change, "failed", "ExpiredToken", "as scripted; stopped before it was tried again"
    )
    assert result.outcomes[1] == Outcome(waits, "skipped", because=kind.change.address)
    assert set(ended(result)[2:]) == {"done", "not_started"}
    assert len(account.seen) <= 10  # what was under way or queued when the answer came


@every_kind
def test_what_iam_does_not_find_is_judged_by_reading_it_again(bench: Bench, kind: Kind) -> None:
    account = kind.account()
    account.script = once(Fault(Failure.ABSENT))
    result = bench.run(a_plan(kind.change), account)
    if kind.change.action == "delete":
        assert (ended(result), in_place(kind, account), result.sent) == (["done"], True, 2)
    else:
        assert (ended(result), result.outcomes[0].code) == (["failed"], "NoSuchEntity")


@pytest.mark.parametrize(
    "name", ["detach", "detach direct", "delete inline", "delete version", "delete group"]
)
def test_what_is_gone_already_needs_no_removing(bench: Bench, name: str) -> None:
    account = Account(groups={} if name == "delete group" else {"g": "/"})
    result = bench.run(a_plan(KINDS[name].change), account)
    assert (ended(result), result.exit_code, result.sent) == (["already"], 0, 1)


def test_a_group_renamed_by_somebody_else_needs_no_renaming(bench: Bench) -> None:
    account = Account(groups={"h": "/"})
    assert ended(bench.run(a_plan(KINDS["rename group"].change), account)) == ["already"]


@pytest.mark.parametrize("name", ["create group", "create policy", "rename group"])
def test_a_name_taken_by_somebody_else_is_a_failure(bench: Bench, name: str) -> None:
    account = Account(groups={"g": "/", "h": "/", "new": "/"}, policies={OWN: [NEW]})
    result = bench.run(a_plan(KINDS[name].change), account)
    assert (ended(result), result.outcomes[0].code) == (["failed"], "EntityAlreadyExists")


@every_kind
@pytest.mark.parametrize("failure", [Failure.THROTTLED, Failure.BUSY])
def test_trying_again_has_an_end(bench: Bench, kind: Kind, failure: Failure) -> None:
    account = kind.account()
    account.script = always(Fault(failure))
    result = bench.run(a_plan(kind.change), account, retry_for=30.0)
    assert (ended(result), result.exit_code, in_place(kind, account)) == (["failed"], 5, False)
    assert 30 <= bench.team.now() < 32
    assert f"tried {result.sent} times" in result.outcomes[0].message


@every_kind
@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_what_is_never_answered_is_looked_at_before_it_is_given_up(
    bench: Bench, kind: Kind, done: bool
) -> None:
    account = kind.account()
    account.script = always(Fault(Failure.UNANSWERED, done))
    result = bench.run(a_plan(kind.change), account, retry_for=30.0)
    assert (ended(result), account.looks[-1]) == (["done" if done else "failed"], kind.change.fact)


@every_kind
def test_what_is_never_answered_and_cannot_be_read_is_unknown(bench: Bench, kind: Kind) -> None:
    account = kind.account()
    account.script = always(Fault(Failure.UNANSWERED, True))
    account.look_script = lambda _fact, _before: Fault(Failure.REFUSED)
    result = bench.run(a_plan(kind.change), account, retry_for=30.0)
    assert (ended(result), result.exit_code) == (["unknown"], 5)
    assert (bench.reports[-1].finished, bench.reports[-1].failed) == (1, 1)


def test_a_last_look_without_an_answer_ends_as_unknown(bench: Bench) -> None:
    account = KINDS["attach"].account()
    account.script = always(Fault(Failure.UNANSWERED))
    account.look_script = lambda _fact, _before: Fault(Failure.UNANSWERED)
    result = bench.run(a_plan(KINDS["attach"].change), account, retry_for=30.0)
    assert (ended(result), len(account.looks)) == (["unknown"], 1)


def test_what_may_be_gone_is_looked_at_without_a_pause(bench: Bench) -> None:
    assert bench.run(a_plan(KINDS["detach"].change), Account(groups={"g": "/"})).complete
    assert bench.team.now() == pytest.approx(2 * 0.03)


def test_what_may_still_be_made_is_looked_for_after_a_pause(bench: Bench) -> None:
    account = KINDS["new version"].account()
    account.script = once(Fault(Failure.UNANSWERED, True))
    assert bench.run(a_plan(KINDS["new version"].change), account).complete
    assert (len(account.looks), bench.team.now() > 4 * 0.03) == (1, True)


def test_a_quota_that_a_lost_write_may_have_filled_is_no_refusal_yet(bench: Bench) -> None:
    """The write was done, the first reading is late, and sending it again meets the quota it filled."""
    kind = KINDS["new version"]
    account = kind.account()
    account.script = lambda _call, before: (
        Fault(Failure.UNANSWERED, True) if before == 0 else Fault(Failure.REFUSED, code="LimitExceeded")
    )
    account.late_looks = 2
    result = bench.run(a_plan(kind.change), account)
    assert (ended(result), account.policies[OWN]) == (["done"], [OLD, NEW])


@every_kind
def test_a_look_without_an_answer_is_tried_again(bench: Bench, kind: Kind) -> None:
    account = kind.account()
    account.script = lambda _call, before: (Fault(Failure.UNANSWERED, True), Fault(Failure.REFUSED))[before]
    account.look_script = lambda _fact, before: Fault(Failure.UNANSWERED) if before == 0 else None
    result = bench.run(a_plan(kind.change), account)
    assert (ended(result), len(account.looks)) == (["done"], 2)


def test_credentials_that_expire_while_looking_stop_everything(bench: Bench) -> None:
    account = Account(groups={"g": "/"}, look_script=lambda _fact, _before: Fault(Failure.EXPIRED))
    result = bench.run(a_plan(KINDS["detach"].change), account)
    assert (result.stopped, ended(result)) == ("credentials", ["failed"])


CREATED = Change("create", GroupFact("new", "/"))
OWNED = Change("create", PolicyFact("own", "/", OWN, NEW))


@pytest.mark.parametrize(
    "change",
    [
        Change("create", Membership("new", "u"), needs=(CREATED.address,)),
        Change("create", Attachment("new", AWS), needs=(CREATED.address,)),
        Change("create", Attachment("g", OWN), needs=(OWNED.address,)),
    ],
    ids=["member", "attachment", "own policy"],
)
def test_what_this_run_created_is_waited_for(bench: Bench, change: Change) -> None:
    def late(call: Call, before: int) -> Fault | None:
        return Fault(Failure.ABSENT) if call == change.call and before < 5 else None

    account = Account(groups={"g": "/"}, script=late)
    result = bench.run(a_plan(CREATED, OWNED, change), account)
    assert ended(result) == ["done"] * 3
    assert any("does not show yet" in report.waiting for report in bench.reports)


def test_what_this_run_created_is_not_waited_for_without_end(bench: Bench) -> None:
    change = Change("create", Membership("new", "u"), needs=(CREATED.address,))
    account = Account(script=only(change, Fault(Failure.ABSENT)))
    result = bench.run(a_plan(CREATED, change), account, retry_for=20.0)
    assert (ended(result), result.outcomes[1].code) == (["done", "failed"], "NoSuchEntity")


def test_a_group_under_a_new_name_is_changed_under_the_old_one_first(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    member = Change("create", Membership("h", "u"), group_now="g")
    rename = Change("update", GroupFact("h", "/"), before=GroupFact("g", "/"), needs=(member.address,))
    assert ended(bench.run(a_plan(member, rename), account)) == ["done", "done"]
    assert account.facts == {Membership("h", "u")}


def test_a_lost_change_in_a_renamed_group_is_looked_for_under_the_name_it_bears(bench: Bench) -> None:
    detach = Change("delete", Attachment("h", AWS), group_now="g")
    account = Account(groups={"g": "/"}, facts={Attachment("g", AWS)})
    account.script = once(Fault(Failure.UNANSWERED, True))
    assert ended(bench.run(a_plan(detach), account)) == ["done"]
    assert account.looks == [Attachment("g", AWS)]


def members(number: int, group: str = "g") -> list[Change]:
    return [Change("create", Membership(group, f"u{i}")) for i in range(number)]


@pytest.mark.parametrize("reason", ["signal", "lock"])
def test_after_a_stop_nothing_is_sent_and_open_answers_are_heard(bench: Bench, reason: str) -> None:
    account, stop = Account(groups={"g": "/"}), Stop()

    def watch(_: object) -> None:
        if len(account.seen) == 25:
            stop.request(reason)  # type: ignore[arg-type]

    result = bench.run(a_plan(*members(100)), account, stop=stop, watch=watch)
    assert result.counts == {"done": len(account.seen), "not_started": 100 - len(account.seen)}
    assert 25 <= len(account.seen) <= 35
    assert result.exit_code == (130 if reason == "signal" else 5)


def test_once_the_lock_is_lost_nothing_is_sent_though_nobody_said_so(bench: Bench) -> None:
    account, stop = Account(groups={"g": "/"}), Stop()
    stop.lost = lambda: len(account.seen) >= 25
    result = bench.run(a_plan(*members(100)), account, stop=stop)
    assert (result.stopped, result.exit_code) == ("lock", 5)
    assert result.counts == {"done": 25, "not_started": 75}


@pytest.mark.parametrize("reason", ["lock", "credentials", "journal"])
def test_after_a_signal_it_is_130_whatever_else_stopped_it(bench: Bench, reason: str) -> None:
    stop = Stop()
    stop.request(reason, "why")  # type: ignore[arg-type]
    assert stop.reason == reason
    stop.request("signal", "SIGINT")
    result = bench.run(a_plan(*members(3)), Account(groups={"g": "/"}), stop=stop)
    assert (result.stopped, result.detail, result.exit_code) == ("signal", "why", 130)


def test_a_stop_before_the_first_write_sends_nothing(bench: Bench) -> None:
    stop = Stop()
    stop.request("lock")
    result = bench.run(a_plan(*members(3)), Account(groups={"g": "/"}), stop=stop)
    assert (result.sent, result.exit_code, result.counts) == (0, 1, {"not_started": 3})


def test_an_answer_that_does_not_come_in_time_is_unknown(bench: Bench) -> None:
    account, stop = Account(groups={"g": "/"}), Stop()
    result = bench.run(
        a_plan(*members(12)),
        account,
        stop=stop,
        threads=3,
        latency=lambda _: 60.0,
        watch=lambda tasks: stop.request("signal") if len(tasks) == 3 else None,
    )
    assert result.counts == {"unknown": 3, "not_started": 9}
    assert 5.0 <= bench.team.now() < 5.5
    assert result.sent == 3


def test_after_a_stop_nothing_is_tried_again_or_looked_at(bench: Bench) -> None:
    changes = (KINDS["add member"].change, KINDS["detach"].change, KINDS["attach"].change)
    failures = {
        "AddUserToGroup": Failure.UNANSWERED,
        "DetachGroupPolicy": Failure.ABSENT,
        "AttachGroupPolicy": Failure.BUSY,
    }
    account, stop = Account(groups={"g": "/"}, script=lambda call, _: Fault(failures[call.operation])), Stop()

    def watch(_: object) -> None:
        if len(account.seen) == 2:
            stop.request("signal")

    result = bench.run(a_plan(*changes), account, stop=stop, watch=watch)
    assert ended(result) == ["unknown", "failed", "not_started"]
    assert (len(account.seen), account.looks) == (2, [])


def test_no_more_calls_are_under_way_than_allowed(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    assert bench.run(a_plan(*members(200)), account, threads=4).complete
    assert bench.team.most == 4


def test_writes_with_one_lock_key_never_overlap(bench: Bench) -> None:
    arns = [f"arn:aws:iam::aws:policy/P{i}" for i in range(8)]
    changes = [Change("create", Attachment(group, arn)) for arn in arns for group in ("g", "h")]
    overlaps: list[int] = []

    def watch(tasks: list) -> None:  # type: ignore[type-arg]
        groups = [task.fact.group for task in tasks]
        overlaps.append(len(groups) - len(set(groups)))

    account = Account(groups={"g": "/", "h": "/"})
    assert bench.run(a_plan(*changes), account, watch=watch).complete
    assert set(overlaps) == {0}
    assert bench.team.most == 2


def test_what_is_ready_starts_in_plan_schedule(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    changes = members(50)
    bench.run(a_plan(*changes), account)
    assert [seen.call for seen in account.seen] == [change.call for change in changes]


@pytest.mark.parametrize(("number", "rate", "ideal"), [(500, 20, 24.0), (150, 5, 29.0)])
def test_no_write_is_lost_to_a_token_bucket_and_little_time_is(
    bench: Bench, number: int, rate: int, ideal: float
) -> None:
    tokens, since = float(rate), 0.0

    def bucket(_call: Call, _before: int) -> Fault | None:
        nonlocal tokens, since
        now = bench.team.now()
        tokens, since = min(rate, tokens + (now - since) * rate), now
        if tokens < 1:
            return Fault(Failure.THROTTLED)
        tokens -= 1
        return None

    account = Account(groups={"g": "/"}, script=bucket)
    result = bench.run(a_plan(*members(number)), account)
    assert result.complete
    assert ideal <= bench.team.now() < ideal * 1.08
    assert any("slow down" in report.waiting for report in bench.reports)


def test_a_lost_connection_now_and_then_slows_nobody_down(bench: Bench) -> None:
    lost = {f"u{i}" for i in range(0, 1000, 20)}
    account = Account(groups={"g": "/"})
    account.script = lambda call, before: (
        Fault(Failure.UNANSWERED, True) if before == 0 and call.params["UserName"] in lost else None
    )
    assert bench.run(a_plan(*members(1000)), account).complete
    assert bench.team.now() < 5.0


def test_an_outage_is_waited_out_and_recovered_from(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    account.script = lambda _call, _before: (
        Fault(Failure.UNANSWERED) if 1.0 < bench.team.now() < 31.0 else None
    )
    assert bench.run(a_plan(*members(2000)), account).complete
    assert account.sent.total() < 2400
    assert bench.team.now() < 60


def test_progress_counts_up_to_the_end(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    changes = members(20)
    account.script = only(changes[0], Fault(Failure.REFUSED))
    waits = Change("create", Attachment("g", AWS), needs=(changes[0].address,))
    bench.run(a_plan(*changes, waits), account)
    last = bench.reports[-1]
    assert (last.finished, last.total, last.failed, last.skipped, last.in_flight) == (21, 21, 1, 1, 0)


def test_a_need_that_is_not_in_the_plan_is_refused_before_the_first_write(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    change = Change("create", Membership("g", "u"), needs=("group/elsewhere",))
    with pytest.raises(ValueError, match="needs group/elsewhere"):
        bench.run(a_plan(change), account)
    assert account.seen == []


def test_the_journal_tells_every_attempt_before_its_answer(bench: Bench) -> None:
    account = KINDS["detach"].account()
    account.script = once(Fault(Failure.UNANSWERED, True))
    plan = a_plan(KINDS["detach"].change)
    bench.run(plan, account)
    told = [
        {name: value for name, value in record.items() if name not in ("time", "version")}
        for record in read_journal(bench.journal_path)
    ]
    attempt = {
        "event": "attempt",
        "address": "attachment/g/aws:ReadOnlyAccess",
        "operation": "DetachGroupPolicy",
        "params": {"GroupName": "g", "PolicyArn": AWS},
        "replaced": {"kind": "attachment", "group": "g", "arn": AWS},
    }
    assert told == [
        {"event": "header", "format_version": 1, "account": "123456789012", "plan": plan.digest},
        {**attempt, "attempt": 1},
        {
            "event": "answer",
            "address": attempt["address"],
            "attempt": 1,
            "answer": "unanswered",
            "code": "ServiceUnavailable",
            "message": "as scripted",
        },
        {**attempt, "attempt": 2},
        {
            "event": "answer",
            "address": attempt["address"],
            "attempt": 2,
            "answer": "absent",
            "code": "NoSuchEntity",
            "message": "as IAM answers",
        },
        {"event": "look", "address": attempt["address"], "answer": "does not show"},
        {"event": "settled", "address": attempt["address"], "status": "done"},
        {"event": "end", "stopped": "", "counts": {"done": 1}},
    ]
