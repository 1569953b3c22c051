"""What we write whole, a YAML reader reads back as it was."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from iamgroups.config.block import block, comment

ODD = ["no", "Yes", "null", "~", "12:30", "012345678901", "1e3", "-", "--x", "@a", "=", "+1", ".", "..", ",a"]
ODD += [
    "a+b=c,d.e@f-g_h",
    "0x1F",
    "2026-12-31",
    "aws:Name",
    "local:a/b",
    "a:",
    "#x",
    "'",
    '"',
    "\\",
    "é",
    "/a:/",
]
NAMES = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=6
) | st.sampled_from(ODD)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_a_string_as_key_and_as_item(name: str) -> None:
    assert yaml.safe_load(block({name: [name]})) == {name: [name]}


ITEMS = NAMES | st.lists(NAMES, max_size=3)
CONTENT = st.dictionaries(NAMES, ITEMS | st.dictionaries(NAMES, ITEMS, max_size=3), max_size=3)


@given(CONTENT)
def test_any_content_is_read_back(content: dict[str, object]) -> None:
    assert (yaml.safe_load(block(content)) or {}) == content


def test_it_is_laid_out_as_a_hand_would() -> None:
    assert block({"version": 1, "groups": {"devs": {"policies": ["aws:A"], "members": []}, "x": {}}}) == (
        "version: 1\ngroups:\n  devs:\n    policies:\n      - aws:A\n    members: []\n  x: {}\n"
    )


@given(st.text())
def test_nothing_ends_a_comment(text: str) -> None:
    assert yaml.safe_load(comment(text)) is None
