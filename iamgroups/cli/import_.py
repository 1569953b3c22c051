"""`iamgroups import`: the account as files whose first plan is empty."""

from typing import Annotated

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options


def import_(
    ctx: typer.Context,
    *,
    group: Annotated[list[str] | None, typer.Option("--group", metavar="G", help="Only this group.")] = None,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where the files go.")] = ".",
    single: Annotated[bool, typer.Option("--single", help="One file, not one per group.")] = False,
    live: Annotated[str, typer.Option("--live", metavar="FILE", help="Read this snapshot, not AWS.")] = "",
) -> int:
    """Write the live groups as configuration files.

    The first plan made from them is empty. No file is ever overwritten.
    """
    from iamgroups.config.imported import imported
    from iamgroups.workflow import importing

    options: Options = ctx.obj
    status = account.Status(options.quiet)
    try:
        reader = account.reader(options, status, live)
        found = imported(reader.read(reader.identify(), status), tuple(group or ()), single)
    finally:
        status.end()
    for path in importing.write(found, out, groups_only=bool(group)):
        output.emit(path)
    if found.remarks and not options.quiet:
        output.say("\n".join(["Not expressed:", *(f"  {line}" for line in found.remarks)]))
    return 0
