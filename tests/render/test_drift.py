"""Drift as a reader on a terminal and a program see it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from iamgroups.access.levels import Rise
from iamgroups.errors import Problem
from iamgroups.planning.accepted import Remark
from iamgroups.planning.drift import Difference, Drift
from iamgroups.planning.note import Note
from iamgroups.render import Look, github, human, markdown
from iamgroups.render import json as as_json
from iamgroups.state.config import Accepted

from .golden import matches
from .samples import ACCOUNT, at

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "drift.schema.json").read_text())
ENTRY = Accepted("membership/legacy-ops/*", at(90, 1, "iamgroups.yaml"), "migrating", date(2027, 1, 31))
SAMPLE = Drift(
    ACCOUNT,
    differences=(
        Difference(
            "extra",
            "direct/ann/aws:AdministratorAccess",
            "ann holds aws:AdministratorAccess directly",
            "user/ann",
        ),
        Difference("missing", "user/zoe", "no IAM user zoe in account 123456789012", "user/zoe", at(8)),
        Difference(
            "extra", "membership/devs/bob", "bob is in devs (not declared)", "group/devs", at(7), planned=True
        ),
        Difference(
            "broken",
            "rule/only_in/aws:X/devs",
            "devs holds aws:X, which belongs in ops only (only_in)",
            "group/devs",
            at(4),
        ),
        Difference("missing", "group/new", "group new does not exist", "group/new", at(3), planned=True),
        Difference(
            "extra",
            "membership/legacy-ops/yan",
            "yan is in legacy-ops (not declared)",
            "group/legacy-ops",
            at(9),
            planned=True,
            accepted=ENTRY,
        ),
        Difference(
            "changed",
            "policy/tool",
            "policy tool has another document",
            "policy/tool",
            at(5),
            ('- Statement[0].Action[0]: "s3:*"', '+ Statement[0].Action[0]: "s3:Get*"'),
            planned=True,
        ),
    ),
    remarks=(Remark("accepted user/x matches nothing: take it out", at(91, 1, "iamgroups.yaml")),),
    notes=(Note("unreadable", "account", "could not be read, and is left alone: iam:ListUserPolicies"),),
)
NONE = Drift(ACCOUNT)


def checked(found: Drift) -> Any:
    content = json.loads(as_json.drift(found))
    jsonschema.validate(content, SCHEMA)
    return content


def test_what_is_new_is_read_first_by_person_and_group() -> None:
    matches("drift.txt", human.drift(SAMPLE))


def test_what_is_accepted_is_one_line_unless_all_is_wanted() -> None:
    assert "yan" not in human.drift(SAMPLE)
    text = human.drift(SAMPLE, Look(full=True))
    assert "yan is in legacy-ops (not declared)" in text and "accepted until 2027-01-31: migrating" in text


def test_drift_as_json_fits_its_schema_with_what_is_new_first() -> None:
    content = checked(SAMPLE)
    assert (content["drifted"], content["new"], len(content["differences"])) == (True, 6, 7)
    assert [bool(one.get("accepted")) for one in content["differences"]] == [False] * 6 + [True]
    assert content["differences"][6]["accepted"]["until"] == "2027-01-31"


def test_no_drift_is_said_in_one_line() -> None:
    assert human.drift(NONE).splitlines()[-1] == "No drift."
    assert checked(NONE)["drifted"] is False


@pytest.mark.parametrize(
    ("found", "last"),
    [
        (SAMPLE, "Drift: 2 missing, 2 extra, 1 changed, 1 broken (1 accepted)."),
        (replace(SAMPLE, differences=SAMPLE.accepted), "No drift (1 accepted)."),
        (
            replace(SAMPLE, problems=(Problem("cannot move a to b: both groups exist", at(4), "do it"),)),
            "Cannot compare: the configuration does not fit the account.",
        ),
    ],
)
def test_the_last_line_sums_it_up(found: Drift, last: str) -> None:
    assert human.drift(found).splitlines()[-1] == last
    checked(found)


def test_the_title_of_an_issue_sums_it_up_too() -> None:
    title = markdown.drift(SAMPLE).splitlines()[0]
    assert title == "### iamgroups: drift: 2 missing, 2 extra, 1 changed, 1 broken (1 accepted)"
    assert markdown.drift(NONE).startswith("### iamgroups: no drift\n")


def test_thousands_of_differences_are_cut_short_unless_all_are_wanted() -> None:
    one = Difference("extra", "", "", "group/g", at(1))
    many = tuple(replace(one, address=f"membership/g/u{n}", message=f"u{n} is in g") for n in range(5000))
    text = human.drift(replace(NONE, differences=many))
    assert "  and 4,600 more" in text
    assert len(text.splitlines()) < 420
    assert len(human.drift(replace(NONE, differences=many), Look(full=True)).splitlines()) > 5000
    assert len(checked(replace(NONE, differences=many))["differences"]) == 5000


def test_control_characters_are_made_visible() -> None:
    evil = Difference("extra", "group/x", "x\x1b[2J\r\n+ fine\u202e", "group/x", at(1))
    text = human.drift(replace(NONE, differences=(evil,)))
    assert "\x1b" not in text and "\u202e" not in text and "\\x1b[2J\\r\\n+ fine" in text


def test_what_rose_in_a_document_is_named_whole_in_json_and_where_everything_is_asked_for() -> None:
    actions = tuple(f"s3:Put{number}" for number in range(9))
    rise = Rise(
        {"Write": actions}, {"Tagging": ("s3:TagResource",)}, ("iam:PassRole + a:B",), date="2026-10-27"
    )
    one = Difference("changed", "document/aws:X", "AWS changed aws:X", "policy/aws:X", rise=rise)
    found = Drift(ACCOUNT, (one,))
    assert checked(found)["differences"][0]["rise"] == {
        "gained": {"Write": list(actions)},
        "freed": {"Tagging": ["s3:TagResource"]},
        "ways": ["iam:PassRole + a:B"],
        "catalogue": "2026-10-27",
    }
    assert "        Write: s3:Put0, s3:Put1, s3:Put2, s3:Put3, s3:Put4, 4 more\n" in human.drift(found)
    assert "%0ATagging, now without a limit: s3:TagResource%0Anew way" in github.drift(found)
    whole = human.drift(found, Look(full=True))
    assert f"        Write: {', '.join(actions)}\n" in whole
    assert "        Tagging, now without a limit: s3:TagResource\n" in whole
    assert "        new way to escalate: iam:PassRole + a:B\n" in whole
