"""What the commands that ask about access have in common: their options, and the reading."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import account
from iamgroups.cli.options import Options

if TYPE_CHECKING:
    from iamgroups.workflow.understanding import Understanding

Resource = Annotated[str, typer.Argument(help="An ARN, `*` and `?` allowed. Default: any resource.")]
Context = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="K=V|FILE", help="A condition key's value, or a JSON file of them."),
]
AssumeAbsent = Annotated[bool, typer.Option("--assume-absent", help="Requests have no other condition keys.")]
Scp = Annotated[
    list[str] | None,
    typer.Option("--scp", metavar="FILE", help="SCPs of one level as JSON; the root's level first."),
]
Planned = Annotated[bool, typer.Option("--planned", help="After the plan of the files.")]
Unlisted = Annotated[
    bool, typer.Option("--unlisted", help="Ask for an action that the catalogue does not have yet.")
]


def understand(
    options: Options, live: str, planned: bool = False, names: Sequence[str] | None = None
) -> "Understanding":
    """Read the account, and the documents that these users hold; None is all of them."""
    from iamgroups.workflow import understanding

    status = account.Status(options.quiet)
    try:
        reader = account.reader(options, status, live)
        known = understanding.understand(options.config, reader, names, planned, status)
    finally:
        status.end()
    account.say_requests(reader, options)
    return known
