"""`iamgroups drift`: what differs, from the account's side. Must not write to IAM."""

from datetime import timedelta
from typing import Annotated

import typer

from iamgroups.cli import account, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live


def drift(
    ctx: typer.Context,
    grace: Annotated[
        float, typer.Option(min=0, metavar="HOURS", help="What fell due less than this ago does not count.")
    ] = 24.0,
    live: Live = "",
) -> int:
    """Show how the account differs from the files.

    Exits 2 when it does; `accepted` and people still `pending` do not count.
    """
    from iamgroups import config
    from iamgroups.workflow import drift as work

    options: Options = ctx.obj
    status = account.Status(options.quiet)
    try:
        loaded = config.load(options.config)
        reader = account.reader(options, status, live)
        found = work.drift(loaded, reader, status, timedelta(hours=grace))
    finally:
        status.end()
    present.drift(found, options)
    account.say_requests(reader, options)
    return found.exit_code
