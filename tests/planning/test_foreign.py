"""Documents that no file owns are compared with the fingerprints noted before."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from iamgroups import catalogue
from iamgroups.access.levels import Levels
from iamgroups.planning import foreign
from iamgroups.planning.drift import Observation
from iamgroups.planning.foreign import foreign_policies
from iamgroups.planning.note import Note
from iamgroups.state.config import PolicyDecl
from iamgroups.state.fingerprints import Fingerprints
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
MORE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
LISTS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}],
}
LATER = date(2027, 1, 2)
DECLARED = config(
    group("devs", ["ann"], ["local:reports", "local:own", "aws:A"]),
    policies=(PolicyDecl("own", at(3), READ),),
)


@cache
def levels() -> Levels:
    return Levels(catalogue.load())


def noted_on(day: date, now: LiveState, before: Fingerprints | None = None) -> Fingerprints:
    return foreign.fingerprints(DECLARED, now, before or {}, day, levels())


def drift(now: LiveState, known: Fingerprints) -> list[Observation]:
    return list(foreign.changed_documents(foreign.changed_policies(DECLARED, now, known, levels)))


def notes(now: LiveState, known: Fingerprints | None) -> list[Note]:
    changed = foreign.changed_policies(DECLARED, now, known or {}, levels)
    return list(foreign.document_notes(DECLARED, now, known, changed))


def account(**documents: Any) -> LiveState:
    held = ["local:reports", "local:own", "aws:A"]
    base = live({"devs": (["ann"], held), "other": ([], ["local:theirs"])})
    known = {"local:reports": READ, "aws:A": READ, "local:own": READ, **documents}
    policies = {arn(name): LivePolicy(arn(name), True, "v2", document=doc) for name, doc in known.items()}
    return replace(base, policies=policies)


def test_only_what_declared_groups_hold_and_no_file_owns_is_foreign() -> None:
    assert dict(foreign_policies(DECLARED, account())) == {
        arn("aws:A"): ("devs",),
        arn("local:reports"): ("devs",),
    }


def test_a_document_that_is_as_before_is_nothing_and_keeps_its_date() -> None:
    noted = noted_on(TODAY, account())
    assert drift(account(), noted) == []
    assert notes(account(), noted) == []
    assert noted_on(LATER, account(), noted) == noted


def test_a_changed_document_names_the_policy_its_groups_and_what_it_allows() -> None:
    noted = noted_on(TODAY, account())
    now = account(**{"local:reports": ALL})
    (one,) = drift(now, noted)
    assert (one.kind, one.address, one.owner) == ("changed", "document/local:reports", "policy/local:reports")
    assert "devs holds" in one.message and "allows everything" in one.message
    again = noted_on(LATER, now, noted)
    assert drift(now, again) == []
    assert again[arn("local:reports")].date == "2027-01-02"


def test_a_changed_document_says_which_level_rose_and_by_which_actions() -> None:
    noted = noted_on(TODAY, account())
    (one,) = drift(account(**{"local:reports": MORE}), noted)
    assert one.message.endswith("version v2, not v2. Permissions management, Write, Tagging, Read, List rose")
    assert one.rise and one.rise.gained["Write"] == ("s3:*",)
    (two,) = drift(account(**{"local:reports": LISTS}), noted)
    assert two.message.endswith(". List rose")
    assert two.rise and two.rise.gained["List"] == ("s3:List*",)


def test_what_aws_changes_is_a_note_while_it_gives_no_more_than_reading() -> None:
    noted = noted_on(TODAY, account())
    now = account(**{"aws:A": LISTS})
    assert drift(now, noted) == []
    (note,) = notes(now, noted)
    assert note.code == "aws-document-changed" and ". List rose. `iamgroups lock`" in note.message


def test_what_aws_changes_is_drift_where_more_than_reading_rose_until_it_is_noted() -> None:
    noted = noted_on(TODAY, account())
    for document in (ALL, MORE):
        now = account(**{"aws:A": document})
        (one,) = drift(now, noted)
        assert (one.kind, one.address, one.owner) == ("changed", "document/aws:A", "policy/aws:A")
        assert one.message.startswith("AWS changed aws:A, which devs holds, since 2026-11-23: version v2")
        assert notes(now, noted) == []
        again = noted_on(LATER, now, noted)
        assert (drift(now, again), notes(now, again)) == ([], [])


def test_the_catalogue_is_read_only_where_a_document_changed() -> None:
    noted = noted_on(TODAY, account())
    asked: list[int] = []

    def counted() -> Levels:
        asked.append(1)
        return levels()

    assert foreign.changed_policies(DECLARED, account(), noted, counted) == () and asked == []
    assert foreign.changed_policies(DECLARED, account(**{"aws:A": ALL}), noted, counted) and asked == [1]


def test_what_is_not_compared_is_said() -> None:
    assert [note.code for note in notes(account(), None)] == ["documents-not-compared"]
    assert list(foreign.document_notes(config(group("devs", [], ["aws:A"])), account(), None)) != []
    unread = account(**{"local:reports": None})
    noted = noted_on(TODAY, account())
    assert [note.code for note in notes(unread, noted)] == ["document-unread"]
    assert noted_on(LATER, unread, noted) == noted
    fresh = [(note.code, note.subject) for note in notes(account(), {})]
    assert fresh == [("document-not-noted", f"document/{name}") for name in ("local:reports", "aws:A")]
