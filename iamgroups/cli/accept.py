"""`iamgroups accept`: write down that drift does not fail for something."""

from typing import Annotated

import typer

from iamgroups.cli.options import Options
from iamgroups.cli.rewrite import Check, rewrite

Addresses = Annotated[list[str], typer.Argument(help="As `drift` prints it.")]


def accept(
    ctx: typer.Context,
    address: Addresses,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for whoever reads the file.")],
    until: Annotated[str, typer.Option(metavar="DAY", help="The last day, UTC.")] = "",
    live: Annotated[
        str, typer.Option("--live", metavar="FILE", help="Check against the drift of this snapshot.")
    ] = "",
    check: Check = False,
) -> int:
    """Accept what drift tells of, in the files.

    Prints the difference. Nothing is sent to AWS.
    """
    from iamgroups.config.accepting import AcceptTerms
    from iamgroups.workflow.accept import accept as work
    from iamgroups.workflow.offline import read_snapshot

    options: Options = ctx.obj
    known = read_snapshot(live) if live else None
    return rewrite(work(options.config, address, AcceptTerms(reason, until), known), check, options)
