"""What the writer writes, the loader reads back: every legal name, every text."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamgroups.config import load, tree
from iamgroups.config.source_file import decode
from iamgroups.config.writer import comment, emit, scalar

ODD = "no Yes 012 1e3 0x1F 1_000 .5 - -- --- ... = null 2026-12-31 + @a , a,b a=b a+b=c,d.e@f-g_h -a .inf y"
NAME = st.from_regex(r"[A-Za-z0-9_+=,.@-]{1,20}", fullmatch=True) | st.sampled_from([*ODD.split(), "a" * 128])
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)
DATA = st.recursive(
    TEXT,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXT, below),
    max_leaves=20,
)


def read_back(text: str) -> Any:
    root, problems = tree.parse(decode(text.encode(), "f"))
    assert not problems
    assert root is not None
    return root.value


@given(st.dictionaries(TEXT, DATA, min_size=1))
def test_any_data_survives_the_round_trip(data: dict[str, Any]) -> None:
    assert read_back(emit(data)) == data


@given(st.dictionaries(NAME, st.lists(NAME, unique_by=str.lower, max_size=5), min_size=1))
def test_every_legal_name_survives_loading(groups: dict[str, list[str]]) -> None:
    groups = {name.lower(): members for name, members in groups.items()}
    data = {
        "version": 1,
        "account_id": "012345678901",
        "groups": {name: {"members": members, "policies": []} for name, members in groups.items()},
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "iamgroups.yaml").write_text(emit(data))
        config = load(folder)
    found = {group.name: [member.user for member in group.members or ()] for group in config.groups}
    assert found == groups
    assert config.account_id == "012345678901"


@given(NAME | TEXT)
def test_other_readers_of_yaml_see_text_too(name: str) -> None:
    import yaml

    assert yaml.safe_load(f"{scalar(name)}: [{scalar(name)}]") == {name: [name]}


@given(st.text())
def test_nothing_ends_a_comment(text: str) -> None:
    import yaml

    assert yaml.safe_load(comment(text)) is None


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("alice", "alice"),
        ("aws:ReadOnlyAccess", "aws:ReadOnlyAccess"),
        ("arn:aws:iam::123456789012:policy/x", "arn:aws:iam::123456789012:policy/x"),
        ("a+b=c,d.e@f-g_h", '"a+b=c,d.e@f-g_h"'),
        ("first.last@example.com", "first.last@example.com"),
        ("no", '"no"'),
        ("012", '"012"'),
        ("/ops/", "/ops/"),
        ("two words", '"two words"'),
        ("\x1b\u2028", '"\\u001b\\U00002028"'),
    ],
)
def test_texts_are_quoted_only_where_they_must_be(text: str, written: str) -> None:
    assert scalar(text) == written


def test_the_layout_is_what_a_person_would_write() -> None:
    data = {
        "groups": {
            "developers": {
                "policies": [{"set": "baseline"}, "aws:ReadOnlyAccess"],
                "members": ["alice", {"user": "bob", "pending": True}, {"user": "carol", "reason": "x" * 99}],
            },
            "empty": {"members": []},
            "untouched": {},
        },
        "removed": [{"group": "interns"}],
    }
    assert comment("Imported.") + emit(data) == (
        f"""\
# Imported.
groups:
  developers:
    policies:
      - {{set: baseline}}
      - aws:ReadOnlyAccess
    members:
      - alice
      - {{user: bob, pending: true}}
      - user: carol
        reason: {"x" * 99}
  empty:
    members: []
  untouched: {{}}
removed:
  - {{group: interns}}
"""
    )
