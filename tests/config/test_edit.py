"""An edit changes one declaration, in as few lines as it can, and nothing else of what the hand wrote."""

from difflib import ndiff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamgroups.config.edit import Edit, Insert, Put, Remove, edited
from iamgroups.config.format import format_text
from iamgroups.config.source_file import SourceFile
from iamgroups.config.tree import parse
from iamgroups.errors import ConfigError
from tests.config.test_format import LISTS, NAMES, laid_out

MEMBERS = ("groups", "devs", "members")


def after(text: str, *edits: Edit) -> str:
    return edited(SourceFile("f", text), edits)


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that went and the lines that came."""
    lines = list(ndiff(before.splitlines(), after.splitlines()))
    return [one[2:] for one in lines if one[0] == "-"], [one[2:] for one in lines if one[0] == "+"]


BLOCK = """\
groups:
  devs:
    members:   # all of them
      # about bob
      - bob
      - {team: backend}   # a team

      # later
      - user: dave
        reason: |
          x
      - frank
    policies: []
"""


@pytest.mark.parametrize(
    ("edit", "gone", "new"),
    [
        (Insert(MEMBERS, "erin"), [], ["      - erin"]),
        (Insert(MEMBERS, "alice"), [], ["      - alice"]),
        (Insert(MEMBERS, "zoe"), [], ["      - zoe"]),
        (
            Insert(MEMBERS, {"user": "erin", "pending": True}),
            [],
            ["      - {user: erin, pending: true}"],
        ),
        (Remove((*MEMBERS, 0)), ["      - bob"], []),
        (Remove((*MEMBERS, 1)), ["      - {team: backend}   # a team"], []),
        (Remove((*MEMBERS, 2)), ["      - user: dave", "        reason: |", "          x"], []),
        (Insert(("groups", "devs", "policies"), "aws:A"), ["    policies: []"], ["    policies: [aws:A]"]),
        (Put((), "teams", {"t": ["a"]}), [], ["teams:", "  t:", "    - a"]),
        (Put(("groups",), "ops", {"members": []}), [], ["  ops:", "    members: []"]),
        (Put(("groups", "devs"), "description", "x"), [], ["    description: x"]),
    ],
)
def test_a_block_list_changes_by_the_lines_of_one_item(edit: Edit, gone: list[str], new: list[str]) -> None:
    assert changed_lines(BLOCK, after(BLOCK, edit)) == (gone, new)


def test_a_new_item_takes_its_place_among_sorted_ones() -> None:
    text = "teams:\n  t:\n    - alice\n    # about carol\n    - carol\n"
    assert after(text, Insert(("teams", "t"), "bob")) == text.replace("    # about", "    - bob\n    # about")


def test_an_unsorted_list_takes_a_new_item_at_its_end() -> None:
    assert after("teams: {t: [b, a]}\n", Insert(("teams", "t"), "aa")) == "teams: {t: [b, a, aa]}\n"


@pytest.mark.parametrize(
    ("before", "index", "expected"),
    [
        ("[a, b, c]", (0,), "[b, c]"),
        ("[a, b, c]", (1,), "[a, c]"),
        ("[a, b, c]", (2,), "[a, b]"),
        ("[a, b, c]", (1, 2), "[a]"),
        ("[a, b, c]", (0, 2), "[b]"),
        ("[a, b, c,]", (2,), "[a, b,]"),
        ("[a,\n b]", (0, 1), "[]"),
    ],
)
def test_a_list_in_brackets_loses_an_item_and_a_comma(
    before: str, index: tuple[int, ...], expected: str
) -> None:
    edits = [Remove(("teams", "t", one)) for one in index]
    assert after(f"teams: {{t: {before}}}\n", *edits) == f"teams: {{t: {expected}}}\n"


def test_the_last_member_leaves_an_empty_list_and_its_comments() -> None:
    text = "groups:\n  devs:\n    members:   # who\n      # about\n      - alice\n    policies: []\n"
    assert after(text, Remove((*MEMBERS, 0))) == (
        "groups:\n  devs:\n    members: []   # who\n      # about\n    policies: []\n"
    )


def test_a_mapping_goes_with_its_last_key() -> None:
    text = "teams: {t: [a]}\nusers:\n  zoe:\n    keep_direct: [aws:A]\n    reason: x\n"
    assert after(text, Remove(("users", "zoe"))) == "teams: {t: [a]}\n"


def test_several_edits_of_one_file_are_made_at_once() -> None:
    text = "teams:\n  t:\n    - a\n    - b\n  u: [a, c]\n"
    edits = [Remove(("teams", "t", 0)), Insert(("teams", "t"), "c"), Remove(("teams", "u", 0))]
    assert after(text, *edits) == "teams:\n  t:\n    - b\n    - c\n  u: [c]\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_stay_and_so_does_a_missing_last_one(end: str) -> None:
    text = "teams:\n  t:\n    - a\n    - c".replace("\n", end)
    assert after(text, Insert(("teams", "t"), "b")) == "teams:\n  t:\n    - a\n    - b\n    - c".replace(
        "\n", end
    )
    assert after(text, Insert(("teams", "t"), "d")) == text + f"{end}    - d"
    assert after(text, Remove(("teams", "t", 1))) == f"teams:{end}  t:{end}    - a{end}"


@pytest.mark.parametrize(
    ("text", "edit", "line"),
    [
        ("teams:\n  t: &t\n  - b\n  u: *t\n", Insert(("teams", "u"), "c"), 4),
        ("teams:\n  t: &t\n  - b\n  u: *t\n", Insert(("teams", "t"), "c"), 2),
        ("groups:\n  g: &g {members: [a]}\n  h: *g\n", Remove(("groups", "h", "members", 0)), 3),
        ("teams:\n  t: [a, # about a\n  b]\n", Remove(("teams", "t", 0)), 2),
        ("teams:\n  t:\n  - - a\n", Remove(("teams", "t", 0, 0)), 3),
    ],
)
def test_what_cannot_be_edited_alone_is_refused_with_its_line(text: str, edit: Edit, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        after(text, edit)
    (problem,) = caught.value.problems
    assert problem.position is not None
    assert (problem.position.line, problem.hint) == (line, "edit it by hand")


def meaning(text: str) -> object:
    root, problems = parse(SourceFile("f", text))
    assert root is not None and not problems
    return root.value


def sorted_names(value: list[object]) -> list[str]:
    return sorted(map(str, value))


@given(LISTS, st.lists(NAMES), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
def test_any_list_gains_and_loses_exactly_the_item_asked_for(
    members: list[str], flow: list[str], end: str, last: bool, data: st.DataObject
) -> None:
    text = laid_out([members], flow, end, last)
    path = data.draw(st.sampled_from([("groups", "g0", "members"), ("teams", "t")]))
    root = meaning(text)
    assert isinstance(root, dict)
    items = root[path[0]][path[1]] if len(path) == 2 else root["groups"]["g0"]["members"]
    with_one_more = after(text, Insert(path, "new"))
    grown = meaning(with_one_more)
    assert isinstance(grown, dict)
    there = grown[path[0]][path[1]] if len(path) == 2 else grown["groups"]["g0"]["members"]
    assert sorted_names(there) == sorted_names([*items, "new"])
    gone, _ = changed_lines(text, with_one_more)
    assert len(gone) <= (len(path) == 2)
    if format_text(text, "f") == text:
        assert format_text(with_one_more, "f") == with_one_more
    if items:
        index = data.draw(st.integers(0, len(items) - 1))
        without = after(text, Remove((*path, index)))
        left = meaning(without)
        assert isinstance(left, dict)
        rest = left[path[0]][path[1]] if len(path) == 2 else left["groups"]["g0"]["members"]
        assert sorted_names(rest) == sorted_names(items[:index] + items[index + 1 :])
        _, came = changed_lines(text, without)
        assert len(came) <= (len(path) == 2 or len(items) == 1)
