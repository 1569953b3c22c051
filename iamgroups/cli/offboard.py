"""`iamgroups offboard`: take every mention of a person out of the files."""

from typing import Annotated

import typer

from iamgroups.cli.options import Options
from iamgroups.cli.rewrite import Check, rewrite


def offboard(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(help="The IAM user.")],
    *,
    live: Annotated[
        str,
        typer.Option("--live", metavar="FILE", help="Say what the person holds in this snapshot besides."),
    ] = "",
    check: Check = False,
) -> int:
    """Take every mention of a person out of the files.

    Prints the difference, and what no file can take away. Nothing is sent to AWS.
    """
    from iamgroups.workflow.offline import read_snapshot
    from iamgroups.workflow.people import offboard as work

    options: Options = ctx.obj
    known = read_snapshot(live).live if live else None
    return rewrite(work(options.config, user, known), check, options)
