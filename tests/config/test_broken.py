"""Every broken configuration of the table reports exactly what is wrong, where, and what to do."""

import os
from pathlib import Path

import pytest

from iamgroups.config import load
from iamgroups.config.source_file import SourceFile
from iamgroups.config.tree import parse
from iamgroups.errors import ConfigError, Problem
from tests.config.broken import BROKEN, Files, Link, Pipe


def lay_out(folder: Path, files: Files) -> None:
    for name, content in files.items():
        file = folder / name
        if isinstance(content, Link):
            file.symlink_to(content.target)
        elif isinstance(content, Pipe):
            os.mkfifo(file)
        else:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())


def told(problem: Problem) -> str:
    return f"{problem.position}: {problem.message}" + (f" | {problem.hint}" if problem.hint else "")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_configuration_says_what_is_wrong_and_where(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, expected = BROKEN[name]
    (tmp_path / "secret.yaml").write_text("groups: {secret: {}}")
    (tmp_path / "conf").mkdir()
    lay_out(tmp_path / "conf", files)
    monkeypatch.chdir(tmp_path / "conf")
    with pytest.raises(ConfigError) as caught:
        load(".")
    assert [told(problem) for problem in caught.value.problems] == expected


def test_the_table_is_not_shortened() -> None:
    assert len(BROKEN) >= 100


def test_a_problem_shows_its_line_and_points_at_it(tmp_path: Path) -> None:
    lay_out(tmp_path, BROKEN["a misspelt choice"][0])
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert str(caught.value).splitlines()[1:] == [
        "    groups: {a: {membership: exklusive}}",
        "                             ^",
        "    did you mean 'exclusive'?",
    ]


def test_a_missing_root_is_named_with_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "iamgroup.yml").write_text("")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    assert told(caught.value.problems[0]) == (
        f"{tmp_path}/iamgroups.yaml:1:1: there is no such file | did you mean 'iamgroup.yml'?"
    )


def test_a_folder_with_no_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`iamgroups import --out DIR` writes a first one"):
        load(tmp_path)


def test_a_file_of_many_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "iamgroups.yaml").open("wb") as file:
        file.truncate(9 * 1024 * 1024)
    with pytest.raises(ConfigError, match="larger than 8 MiB"):
        load(tmp_path)


def test_an_unreadable_file_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "iamgroups.yaml").write_text("version: 1")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigError, match="cannot read the file: Permission denied"):
        load(tmp_path)


def test_folders_linked_in_circles_do_not_make_an_include_endless(tmp_path: Path) -> None:
    lay_out(tmp_path, {"iamgroups.yaml": 'version: 1\naccount_id: "123456789012"\ninclude: ["**/*.yaml"]\n'})
    (tmp_path / "sub").mkdir()
    for name in "abc":
        (tmp_path / "sub" / name).symlink_to("..")
    (tmp_path / "sub" / "x.yaml").write_text("groups: {x: {}}")
    assert [group.name for group in load(tmp_path).groups] == ["x"]


def test_the_python_parser_stands_in_for_libyaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader")
    lay_out(tmp_path, BROKEN["a duplicate key"][0])
    with pytest.raises(ConfigError, match=r"iamgroups\.yaml:6:3: key 'a' appears twice"):
        load(tmp_path)
    lay_out(tmp_path, BROKEN["30,000 open brackets"][0])
    with pytest.raises(ConfigError, match="nested more than 32 levels deep"):
        load(tmp_path)


DEEP = {
    "brackets": "[" * 30000,
    "brackets apart": "a: " + "[ " * 30000,
    "brackets on lines of their own": "[\n" * 30000,
    "closed brackets": "a: " + "[" * 5000 + "]" * 5000,
    "braces": "{a: " * 30000,
    "dashes": "a:\n  " + "- " * 30000,
    "keys": "".join(" " * depth + "a:\n" for depth in range(1500)),
    "brackets after a full file": "version: 1\ngroups: {}\nteams: " + "[" * 30000,
    "brackets of every kind": "[{a: " * 15000,
}


@pytest.mark.parametrize("parser", ["libyaml", "Python"])
@pytest.mark.parametrize("name", DEEP)
def test_any_nesting_without_end_is_told_in_our_own_words(
    name: str, parser: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import yaml

    if parser == "Python":
        monkeypatch.delattr(yaml, "CSafeLoader")
    _, problems = parse(SourceFile("x.yaml", DEEP[name]))
    assert [problem.message for problem in problems] == ["nested more than 32 levels deep"]


@pytest.mark.parametrize("text", ['a: "\\UFFFFFFFF"', "%YAML " + "9" * 5000 + ".1\n---\na", "[" * 20 + ": }"])
def test_what_the_parser_cannot_hold_is_not_valid_yaml(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    for _ in range(2):
        _, (problem,) = parse(SourceFile("x.yaml", text))
        assert problem.message.startswith("not valid YAML: ")
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
