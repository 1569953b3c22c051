"""`iamgroups drift`: what differs, from the account's side."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import account, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.results.combined import OneAccount


def drift(
    ctx: typer.Context,
    grace: Annotated[
        float, typer.Option(min=0, metavar="HOURS", help="What fell due less than this ago does not count.")
    ] = 24.0,
    group: Annotated[
        list[str] | None, typer.Option("--group", metavar="G", help="Only what is of this group.")
    ] = None,
    live: Live = "",
) -> int:
    """Show how the account differs from the files.

    Exits 2 when it does; `accepted` and people still `pending` do not count.
    """
    from iamgroups import config
    from iamgroups.workflow import drift as work

    options: Options = ctx.obj
    if options.several:
        if live:
            raise UsageError("--live is a snapshot of one account: name one root with -c")
        from iamgroups.cli import many

        return many.run("drift", partial(_one, timedelta(hours=grace), tuple(group or ())), options)
    status = account.Status(options.quiet)
    try:
        loaded = config.load(options.config)
        reader = account.reader(options, status, live, loaded, "drift")
        found = work.drift(loaded, reader, status, timedelta(hours=grace), group or ())
    finally:
        status.end()
    present.drift(found, options)
    account.say_requests(reader, options)
    return found.exit_code


def _one(grace: timedelta, groups: tuple[str, ...], options: Options) -> "OneAccount":
    from iamgroups import config
    from iamgroups.render import drift_lines
    from iamgroups.results.combined import OneAccount
    from iamgroups.workflow import drift as work

    status = account.Status(options.quiet)
    loaded = config.load(options.config)
    found = work.drift(loaded, account.connect(options, status, loaded, "drift"), status, grace, groups)
    text = present.text_of(lambda form, look: form.drift(found, look), options)
    says, caller = drift_lines.total(found).rstrip("."), found.account.caller_arn
    return OneAccount(options.config, found.account.id, found.exit_code, says, text, caller=caller)
