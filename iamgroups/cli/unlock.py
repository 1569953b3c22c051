"""`iamgroups unlock`: end a dead process's hold on the lock. Must not touch IAM."""

from typing import Annotated

import typer

from iamgroups.cli import account, output, present
from iamgroups.cli.options import Options
from iamgroups.errors import ConfigError, UsageError


def unlock(
    ctx: typer.Context, id: Annotated[str, typer.Argument(help="The id the refused apply named.")]
) -> int:
    """End a dead process's hold on the lock.

    The lock is the one `settings.lock` names; make certain that the process is dead.
    """
    from iamgroups import config

    options: Options = ctx.obj
    try:
        loaded = config.load(options.config)
    except ConfigError as error:
        return present.problems(error, options)
    if not loaded.settings.lock:
        raise UsageError("settings.lock is not set: a lock on this machine ends with its process")
    connection = account.connect(options, account.Status(options.quiet))
    output.say(f"Unlocked: it was held by {connection.unlock(loaded.settings.lock, id)}")
    return 0
