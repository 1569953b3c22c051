"""`iamgroups apply`: plan, ask, write, prove. Must not decide what is planned or how it is sent."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import account, output, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Allowed, Groups
from iamgroups.cli.running import Bar, stop_on_signals
from iamgroups.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from iamgroups.applying import Port
    from iamgroups.render.applied import Applied
    from iamgroups.workflow import Agenda, Terms

THINKING = 60.0  # seconds after which the account is read again before a `yes` counts


def apply(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help="A saved plan: exactly its changes are made.")] = "",
    *,
    auto_approve: Annotated[bool, typer.Option("--auto-approve", help="Do not ask.")] = False,
    expired: Annotated[
        bool, typer.Option("--expired", help="Only end memberships whose last day is over.")
    ] = False,
    group: Groups = None,
    allow: Allowed = None,
    expect_digest: Annotated[
        str, typer.Option(metavar="DIGEST", help="Refuse unless the plan made now has this digest.")
    ] = "",
    max_age: Annotated[
        float, typer.Option(min=0, metavar="HOURS", help="Refuse a saved plan older than this.")
    ] = 24.0,
    retry_for: Annotated[
        float, typer.Option(min=0, metavar="SECONDS", help="How long one change is tried for.")
    ] = 120.0,
) -> int:
    """Make the account what the files say, then prove it."""
    options: Options = ctx.obj
    if file and (group or expired):
        raise UsageError("a saved plan is applied as it is: --group and --expired do not go with it")
    if not (file or auto_approve or output.interactive()):
        raise UsageError("there is no terminal to ask on: give --auto-approve, or a saved plan")
    from iamgroups import config, workflow

    wanted = workflow.Wanted(tuple(group or ()), expired, tuple(allow or ()))
    terms = workflow.Terms(options.concurrency, retry_for)
    status = account.Status(options.quiet)
    try:
        loaded = config.load(options.config)
        saved = workflow.read_plan(file) if file else None
        if saved:
            workflow.check_saved(saved, loaded, datetime.now(UTC), timedelta(hours=max_age))
        connection = account.connect(options, status, retry_for)
        make = partial(
            workflow.agenda, loaded, connection, wanted, saved=saved, expected=expect_digest, progress=status
        )
        agenda = _agreed(make, options, status, ask=not (file or auto_approve), saved=bool(file))
    except ConfigError as error:
        return present.problems(error, options)
    finally:
        status.end()
    if agenda is None:
        output.say("Declined: nothing was changed.")
        return 1
    applied = _run(agenda, connection, options, terms)
    present.applied(applied, options)
    account.say_requests(connection, options)
    return applied.exit_code


def _agreed(
    make: "Callable[[], Agenda]", options: Options, status: account.Status, *, ask: bool, saved: bool
) -> "Agenda | None":
    """Plan until somebody agrees to what is true; None when they decline. Raises: BlockedError."""
    from iamgroups import workflow

    agenda = make()
    while True:
        status.end()
        if ask or agenda.review.blocking or not (saved or options.quiet):
            present.proposal(agenda.review, options)
        workflow.check_allowed(agenda.review)
        if not ask or not agenda.plan.changes:
            return agenda
        asked = time.monotonic()
        if not _yes(agenda):
            return None
        if time.monotonic() - asked < THINKING:
            return agenda
        before, agenda = agenda.plan.digest, make()
        if agenda.plan.digest == before:
            return agenda
        output.say("The account has changed in the meantime. This is the plan now:")


def _yes(agenda: "Agenda") -> bool:
    changes, who = len(agenda.plan.changes), agenda.plan.account
    output.show(f"Make these {changes:,} changes in account {who.id}? Only `yes` will do: ")
    return output.answer() == "yes"


def _run(agenda: "Agenda", port: "Port", options: Options, terms: "Terms") -> "Applied":
    from iamgroups import workflow

    if not agenda.plan.changes:
        return workflow.nothing(agenda)
    journal = workflow.open_journal(agenda.plan, options.journal)
    if not options.quiet:
        output.say(f"Journal: {journal.path}")
    with stop_on_signals() as stop, Bar(options.quiet) as bar:
        return workflow.apply(agenda, port, journal, terms=terms, stop=stop, report=bar)
