"""Print the difference an edit makes to the files, and write it."""

import os
from difflib import unified_diff
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import output
from iamgroups.cli.options import Options

if TYPE_CHECKING:
    from iamgroups.workflow.files import Rewritten

NEW = 0o644  # the mode of a new file
Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 2 when a file would change.")]
Known = Annotated[str, typer.Option("--live", metavar="FILE", help="Check names against this snapshot.")]


def rewrite(made: "Rewritten", check: bool, options: Options) -> int:
    """Print the difference, write the files unless `check`; return the exit code."""
    from iamgroups.workflow.files import make_folder, rewrite_whole, write_whole

    changed = {file: texts for file, texts in made.texts.items() if texts[0] != texts[1]}
    for file, (before, after) in changed.items():
        output.emit(difference(file, before, after))
        if not check and before:
            rewrite_whole(Path(file), after)
        elif not check:
            make_folder(Path(file).parent)
            write_whole(file, after, NEW)
    if made.said and not options.quiet:
        output.say("\n".join(made.said))
    return 2 if check and changed else 0


def difference(file: str, before: str, after: str) -> str:
    """Return a unified diff that `git apply` takes in this folder. `before` is "" for a new file."""
    name = os.path.relpath(file)
    end = "\t" if " " in name else ""  # as git marks the end of a name with spaces
    old = f"a/{name}{end}" if before else "/dev/null"
    lines = unified_diff(_lines(before), _lines(after), old, f"b/{name}{end}")
    # A last line without an end is marked, as diff and git do.
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(text: str) -> list[str]:
    """Return the lines as git counts them: only a line feed ends one."""
    return list(StringIO(text, newline="\n"))
