"""`iamgroups who-can`: who can do one action."""

from typing import Annotated

import typer

from iamgroups.cli import asking, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live


def who_can(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(help="An action, like iam:CreateUser.")],
    resource: asking.Resource = "",
    *,
    context: asking.Context = None,
    assume_absent: asking.AssumeAbsent = False,
    scp: asking.Scp = None,
    planned: asking.Planned = False,
    unlisted: asking.Unlisted = False,
    live: Live = "",
) -> int:
    """Say who can do one action, and by which group.

    Reads only. Files are not needed; with them, the lines are named that give the access.
    """
    from iamgroups.workflow.understanding import asked

    options: Options = ctx.obj
    question = asked(action, resource, context or (), assume_absent, scp or ())
    present.answer(asking.understand(options, live, planned).who_can(question, unlisted), options)
    return 0
