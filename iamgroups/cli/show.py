"""`iamgroups show F`: print a saved plan."""

from typing import Annotated

import typer

from iamgroups.cli import present
from iamgroups.cli.options import Options


def show(ctx: typer.Context, file: Annotated[str, typer.Argument(help="What `plan --out` saved.")]) -> int:
    """Print a saved plan."""
    from iamgroups.workflow import saved

    options: Options = ctx.obj
    present.plan(saved.read(file), options)
    return 0
