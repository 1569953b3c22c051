"""The rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST = 40  # lines, with the docstring


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
