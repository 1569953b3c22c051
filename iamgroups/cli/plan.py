"""`iamgroups plan`: read, compare, print."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import account, present
from iamgroups.cli.options import Options
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.results.combined import OneAccount
    from iamgroups.results.review import Review
    from iamgroups.workflow.plan import Wanted

STDOUT = "-"

Out = Annotated[str, typer.Option(metavar="FILE", help="Save the plan for `apply`; - is stdout.")]
Enforce = Annotated[bool, typer.Option("--enforce", help="Exit 3 when a guardrail blocks.")]
Detailed = Annotated[bool, typer.Option("--detailed-exitcode", help="Exit 2 when there are changes.")]
NoAccess = Annotated[
    bool, typer.Option("--no-access", help="Leave out what people gain and lose in actions.")
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", metavar="G", help="Only this group, and what it waits for.")
]
Excluded = Annotated[list[str] | None, typer.Option("--exclude", metavar="G", help="Nothing of this group.")]
Allowed = Annotated[
    list[str] | None, typer.Option("--allow", metavar="RULE", help="Override this guardrail.")
]
Live = Annotated[
    str, typer.Option("--live", metavar="FILE", help="Read this snapshot, not AWS: no credentials needed.")
]


def plan(
    ctx: typer.Context,
    *,
    group: Groups = None,
    exclude: Excluded = None,
    out: Out = "",
    enforce: Enforce = False,
    detailed_exitcode: Detailed = False,
    allow: Allowed = None,
    no_access: NoAccess = False,
    live: Live = "",
) -> int:
    """Show what apply would do."""
    from iamgroups import config
    from iamgroups.workflow import plan as work

    options: Options = ctx.obj
    wanted = work.wanted(group, exclude, allow, access=not no_access)
    if options.several:
        if live or out == STDOUT:
            raise UsageError("--live and --out - are about one account: name one root with -c")
        from iamgroups.cli import many

        many.clear(out, "plan", options)
        return many.run("plan", partial(_one, wanted, out, enforce, detailed_exitcode), options)
    status = account.Status(options.quiet)
    try:
        loaded = config.load(options.config)
        reader = account.reader(options, status, live, loaded)
        made = work.plan(loaded, reader, wanted, status)
    finally:
        status.end()
    present.plan(made, _save(made, out, options))
    account.say_requests(reader, options)
    return _code(made, enforce, detailed_exitcode)


def _save(made: "Review", out: str, options: Options) -> Options:
    """Save the plan where that is asked for; return how to print it then."""
    if out == STDOUT:
        present.proposal(made, options)
        return replace(options, format="json")
    if out:
        from iamgroups.workflow import saved

        saved.save(made, out)
    return options


def _code(made: "Review", enforce: bool, detailed: bool) -> int:
    if enforce and made.blocking:
        return 3
    return 2 if detailed and made.plan.changes else 0


def _one(wanted: "Wanted", out: str, enforce: bool, detailed: bool, options: Options) -> "OneAccount":
    made = make(wanted, options)
    if out:
        from iamgroups.workflow import account_files, saved

        saved.save(made, account_files.path_of(out, made.plan.account.id))
    return row(made, options, _code(made, enforce, detailed))


def make(wanted: "Wanted", options: Options, role: account.Role = "plan") -> "Review":
    """Return the plan of one of several accounts. Raises: ConfigError, PreconditionError, AccountError."""
    from iamgroups import config
    from iamgroups.workflow import plan as work

    status = account.Status(options.quiet)
    loaded = config.load(options.config)
    return work.plan(loaded, account.connect(options, status, loaded, role), wanted, status)


def row(made: "Review", options: Options, code: int) -> "OneAccount":
    """Return a plan as one of several accounts."""
    from iamgroups.render import wording
    from iamgroups.results.combined import OneAccount

    text = present.text_of(lambda form, look: form.plan(made, look), options)
    found = made.plan
    says = ", ".join(wording.tally(found.changes)) or "no changes"
    if made.blocking:
        says += f"; blocked by {', '.join(sorted({finding.rule for finding in made.blocking}))}"
    who = found.account
    return OneAccount(
        options.config, who.id, code, says, text, found.digest, who.caller_arn, telling=bool(found.changes)
    )
