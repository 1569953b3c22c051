"""`iamgroups explain`: what one person can do, and why."""

from typing import Annotated

import typer

from iamgroups.cli import asking, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live
from iamgroups.errors import UsageError

Person = Annotated[str, typer.Argument(help="The IAM user.")]
Action = Annotated[str, typer.Argument(help="An action, like s3:PutObject. Default: a summary.")]
Expect = Annotated[
    str, typer.Option("--expect", metavar="VERDICT", help="Exit 2 unless `allowed`, or `denied`.")
]


def explain(
    ctx: typer.Context,
    user: Person,
    action: Action = "",
    resource: asking.Resource = "",
    *,
    context: asking.Context = None,
    assume_absent: asking.AssumeAbsent = False,
    scp: asking.Scp = None,
    planned: asking.Planned = False,
    expect: Expect = "",
    unlisted: asking.Unlisted = False,
    live: Live = "",
) -> int:
    """Say what a person can do, and why.

    Reads only. Files are not needed; with them, the lines are named that give the access.
    """
    from iamgroups.workflow.understanding import asked

    options: Options = ctx.obj
    expected = _expected(expect, action)
    question = asked(action, resource, context or (), assume_absent, scp or ())
    found = asking.understand(options, live, planned, [user]).explain(user, question, unlisted)
    present.answer(found, options)
    return 2 if expected and found.verdict != expected else 0


def _expected(word: str, action: str) -> str:
    if word and not action:
        raise UsageError("--expect: name an ACTION to expect something of")
    if word not in ("allowed", "denied", ""):
        raise UsageError(f"--expect {word}: it is allowed or denied")
    return word
