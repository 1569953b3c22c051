"""Shapes are checked in words people can act on."""

import pytest

from iamgroups.config import check
from iamgroups.config.shape import type_scalars
from iamgroups.config.shipped import schema
from iamgroups.config.similar import did_you_mean


def test_a_json_file_is_checked_against_any_shipped_schema() -> None:
    problems = check({"kind": "plan", "format_version": 2, "\x1b[2J": 1}, "plan", "saved.json")
    assert "saved.json:1:1: format_version must be 1, not 2" in map(str, problems)
    assert all(str(problem).replace("\n", "").isprintable() for problem in problems)


def test_an_unknown_schema_is_a_mistake_of_the_program() -> None:
    with pytest.raises(FileNotFoundError):
        schema("nothing")


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("Develpers", ["developers", "ops"], "did you mean 'developers'?"),
        ("x", ["developers"], None),
        ("x", [], None),
    ],
)
def test_only_what_is_close_is_suggested(name: str, known: list[str], hint: str | None) -> None:
    assert did_you_mean(name, known) == hint


def test_only_what_the_schema_wants_typed_is_typed() -> None:
    data = {
        "version": "1",
        "account_id": "012345678901",
        "guardrails": {"keep_caller": "false", "max_removals": {"floor": "0"}, "protected_groups": ["true"]},
        "groups": {"1": {"description": "true", "members": ["1", {"user": "2", "pending": "true"}]}},
        "teams": {"t": [{"user": "true", "pending": "yes"}]},
    }
    typed = type_scalars(data, schema("config"))
    assert typed["version"] == 1
    assert typed["account_id"] == "012345678901"
    assert typed["guardrails"] == {
        "keep_caller": False,
        "max_removals": {"floor": 0},
        "protected_groups": ["true"],
    }
    assert typed["groups"] == {"1": {"description": "true", "members": ["1", {"user": "2", "pending": True}]}}
    assert typed["teams"] == {"t": [{"user": "true", "pending": "yes"}]}
