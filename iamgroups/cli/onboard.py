"""`iamgroups onboard`: add a person to groups and teams in the files."""

from typing import Annotated

import typer

from iamgroups.cli.options import Options
from iamgroups.cli.rewrite import Check, Known, rewrite
from iamgroups.errors import UsageError


def onboard(
    ctx: typer.Context,
    user: Annotated[str, typer.Argument(help="The IAM user.")],
    *,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="G", help="Add to this group.")
    ] = None,
    team: Annotated[list[str] | None, typer.Option("--team", metavar="T", help="Add to this team.")] = None,
    like: Annotated[
        str, typer.Option(metavar="OTHER", help="Add wherever this person is, but for a time only.")
    ] = "",
    starts: Annotated[str, typer.Option(metavar="TIME", help="The first day, UTC, or a moment.")] = "",
    expires: Annotated[str, typer.Option(metavar="TIME", help="The last day, UTC, or a moment.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for whoever reads the file.")] = "",
    pending: Annotated[bool, typer.Option("--pending", help="The IAM user may not exist yet.")] = False,
    live: Known = "",
    check: Check = False,
) -> int:
    """Add a person to groups and teams in the files.

    Prints the difference. Nothing is sent to AWS.
    """
    from iamgroups.workflow.offline import read_snapshot
    from iamgroups.workflow.people import Places, Terms
    from iamgroups.workflow.people import onboard as work

    options: Options = ctx.obj
    places = Places(tuple(group or ()), tuple(team or ()), like)
    if places == Places():
        raise UsageError("say where to: --group, --team or --like")
    known = read_snapshot(live).live if live else None
    terms = Terms(starts=starts, expires=expires, reason=reason, pending=pending)
    return rewrite(work(options.config, user, places, terms, known), check, options)
