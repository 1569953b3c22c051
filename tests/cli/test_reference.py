"""docs/commands.md lists every command with every option, its defaults included, and none that is not."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import typer

from iamgroups.cli.app import COMMANDS, command_line

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text()
COMMAND_LINE = typer.main.get_command(command_line())
EVERY = "Every command"
# Defaults that say nothing: the page leaves them out, or says in words what happens then.
UNSAID = (None, "", False)


def sections() -> dict[str, str]:
    """Return what the page says, by the title of each section."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)[1:]
    return {title.strip("`"): text for title, text in zip(parts[::2], parts[1::2], strict=True)}


def parameters(name: str) -> Iterable[typer.core.TyperArgument | typer.core.TyperOption]:
    command = COMMAND_LINE if name == EVERY else COMMAND_LINE.commands[name]  # type: ignore[attr-defined]
    found: Iterable[typer.core.TyperArgument | typer.core.TyperOption] = command.params
    return found


def rows(text: str) -> dict[tuple[str, ...], list[str]]:
    """Return spellings (`-c`, `--config`) -> the cells after the first, of one section's table."""
    table = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in text.splitlines() if line[:4] == "| `-"]
    return {tuple(re.findall(r"`(-[-a-z]+)", first)): rest for first, *rest in table}


def title_of(name: str) -> str:
    return next(title for title in sections() if name in (title, title.split()[0]))


def test_every_command_has_its_section() -> None:
    first, *rest = sections()
    assert first == EVERY
    assert [title.split()[0] for title in rest] == list(COMMANDS)


@pytest.mark.parametrize("name", [EVERY, *COMMANDS])
def test_every_option_is_listed_with_its_default(name: str) -> None:
    options = [each for each in parameters(name) if each.param_type_name == "option"]
    listed = rows(sections()[title_of(name)])
    assert list(listed) == [tuple(option.opts) for option in options]
    for option in options:
        told = listed[tuple(option.opts)][0].strip("`")
        if not any(option.default is unsaid for unsaid in UNSAID):
            assert told == str(option.default).removesuffix(".0")
    assert ("No options." in sections()[title_of(name)]) == (not options)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_is_in_the_title(name: str) -> None:
    arguments = [each for each in parameters(name) if each.param_type_name == "argument"]
    words = title_of(name).split()[1:]
    assert len(words) == len(arguments)
    for word, argument in zip(words, arguments, strict=True):
        choices = getattr(argument.type, "choices", None)
        spelled = "|".join(map(str, choices)) if choices else (argument.name or "").upper()
        spelled += "..." if argument.nargs == -1 else ""
        assert word == (spelled if argument.required else f"[{spelled}]")
