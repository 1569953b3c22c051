"""`iamgroups audit`: who holds what, and since which line."""

from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import asking, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.results.combined import OneAccount

Subject = Annotated[str, typer.Argument(metavar="[NAME]", help="A user or group. Default: the account.")]


def audit(ctx: typer.Context, name: Subject = "", *, live: Live = "") -> int:
    """Say who holds what, and what it lets them do.

    Reads only. Files are not needed; with them, the lines are named that give the access.
    """
    options: Options = ctx.obj
    if options.several:
        if live or name:
            raise UsageError("--live and NAME are of one account: name one root with -c")
        from iamgroups.cli import many

        return many.run("audit", _one, options)
    present.answer(asking.understand(options, live).audit(name), options)
    return 0


def _one(options: Options) -> "OneAccount":
    from iamgroups.render import audit_lines
    from iamgroups.results.combined import OneAccount

    found = asking.understand(options, "").audit()
    text = present.text_of(lambda form, look: form.answer(found, look), options)
    return OneAccount(options.config, found.account, 0, audit_lines.total(found), text, telling=True)
