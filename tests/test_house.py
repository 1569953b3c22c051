"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from iamgroups.state import FACTS

ROOT = Path(__file__).parents[1]
LONGEST = 40  # lines, with the docstring
# Where kinds of facts may be told apart by class. The last reads back what nobody vouches for.
BY_CLASS = (
    "iamgroups/state/",
    "iamgroups/planning/",
    "iamgroups/access/",
    "iamgroups/applying/journal_reading.py",
)


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of the package by its path."""
    for path in sorted((ROOT / "iamgroups").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_no_function_is_too_long_to_read_at_once() -> None:
    named = {f"{path}: {function.name}": function for path, tree in modules() for function in functions(tree)}
    assert len(named) > 500
    assert [name for name, function in named.items() if length(function) > LONGEST] == []


def test_the_reading_path_is_ten_files_of_about_a_thousand_lines() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    section = page.partition("## Ten files to read first\n")[2].partition("\n## ")[0]
    files = re.findall(r"^\d+\. `([^`]+)`", section, re.MULTILINE)
    lines = [len((ROOT / "iamgroups" / file).read_text().splitlines()) for file in files]
    assert len(files) == 10
    assert 800 < sum(lines) < 1300


def test_every_file_that_says_where_something_is_decided_exists() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    section = page.partition("## Where is it decided?\n")[2].partition("\n## ")[0]
    known = {path.name for path in (ROOT / "iamgroups").rglob("*.py")}
    named = re.findall(r"`([a-z_/]+\.py)`", section)
    assert len(named) > 10
    for name in named:
        assert (ROOT / "iamgroups" / name).is_file() if "/" in name else name in known, name


def asked_of(tree: ast.Module) -> set[str]:
    """Return every class that `isinstance` asks for."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) == 2)
    asked = (
        call.args[1] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "isinstance"
    )
    return {name.id for each in asked for name in ast.walk(each) if isinstance(name, ast.Name)}


def test_kinds_of_facts_are_told_apart_by_their_table() -> None:
    kinds = {fact.__name__ for fact in FACTS}
    asking = {path for path, tree in modules() if kinds & asked_of(tree)}
    assert any(path.startswith(BY_CLASS) for path in asking)
    assert {path for path in asking if not path.startswith(BY_CLASS)} == set()
