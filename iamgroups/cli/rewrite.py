"""Print the difference an edit makes to the files, and write it."""

from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import output
from iamgroups.cli.options import Options

if TYPE_CHECKING:
    from iamgroups.workflow.people import Rewritten

Check = Annotated[bool, typer.Option("--check", help="Write nothing; exit 2 when a file would change.")]
Known = Annotated[str, typer.Option("--live", metavar="FILE", help="Check names against this snapshot.")]


def rewrite(made: "Rewritten", check: bool, options: Options) -> int:
    """Print the difference, write the files unless `check`; return the exit code."""
    from iamgroups.workflow.files import rewrite_whole

    changed = {file: texts for file, texts in made.texts.items() if texts[0] != texts[1]}
    for file, (before, after) in changed.items():
        output.emit(difference(file, before, after))
        if not check:
            rewrite_whole(Path(file), after)
    if made.said and not options.quiet:
        output.say("\n".join(made.said))
    return 2 if check and changed else 0


def difference(file: str, before: str, after: str) -> str:
    """Return a unified diff that `git apply` takes."""
    lines = unified_diff(before.splitlines(True), after.splitlines(True), f"a/{file}", f"b/{file}")
    # A last line without an end is marked, as diff and git do.
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
