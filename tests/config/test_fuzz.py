"""Whatever the files hold, loading ends with a Config or with problems: never a traceback, never a hang."""

import json
import tempfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from iamgroups.config import load, shape, tree
from iamgroups.config.documents import read_document
from iamgroups.config.fits import CHECKS, WORDS, fits
from iamgroups.config.shipped import schema
from iamgroups.config.source_file import SourceFile
from iamgroups.errors import ConfigError
from tests.config.broken import ANYTHING, HEAD

RICH = (
    HEAD
    + """\
include: ["b*.yaml"]
settings: {path: /ops/, undeclared_groups: delete, lock: s3://bucket/key}
guardrails: {max_removals: {percent: 5}, min_members: {g: 2}, only_in: {"aws:*": [g]}, conflicts: [[g, h]]}
policy_sets: {s: &s ["aws:A", "local:p"]}
teams: {t: [alice, {user: bob, expires: 2026-12-31}]}
policies: {p: {document: p.json, adopt: true}}
groups:
  g: {policies: [{set: s}, "arn:aws:iam::aws:policy/X"], members: [{team: t, expires: 2026-01-01}, carol]}
  h: {path: /ops/, policies: *s, membership: additive}
users: {ci: {keep_direct: ["aws:A"], reason: r}}
moved: [{from: old, to: g}]
removed: [{group: gone}, {policy: gone}]
accepted: [{match: "membership/*", until: 2027-01-01}]
"""
)
KEYS = sorted(
    {"groups", "teams", "members", "policies", "user", "team", "expires", "include", "moved", "path"}
)
SCALARS = st.one_of(
    st.sampled_from([*KEYS, "", "true", "1", "alice", "aws:A", "2026-02-30", "/", "<<", "*s", "/x/"]),
    st.text(max_size=8),
)
DATA = st.recursive(
    SCALARS | st.booleans() | st.integers() | st.none(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(SCALARS, below, max_size=4),
    max_leaves=12,
)

# What is nearly right somewhere.
VALUES = st.sampled_from(
    [True, False, 0, 1, 5.0, 101, -1, None, "a", "a\n", "x" * 200, ["a", "a"], ["a"], [], {}, {"a": 1}]
)
GOOD: Any = shape.type_scalars(tree.parse(SourceFile("x", RICH))[0].value, schema("config"))  # type: ignore[union-attr]


def loads_or_explains(
    root: bytes, included: bytes = b"groups: {}", document: bytes = ANYTHING.encode()
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "iamgroups.yaml").write_bytes(root)
        (folder / "b.yaml").write_bytes(included)
        (folder / "p.json").write_bytes(document)
        try:
            assert len(load(folder).digest) == 64
        except ConfigError as error:
            assert error.problems
            assert str(error).replace("\n", "").isprintable()


def test_the_rich_example_is_a_good_one() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "iamgroups.yaml").write_text(RICH)
        (folder / "b.yaml").write_text("groups: {}")
        (folder / "p.json").write_text(ANYTHING)
        assert [len(group.policies or ()) for group in load(folder).groups] == [3, 2]


def any_bytes(root: bytes, document: bytes) -> None:
    loads_or_explains(root)
    loads_or_explains(RICH.encode(), root, document)


def any_text_after_a_good_head(text: str) -> None:
    loads_or_explains((HEAD + text).encode(errors="replace"))


def a_good_file_with_a_piece_replaced(start: int, length: int, piece: str) -> None:
    loads_or_explains((RICH[:start] + piece + RICH[start + length :]).encode(errors="replace"))


def any_structure_under_the_known_keys(data: dict[str, Any]) -> None:
    loads_or_explains(json.dumps({"version": 1, "account_id": "123456789012"} | data).encode())


def any_policy_document(text: str) -> None:
    problems = read_document(SourceFile("p.json", text)).problems
    assert all(problem.position and problem.position.file == "p.json" for problem in problems)


def our_validator_passes_what_the_stock_ones_pass(data: Any) -> None:
    spec = schema("config")
    ours = not shape.violations(data, spec)
    assert ours == Draft202012Validator(spec).is_valid(data) == Draft7Validator(spec).is_valid(data)


def good_data_with_a_value_replaced(steps: list[int], value: Any) -> None:
    data = deepcopy(GOOD)
    box: Any = data
    for step in steps:
        key = [*(box if isinstance(box, dict) else range(len(box)))][step % len(box)]
        if step == steps[-1] or not isinstance(box[key], dict | list) or not box[key]:
            box[key] = value
            break
        box = box[key]
    our_validator_passes_what_the_stock_ones_pass(data)


SECTIONS = st.sampled_from(sorted(schema("config")["properties"]))
FUZZ: dict[Callable[..., None], tuple[st.SearchStrategy[Any], ...]] = {
    any_bytes: (st.binary(max_size=300), st.binary(max_size=100)),
    any_text_after_a_good_head: (st.text(max_size=300),),
    a_good_file_with_a_piece_replaced: (
        st.integers(0, len(RICH)),
        st.integers(0, 12),
        SCALARS | st.sampled_from("[]{}:,&*!|>'\"\n#-"),
    ),
    any_structure_under_the_known_keys: (st.dictionaries(SECTIONS, DATA, max_size=6),),
    any_policy_document: (
        st.text(max_size=60) | st.builds(lambda data: ANYTHING.replace('"*"', json.dumps(data)), DATA),
    ),
    good_data_with_a_value_replaced: (st.lists(st.integers(0, 30), min_size=1, max_size=8), DATA | VALUES),
    our_validator_passes_what_the_stock_ones_pass: (st.dictionaries(SECTIONS, DATA, max_size=3) | DATA,),
}


def fuzz(claim: Callable[..., None], examples: int) -> None:
    limits = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    limits(given(*FUZZ[claim])(claim))()


@pytest.mark.parametrize("claim", FUZZ)
def test_a_little_fuzzing_finds_nothing(claim: Callable[..., None]) -> None:
    fuzz(claim, 100)


@pytest.mark.proof
@pytest.mark.parametrize("claim", FUZZ)
def test_two_minutes_of_fuzzing_find_nothing(claim: Callable[..., None]) -> None:
    fuzz(claim, 2500)


def test_the_schemas_are_schemas_in_both_drafts() -> None:
    Draft202012Validator.check_schema(schema("config"))
    Draft7Validator.check_schema(schema("config"))


def test_good_files_are_told_without_jsonschema() -> None:
    assert fits(GOOD, schema("config"))


def test_what_no_check_knows_is_left_to_jsonschema() -> None:
    assert not {*CHECKS} & WORDS
    assert not fits("a", {"type": "string", "format": "date"})
    assert not fits(1.0, {"type": "number"})
    assert fits("a", {"type": "string", "description": "d"})
