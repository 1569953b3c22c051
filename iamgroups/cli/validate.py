"""`iamgroups validate`: check the files, offline. Must not reach AWS."""

import typer

from iamgroups.cli import present
from iamgroups.cli.options import Options


def validate(ctx: typer.Context) -> int:
    """Check the files, offline; every problem at once."""
    from iamgroups import config

    options: Options = ctx.obj
    found = config.load(options.config)
    present.valid(found, options)
    return 0
