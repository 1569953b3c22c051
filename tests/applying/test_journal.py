import json
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from iamgroups.applying import Journal, Stop, default_path
from iamgroups.errors import UsageError
from iamgroups.state import FACTS, Call, Membership
from iamgroups.state.change import Change
from iamgroups.state.failure import Failure
from tests.applying.account import Account, Fault
from tests.applying.kinds import KINDS, Kind
from tests.applying.virtual import Bench, a_plan
from tests.journals import read_journal

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "journal.schema.json").read_text())
DIGEST = "d" * 64


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """A disk that is full once a file has this many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def members(number: int) -> tuple[Change, ...]:
    return tuple(Change("create", Membership("g", f"u{i}")) for i in range(number))


def test_every_line_fits_the_schema(bench: Bench) -> None:
    validator = jsonschema.Draft7Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    answers = set()
    for kind in KINDS.values():
        for fault in (None, *(Fault(failure) for failure in Failure), Fault(Failure.UNANSWERED, True)):
            account = kind.account()
            account.script = lambda _call, before, fault=fault: fault if before == 0 else None
            waits = Change("create", Membership("g", "waits"), needs=(kind.change.address,))
            bench.run(a_plan(kind.change, waits), account)
            for record in read_journal(bench.journal_path):
                validator.validate(record)
                answers.add(record.get("answer"))
    assert answers >= {"ok", "throttled", "unanswered", "absent", "expired", "shows", "does not show"}


def test_what_a_stop_leaves_open_fits_the_schema_too(bench: Bench) -> None:
    stop = Stop()
    bench.run(
        a_plan(*members(30)),
        Account(groups={"g": "/"}),
        stop=stop,
        latency=lambda _: 60.0,
        watch=lambda tasks: stop.request("signal") if len(tasks) == 10 else None,
    )
    records = read_journal(bench.journal_path)
    for record in records:
        jsonschema.validate(record, SCHEMA)
    assert [record["status"] for record in records if record["event"] == "settled"] == ["unknown"] * 10
    assert records[-1]["counts"] == {"unknown": 10, "not_started": 20}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_journal_alone_has_what_a_change_replaced(bench: Bench, kind: Kind) -> None:
    change = kind.change
    bench.run(a_plan(change), kind.account())
    (attempt,) = (record for record in read_journal(bench.journal_path) if record["event"] == "attempt")
    if change.action == "create":
        # The parameters name what is to be deleted.
        assert "replaced" not in attempt
        return
    fields = dict(attempt["replaced"])
    kinds = {fact.kind.name: fact for fact in FACTS}
    assert kinds[fields.pop("kind")](**fields) == (change.before or change.fact)


def test_a_journal_has_the_document_of_an_inline_policy_that_goes(bench: Bench) -> None:
    kind, document = KINDS["delete inline"], {"Version": "2012-10-17", "Statement": []}
    bench.run(a_plan(kind.change), kind.account(), ending={kind.change.address: document})
    (attempt,) = (record for record in read_journal(bench.journal_path) if record["event"] == "attempt")
    assert attempt["replaced"] == {"kind": "inline-group", "group": "g", "policy": "i", "document": document}
    jsonschema.validate(attempt, SCHEMA)


def test_a_journal_lies_in_the_state_folder_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 24, 1, 2, 3, 45, UTC)
    name = Path("iamgroups") / "123456789012" / "20261124T010203.000045Z-dddddddd.jsonl"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_path("123456789012", DIGEST, now) == tmp_path / name
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_path("123456789012", DIGEST, now) == tmp_path / ".local" / "state" / name


def test_only_its_owner_can_read_a_journal(tmp_path: Path) -> None:
    path = tmp_path / "123456789012" / "journal.jsonl"
    Journal(path, "123456789012", DIGEST).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_journal_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text("precious")
    with pytest.raises(UsageError, match=r"never overwritten; name another file with --journal"):
        Journal(path, "123456789012", DIGEST)
    assert path.read_text() == "precious"


def test_a_journal_that_cannot_be_created_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written: File exists; nothing was sent"):
        Journal(tmp_path / "file" / "journal.jsonl", "123456789012", DIGEST)


def test_a_full_disk_is_a_usage_error_before_anything_is_sent(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    for size in (10, 300):  # not even the header; the header, but no attempt
        with no_file_beyond(size), pytest.raises(UsageError, match="cannot be written: File too large"):
            bench.run(a_plan(*members(3)), account)
    assert account.seen == []


def test_a_disk_that_fills_up_midway_stops_new_calls(bench: Bench) -> None:
    account = Account(groups={"g": "/"})
    with no_file_beyond(20_000):
        result = bench.run(a_plan(*members(300)), account)
    assert (result.stopped, result.exit_code) == ("journal", 5)
    assert "cannot be written: File too large" in result.detail
    assert result.counts == {"done": len(account.seen), "not_started": 300 - len(account.seen)}
    told = {record["address"] for record in read_journal(bench.journal_path) if record["event"] == "attempt"}
    assert {f"membership/g/{seen.call.params['UserName']}" for seen in account.seen} <= told


def test_an_attempt_is_durable_before_it_is_sent_and_what_it_waits_for_before(bench: Bench) -> None:
    first, second = (
        Change("create", Membership("g", "first")),
        Change("create", Membership("g", "second"), needs=("membership/g/first",)),
    )

    def durable(call: Call, _before: int) -> None:
        records = read_journal(bench.journal_path)
        attempted = [record["params"] for record in records if record["event"] == "attempt"]
        assert call.params in attempted
        if call == second.call:
            settled = [record for record in records if record["event"] == "settled"]
            assert [(record["address"], record["status"]) for record in settled] == [(first.address, "done")]

    account = Account(groups={"g": "/"}, script=durable)
    assert bench.run(a_plan(first, second), account).complete
    assert len(account.seen) == 2


def test_what_is_committed_is_synchronised_once_for_many_records(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    synchronised: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda opened: synchronised.append(os.fstat(opened).st_ino))
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, "123456789012", DIGEST)
    file, folder = path.stat().st_ino, tmp_path.stat().st_ino
    assert synchronised == [file, folder]  # a new file's name is its folder's
    for number in range(5):
        journal.write({"event": "look", "address": f"group/{number}", "answer": "shows"})
    journal.commit()
    journal.commit()
    assert synchronised == [file, folder, file]
    journal.close()


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, "123456789012", DIGEST)
    journal.write({"event": "look", "address": "group/g", "answer": "shows"})
    journal.commit()
    journal.close()
    whole = path.read_bytes()
    header = whole.index(b"\n") + 1
    for end in range(header, len(whole)):
        path.write_bytes(whole[:end])
        assert [record["event"] for record in read_journal(path)] == ["header"]
