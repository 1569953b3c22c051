"""`iamgroups drift`: what differs, from the account's side. Must not write to IAM."""

from typing import Annotated

import typer

from iamgroups.cli import account, present
from iamgroups.cli.options import Options
from iamgroups.errors import ConfigError


def drift(
    ctx: typer.Context,
    strict: Annotated[
        bool, typer.Option("--strict", help="Count what the settings only report, too.")
    ] = False,
) -> int:
    """Show how the account differs from the files; exit 2 when it does."""
    from iamgroups import config, workflow

    options: Options = ctx.obj
    status = account.Status(options.quiet)
    try:
        loaded = config.load(options.config)
        connection = account.connect(options, status)
        found = workflow.drift(loaded, connection, strict, status)
    except ConfigError as error:
        return present.problems(error, options)
    finally:
        status.end()
    present.drift(found, options)
    account.say_requests(connection, options)
    return found.exit_code
