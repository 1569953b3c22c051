"""The canonical form sorts people and policies, moves comments with them, and touches nothing else."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamgroups.config import load
from iamgroups.config.format import format_text, format_tree
from iamgroups.errors import ConfigError

BEFORE = """\
# The head stays.
groups:
  zebras:   # groups keep their order
    members:   # and so does this
      # about zoe
      - zoe   # trailing
      -   Bob
      - {team: backend}
      # note on carol
      - user: carol
        # inside
        reason: >-
          hello
          # no comment

          world

      # A section of its own.

      - x
      - a
      # the end
    policies: [local:z, {set: s},  "aws:A"   , {set: b}]
  antelopes: {members: [z,
     y, x], policies: []}
teams:
  t:
  - b

  - c
  - a
moved: [{from: z, to: zebras}, {from: a, to: antelopes}]
"""
AFTER = """\
# The head stays.
groups:
  zebras:   # groups keep their order
    members:   # and so does this
      - {team: backend}
      -   Bob
      # note on carol
      - user: carol
        # inside
        reason: >-
          hello
          # no comment

          world
      # about zoe
      - zoe   # trailing

      # A section of its own.

      - a
      - x
      # the end
    policies: [{set: b}, {set: s},  "aws:A"   , local:z]
  antelopes: {members: [x,
     y, z], policies: []}
teams:
  t:
  - b

  - a
  - c
moved: [{from: z, to: zebras}, {from: a, to: antelopes}]
"""


def test_items_move_with_their_comments_and_nothing_else_moves() -> None:
    assert format_text(BEFORE, "f") == AFTER


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_missing_last_one_stay(end: str) -> None:
    assert format_text(BEFORE.replace("\n", end), "f") == AFTER.replace("\n", end)
    assert format_text("teams:\n  t:\n  - b\n  - a".replace("\n", end), "f") == (
        "teams:\n  t:\n  - a\n  - b".replace("\n", end)
    )


@pytest.mark.parametrize(
    "text",
    [
        "teams: {t: [&x b, a], u: [*x]}\n",
        "teams: {t: [b, # about b\n a]}\n",
        "teams:\n  t: &t\n  - b\n  - a\n  u: *t\n",
        "teams:\n  t:\n  - [b]\n  - a\n",
        "moved: [{from: b, to: a}]\nusers: {}\n",
        "groups: {g: {description: [b, a]}}\n",
    ],
)
def test_what_cannot_be_moved_safely_stays(text: str) -> None:
    assert format_text(text, "f") == text


def test_text_that_is_no_configuration_is_refused() -> None:
    for text in ("a: [", "a: 1\na: 2\n", "", "a: !!str b"):
        with pytest.raises(ConfigError):
            format_text(text, "f")


def test_a_whole_configuration_is_formatted_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text(
        'version: 1\naccount_id: "123456789012"\ninclude: ["groups/*.yaml"]\nteams: {t: [b, a]}\n'
    )
    (tmp_path / "groups").mkdir()
    (tmp_path / "groups" / "a.yaml").write_text("groups: {g: {members: [{team: t}]}}\n")
    found = format_tree(tmp_path)
    assert [(file.name, before == after) for file, (before, after) in found.items()] == [
        ("iamgroups.yaml", False),
        ("a.yaml", True),
    ]


def test_every_broken_file_is_reported(tmp_path: Path) -> None:
    head = 'version: 1\naccount_id: "123456789012"\ninclude: ["*.yaml"]\n'
    (tmp_path / "iamgroups.yaml").write_text(head)
    (tmp_path / "a.yaml").write_text("a: [")
    (tmp_path / "b.yaml").write_text("b: [")
    with pytest.raises(ConfigError) as caught:
        format_tree(tmp_path)
    assert len(caught.value.problems) == 2


NAMES = st.sampled_from(["alice", "Bob", "carol", "dave", "é", "no", "012", "zoe"])
ITEM = st.one_of(
    NAMES.map(lambda name: [f"- {name}"]),
    NAMES.map(lambda name: [f"- {{team: {name}}}  # trailing"]),
    NAMES.map(lambda name: [f"- user: {name}", "  # inside", "  reason: x"]),
    NAMES.map(lambda name: ["-", f"  user: {name}", "  reason: |", "    # text", "", "    more"]),
    NAMES.map(lambda name: [f'- "{name}"']),
)
ABOVE = st.sampled_from([[], [], [], ["# about it"], [""], ["", "# about it"], ["# a heading", ""]])
LISTS = st.lists(st.tuples(ABOVE, ITEM), min_size=1, max_size=7).map(
    lambda items: [line for above, item in items for line in above + item]
)


def laid_out(members: list[list[str]], flow: list[str], end: str, last: bool) -> str:
    lines = ["groups:"]
    for index, one in enumerate(members):
        lines += [f"  g{index}:", "    members:", *(f"      {line}".rstrip() for line in one)]
    lines += ["teams:", f"  t: [{' ,'.join(flow)}]  # flow"]
    return end.join(lines) + (end if last else "")


@given(
    st.lists(LISTS, min_size=1, max_size=3), st.lists(NAMES), st.sampled_from(["\n", "\r\n"]), st.booleans()
)
def test_the_form_is_canonical_and_means_the_same(
    members: list[list[str]], flow: list[str], end: str, last: bool
) -> None:
    text = laid_out(members, flow, end, last)
    once = format_text(text, "f")
    assert format_text(once, "f") == once
    assert len(once) == len(text)
    lines = [[line for line in version.split(end) if "# flow" not in line] for version in (text, once)]
    assert sorted(lines[0]) == sorted(lines[1])
    assert once.endswith(end) == last


@given(LISTS)
def test_order_alone_never_changes_the_digest(members: list[str]) -> None:
    digests = []
    text = 'version: 1\naccount_id: "123456789012"\n' + laid_out([members], [], "\n", True)
    for version in (text, format_text(text, "f")):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "iamgroups.yaml").write_text(version)
            try:
                digests.append(load(folder).digest)
            except ConfigError as error:
                digests.append(",".join(sorted(problem.message for problem in error.problems)))
    assert digests[0] == digests[1]
