"""`iamgroups explain`: what one person can do, and why."""

from typing import Annotated

import typer

from iamgroups.cli import account, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live
from iamgroups.errors import UsageError

Person = Annotated[str, typer.Argument(help="The IAM user.")]
Action = Annotated[str, typer.Argument(help="An action, like s3:PutObject. Default: a summary.")]
Resource = Annotated[str, typer.Argument(help="An ARN, `*` and `?` allowed. Default: any resource.")]
Keys = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="K=V|FILE", help="A condition key's value, or a JSON file of them."),
]
AssumeAbsent = Annotated[bool, typer.Option("--assume-absent", help="Requests have no other condition keys.")]
Scps = Annotated[
    list[str] | None,
    typer.Option("--scp", metavar="FILE", help="SCPs of one level as JSON; the root's level first."),
]
Planned = Annotated[bool, typer.Option("--planned", help="After the plan of the files.")]
Expect = Annotated[
    str, typer.Option("--expect", metavar="VERDICT", help="Exit 2 unless `allowed`, or `denied`.")
]
Unlisted = Annotated[
    bool, typer.Option("--unlisted", help="Ask for an action that the catalogue does not have yet.")
]


def explain(
    ctx: typer.Context,
    user: Person,
    action: Action = "",
    resource: Resource = "",
    *,
    context: Keys = None,
    assume_absent: AssumeAbsent = False,
    scp: Scps = None,
    planned: Planned = False,
    expect: Expect = "",
    unlisted: Unlisted = False,
    live: Live = "",
) -> int:
    """Say what a person can do, and why.

    Reads only. Files are not needed; with them, the lines are named that give the access.
    """
    from iamgroups.workflow import understanding as work

    options: Options = ctx.obj
    expected = _expected(expect, action)
    asked = work.asked(action, resource, context or (), assume_absent, scp or ())
    status = account.Status(options.quiet)
    try:
        reader = account.reader(options, status, live)
        known = work.understand(options.config, reader, [user], planned, status)
    finally:
        status.end()
    found = known.explain(user, asked, unlisted)
    present.explanation(found, options)
    account.say_requests(reader, options)
    return 2 if expected and found.verdict != expected else 0


def _expected(word: str, action: str) -> str:
    if word and not action:
        raise UsageError("--expect: name an ACTION to expect something of")
    if word not in ("allowed", "denied", ""):
        raise UsageError(f"--expect {word}: it is allowed or denied")
    return word
