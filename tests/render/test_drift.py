"""Drift as a reader on a terminal and a program see it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from iamgroups.errors import Problem
from iamgroups.planning.drift import Difference, Drift, Remark
from iamgroups.planning.note import Note
from iamgroups.render import Look, human
from iamgroups.render import json as as_json
from iamgroups.state.config import KnownDrift

from .golden import matches
from .samples import ACCOUNT, at

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "drift.schema.json").read_text())
KNOWN = KnownDrift("membership/legacy-ops/*", date(2027, 1, 31), "migrating", at(90, 1, "iamgroups.yaml"))
SAMPLE = Drift(
    ACCOUNT,
    differences=(
        Difference("missing", "group/new", "group new does not exist", at(3)),
        Difference("missing", "user/zoe", "no IAM user zoe in account 123456789012", at(8)),
        Difference("extra", "membership/devs/bob", "bob is in devs (not declared)", at(7)),
        Difference(
            "extra", "membership/legacy-ops/yan", "yan is in legacy-ops (not declared)", at(9), known=KNOWN
        ),
        Difference(
            "changed",
            "policy/tool",
            "policy tool has another document",
            at(5),
            ('- Statement[0].Action[0]: "s3:*"', '+ Statement[0].Action[0]: "s3:Get*"'),
        ),
    ),
    noted=(
        Note("undeclared-group", "group/other", "group other is declared nowhere", reported=True),
        Note("inline-user", "inline/user/ann/own", "ann has the inline policy own", reported=True),
    ),
    excused=frozenset({"group/other"}),
    remarks=(Remark("known_drift user/x matches nothing: take it out", at(91, 1, "iamgroups.yaml")),),
    notes=(Note("unreadable", "account", "could not be read, and is left alone: iam:ListUserPolicies"),),
)
NONE = Drift(ACCOUNT)


def checked(found: Drift) -> Any:
    content = json.loads(as_json.drift(found))
    jsonschema.validate(content, SCHEMA)
    return content


def test_drift_reads_missing_then_extra_then_changed_then_what_is_noted() -> None:
    matches("drift.txt", human.drift(SAMPLE))


def test_drift_as_json_fits_its_schema_and_says_what_counts() -> None:
    content = checked(SAMPLE)
    assert (content["drifted"], content["counted"], len(content["differences"])) == (True, 4, 5)
    assert [note["known"] for note in content["noted"]] == [True, False]
    assert content["differences"][3]["known"]["until"] == "2027-01-31"


def test_no_drift_is_said_in_one_line() -> None:
    assert human.drift(NONE).splitlines()[-1] == "No drift."
    assert checked(NONE)["drifted"] is False


@pytest.mark.parametrize(
    ("found", "last"),
    [
        (SAMPLE, "Drift: 2 missing, 1 extra, 1 changed (2 known, 1 only reported)."),
        (
            replace(SAMPLE, strict=True),
            "Drift: 2 missing, 1 extra, 1 changed, 1 only reported (--strict) (2 known).",
        ),
        (replace(SAMPLE, differences=()), "No drift (1 known, 1 only reported)."),
        (
            replace(SAMPLE, problems=(Problem("cannot move a to b: both groups exist", at(4), "do it"),)),
            "Cannot compare: the configuration does not fit the account.",
        ),
    ],
)
def test_the_last_line_sums_it_up(found: Drift, last: str) -> None:
    assert human.drift(found).splitlines()[-1] == last
    checked(found)


def test_thousands_of_differences_are_cut_short_unless_all_are_wanted() -> None:
    many = tuple(Difference("extra", f"membership/g/u{n}", f"u{n} is in g", at(1)) for n in range(5000))
    text = human.drift(replace(NONE, differences=many))
    assert "  and 4,600 more" in text
    assert len(text.splitlines()) < 420
    assert len(human.drift(replace(NONE, differences=many), Look(full=True)).splitlines()) > 5000
    assert len(checked(replace(NONE, differences=many))["differences"]) == 5000


def test_control_characters_are_made_visible() -> None:
    evil = Difference("extra", "group/x", "x\x1b[2J\r\n+ fine\u202e", at(1))
    text = human.drift(replace(NONE, differences=(evil,)))
    assert "\x1b" not in text and "\u202e" not in text and "\\x1b[2J\\r\\n+ fine" in text
