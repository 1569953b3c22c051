"""What a good configuration means once it is loaded."""

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from iamgroups.config import load, with_lines
from iamgroups.errors import ConfigError, Position, Problem
from iamgroups.state.config import Config

HEAD = 'version: 1\naccount_id: "123456789012"\n'


def written(folder: Path, text: str, **files: str) -> Config:
    (folder / "iamgroups.yaml").write_text(HEAD + text)
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content)
    return load(folder)


def test_strings_are_read_as_they_are_written(tmp_path: Path) -> None:
    config = written(tmp_path, "groups: {no: {members: [yes, 012, 1e3, null, 2026-12-31]}}")
    group = config.groups[0]
    assert group.name == "no"
    assert [m.user for m in group.members or ()] == ["yes", "012", "1e3", "null", "2026-12-31"]


def test_an_absent_list_is_not_an_empty_one(tmp_path: Path) -> None:
    config = written(tmp_path, "groups: {a: {}, b: {members: [], policies: []}}")
    assert (config.groups[0].members, config.groups[0].policies) == (None, None)
    assert (config.groups[1].members, config.groups[1].policies) == ((), ())


def test_teams_and_sets_are_expanded_and_keep_their_places(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        """\
teams: {t: [alice, {user: bob, expires: 2026-05-01}]}
policy_sets: {s: ["aws:A"]}
groups: {g: {members: [{team: T, expires: 2026-06-01}], policies: [{set: s}, "aws:B"]}}
""",
    )
    members, policies = config.groups[0].members or (), config.groups[0].policies or ()
    assert [(m.user, m.expires, m.via, m.position.line) for m in members] == [
        ("alice", date(2026, 6, 1), "t", 3),
        ("bob", date(2026, 5, 1), "t", 3),
    ]
    assert [(p.spec, p.via, p.position.line) for p in policies] == [("aws:A", "s", 4), ("aws:B", "", 5)]


def test_a_person_listed_twice_keeps_the_longest_and_is_warned_about(tmp_path: Path) -> None:
    config = written(tmp_path, "groups: {g: {members: [{user: al, expires: 2026-05-01}, AL]}}")
    assert [(m.user, m.expires) for m in config.groups[0].members or ()] == [("AL", None)]
    assert [warning for warning, _ in config.warnings] == [
        f"'AL' is in group 'g' twice, also at {tmp_path}/iamgroups.yaml:3:31; kept without end"
    ]


def test_problems_found_later_get_their_lines_where_the_file_still_has_them(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("one\ntwo\n")
    places = [
        Position(str(file), 2, 1),
        Position(str(file), 9, 1),
        Position(str(tmp_path / "gone"), 1, 1),
        None,
    ]
    problems = with_lines([Problem("wrong", place) for place in places])
    assert [problem.source_line for problem in problems] == ["two", None, None, None]
    assert [problem.position for problem in problems] == places


def test_files_are_merged_and_shown_relative_to_what_the_user_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "include: ['*.yaml']\ngroups: {a: {}}", b="groups: {b: {}}", c="groups: {c: {}}")
    monkeypatch.chdir(tmp_path)
    assert [str(group.position) for group in load(".").groups] == [
        "iamgroups.yaml:4:10",
        "b.yaml:1:10",
        "c.yaml:1:10",
    ]


def test_every_problem_of_every_file_is_reported_in_order(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, "include: ['*.yaml']\ngroups: {a: {path: x, member: []}}", b="nope: 1", c="[")
    places = [problem.position for problem in caught.value.problems]
    assert [(Path(p.file).name, p.line, p.column) for p in places if p] == [
        ("iamgroups.yaml", 4, 20),
        ("iamgroups.yaml", 4, 23),
        ("b.yaml", 1, 1),
        ("c.yaml", 1, 1),
    ]


def test_the_digest_is_of_the_meaning(tmp_path: Path) -> None:
    first = written(tmp_path, "groups: {a: {members: [x, y], description: one}, b: {}}")
    second = written(
        tmp_path, "include: [b.yaml]  # moved\ngroups:\n  a:\n    members: [y, x]\n", b="groups: {b: {}}"
    )
    third = written(tmp_path, "groups: {a: {members: [x]}, b: {}}")
    assert first.digest == second.digest != third.digest


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / "groups" / name).mkdir(parents=True)
        (tmp_path / "groups" / name / "g.yaml").write_text(f"groups: {{{name}: {{}}}}\n")
    (tmp_path / "iamgroups.yaml").write_text(f'{HEAD}include: ["groups/**/*.yaml"]\n')
    assert [group.name for group in load(tmp_path).groups] == ["a", "b"]
    scandir = os.scandir

    def closed(folder: Path) -> object:
        # Root may read everything, and the tests may run as root.
        if Path(folder).name == "b":
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    [problem] = caught.value.problems
    assert problem.message.endswith("/groups/b cannot be read: Permission denied")
    assert problem.position == (f"{tmp_path}/iamgroups.yaml", 3, 11)


def test_a_person_written_in_two_cases_is_a_warning_with_both_places(tmp_path: Path) -> None:
    root = tmp_path / "iamgroups.yaml"
    root.write_text(
        'version: 1\naccount_id: "123456789012"\n'
        "groups:\n  a: {members: [Zoe]}\n  b: {members: [zoe, ann]}\n  c: {members: [zoe]}\n"
    )
    ((message, position),) = load(root).warnings
    assert (position.line, position.column) == (5, 17)
    assert message.startswith("'zoe' and 'Zoe' at ") and ":4:17 are one user" in message


@pytest.mark.parametrize("text", ['{"Version": "2012-10-17",}', '{"Statement": [1,\n ]}'])
def test_a_comma_before_a_closing_bracket_of_a_document_is_called_that(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    root = tmp_path / "iamgroups.yaml"
    root.write_text('version: 1\naccount_id: "123456789012"\npolicies: {p: {document: p.json}}\n')
    with pytest.raises(ConfigError, match="no comma before a closing bracket: take it out"):
        load(root)
