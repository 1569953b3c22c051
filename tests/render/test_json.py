"""Every JSON result fits its schema, and says the same as the data."""

import json
from dataclasses import replace

from iamgroups import config
from iamgroups.errors import Position, Problem
from iamgroups.planning.plan import Plan
from iamgroups.render import json as as_json
from iamgroups.results.review import Review
from iamgroups.results.validation import Validation
from tests.accounts import config as declared

from .golden import matches
from .samples import ACCOUNT, CREATED, many, mixed


def test_a_plan_fits_its_schema_and_names_every_change() -> None:
    text = as_json.plan(mixed())
    matches("plan.json", text)
    document = json.loads(text)
    assert config.check(document, "plan") == []
    assert document["summary"] == {"create": 6, "update": 1, "delete": 4, "blocked": True}


def test_an_empty_and_a_large_plan_fit_the_schema() -> None:
    for review in (Review(Plan(ACCOUNT, "c" * 64), CREATED), many(groups=3, members=700)):
        assert config.check(json.loads(as_json.plan(review)), "plan") == []


def test_the_schema_refuses_what_it_does_not_name() -> None:
    document = json.loads(as_json.plan(mixed())) | {"extra": 1}
    assert config.check(document, "plan")


def test_validation_fits_its_schema() -> None:
    here = Position("iamgroups.yaml", 3, 5)
    problem = Problem("no such key", here, "did you mean members?", "    memebrs: []", missing="user/x")
    found = json.loads(as_json.validation(Validation(problems=(problem, Problem("bare")))))
    assert config.check(found, "validation") == []
    assert found["valid"] is False
    minded = replace(declared(), warnings=(("listed twice", here),))
    valid = json.loads(as_json.validation(Validation(minded)))
    assert config.check(valid, "validation") == [] and valid["valid"] is True
    assert [warning["message"] for warning in valid["warnings"]] == ["listed twice"]


def test_json_holds_no_character_that_could_steer_a_terminal() -> None:
    text = as_json.validation(Validation(problems=(Problem("\x1b[2J\u202e é"),)))
    assert text.isascii() and "\x1b" not in text
