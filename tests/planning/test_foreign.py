"""Documents that no file owns are compared with the fingerprints noted before."""

from dataclasses import replace
from datetime import date
from typing import Any

from iamgroups.planning.foreign import changed_documents, document_notes, fingerprints, foreign_policies
from iamgroups.state.config import PolicyDecl
from iamgroups.state.live import LivePolicy, LiveState
from tests.accounts import TODAY, arn, at, config, group, live

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
LATER = date(2027, 1, 2)
DECLARED = config(
    group("devs", ["ann"], ["local:reports", "local:own", "aws:A"]),
    policies=(PolicyDecl("own", at(3), READ),),
)


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
    noted = fingerprints(DECLARED, account(), {}, TODAY)
    assert list(changed_documents(DECLARED, account(), noted)) == []
    assert list(document_notes(DECLARED, account(), noted)) == []
    assert fingerprints(DECLARED, account(), noted, LATER) == noted


def test_a_changed_document_names_the_policy_its_groups_and_what_it_allows() -> None:
    noted = fingerprints(DECLARED, account(), {}, TODAY)
    now = account(**{"local:reports": ALL})
    (one,) = changed_documents(DECLARED, now, noted)
    assert (one.kind, one.address, one.owner) == ("changed", "document/local:reports", "policy/local:reports")
    assert "devs holds" in one.message and "allows everything" in one.message
    again = fingerprints(DECLARED, now, noted, LATER)
    assert list(changed_documents(DECLARED, now, again)) == []
    assert again[arn("local:reports")].date == "2027-01-02"


def test_what_aws_changes_is_a_note_only() -> None:
    noted = fingerprints(DECLARED, account(), {}, TODAY)
    now = account(**{"aws:A": ALL})
    assert list(changed_documents(DECLARED, now, noted)) == []
    assert [note.code for note in document_notes(DECLARED, now, noted)] == ["aws-document-changed"]


def test_what_is_not_compared_is_said() -> None:
    assert [note.code for note in document_notes(DECLARED, account(), None)] == ["documents-not-compared"]
    assert list(document_notes(config(group("devs", [], ["aws:A"])), account(), None)) != []
    unread = account(**{"local:reports": None})
    noted = fingerprints(DECLARED, account(), {}, TODAY)
    assert [note.code for note in document_notes(DECLARED, unread, noted)] == ["document-unread"]
    assert fingerprints(DECLARED, unread, noted, LATER) == noted
    fresh = [note.code for note in document_notes(DECLARED, account(), {})]
    assert fresh == ["document-not-noted"]
