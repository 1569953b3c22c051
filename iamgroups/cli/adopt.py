"""`iamgroups adopt`: make the files say what the account has."""

from typing import Annotated

import typer

from iamgroups.cli import account
from iamgroups.cli.accept import Addresses
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Allowed, Live
from iamgroups.cli.rewrite import Check, rewrite


def adopt(
    ctx: typer.Context,
    address: Addresses,
    *,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why, where something is accepted or kept.")
    ] = "adopted from the account",
    patch: Annotated[
        bool, typer.Option("--patch", help="Write nothing; print a patch for `git apply`.")
    ] = False,
    allow: Allowed = None,
    live: Live = "",
    check: Check = False,
) -> int:
    """Make the files say what the account has.

    No plan changes these addresses then, and every other one stays as it is.
    """
    from iamgroups.workflow.adopt import Adoption
    from iamgroups.workflow.adopt import adopt as work

    options: Options = ctx.obj
    status = account.Status(options.quiet)
    try:
        reader = account.reader(options, status, live)
        made = work(options.config, address, reader, Adoption(reason, tuple(allow or ())), status)
    finally:
        status.end()
    code = rewrite(made, check or patch, options)
    return code if check else 0
