"""`iamgroups undo`: take back what a journal says was made."""

from functools import partial
from typing import Annotated

import typer

from iamgroups.cli import output
from iamgroups.cli.apply import Asked, AutoApprove, ExpectDigest, LockTimeout, RetryFor, agree_and_run
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Allowed
from iamgroups.errors import UsageError


def undo(
    ctx: typer.Context,
    journal: Annotated[str, typer.Argument(help="The file that an apply wrote.")],
    *,
    auto_approve: AutoApprove = False,
    remaining: Annotated[bool, typer.Option("--remaining", help="Leave out what has moved since.")] = False,
    allow: Allowed = None,
    expect_digest: ExpectDigest = "",
    retry_for: RetryFor = 120.0,
    lock_timeout: LockTimeout = 0.0,
) -> int:
    """Take back what an apply made, by its journal.

    The files stay as they are: revert them too, or the next apply makes it again.
    """
    options: Options = ctx.obj
    if not (auto_approve or output.interactive()):
        raise UsageError("there is no terminal to ask on: give --auto-approve")
    from iamgroups import config
    from iamgroups.workflow import undo as work
    from iamgroups.workflow.apply import ApplyLimits
    from iamgroups.workflow.plan import wanted

    loaded = config.load(options.config)
    past = work.Undoing(journal, remaining)
    ask = not auto_approve
    what = wanted(None, None, allow, access=ask)
    make = partial(work.review, loaded, wanted=what, past=past, expected=expect_digest)
    asked = Asked(loaded, make, ApplyLimits(options.concurrency, retry_for), ask)
    return agree_and_run(asked, options, lock_timeout)
