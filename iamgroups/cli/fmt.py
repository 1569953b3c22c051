"""`iamgroups fmt`: the canonical form of the files."""

from typing import Annotated

import typer

from iamgroups.cli import output
from iamgroups.cli.options import Options
from iamgroups.cli.rewrite import difference


def fmt(
    ctx: typer.Context,
    *,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 2 when a file would.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print the difference; change nothing.")] = False,
) -> int:
    """Sort members and policies in the files.

    Comments and layout stay as the hand left them.
    """
    from iamgroups.config.format import format_tree
    from iamgroups.workflow.files import rewrite_whole

    options: Options = ctx.obj
    found = format_tree(options.config)
    changed = {path: texts for path, texts in found.items() if texts[0] != texts[1]}
    for path, (before, after) in changed.items():
        if not (check or diff):
            rewrite_whole(path, after)
        if diff:
            output.emit(difference(str(path), before, after))
        else:
            output.emit(str(path))
    return 2 if check and changed else 0
