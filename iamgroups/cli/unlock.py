"""`iamgroups unlock`: end a dead process's hold on the lock."""

from typing import Annotated

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options
from iamgroups.errors import UsageError


def unlock(
    ctx: typer.Context, id: Annotated[str, typer.Argument(help="The id the refused apply named.")]
) -> int:
    """End a dead process's hold on the lock.

    The lock is the one `settings.lock` names; make certain that the process is dead.
    """
    from iamgroups import config

    options: Options = ctx.obj
    loaded = config.load(options.config)
    if not loaded.settings.lock:
        raise UsageError("settings.lock is not set: a lock on this machine ends with its process")
    connection = account.connect(options, account.Status(options.quiet), loaded, "apply")
    output.say(f"Unlocked: it was held by {connection.unlock(loaded.settings.lock, id)}")
    return 0
