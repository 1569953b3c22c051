"""`iamgroups apply`: plan, ask, write, prove."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from iamgroups.cli import account, output, present
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Allowed, Excluded, Groups
from iamgroups.cli.running import Bar, stop_on_signals
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.applying import Stop
    from iamgroups.iam import Connection
    from iamgroups.results.applied import Applied
    from iamgroups.results.review import Review
    from iamgroups.state.config import Config
    from iamgroups.state.term import Timing
    from iamgroups.workflow.apply import ApplyLimits

File = Annotated[str, typer.Argument(help="A saved plan: exactly its changes are made.")]
AutoApprove = Annotated[bool, typer.Option("--auto-approve", help="Do not ask.")]
Expired = Annotated[bool, typer.Option("--expired", help="Only end what has expired.")]
Due = Annotated[bool, typer.Option("--due", help="Only begin and end what time asks for.")]
ExpectDigest = Annotated[
    str, typer.Option(metavar="DIGEST", help="Refuse unless the plan made now has this digest.")
]
MaxAge = Annotated[float, typer.Option(min=0, metavar="HOURS", help="Refuse a saved plan older than this.")]
RetryFor = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="How long one change is tried for.")]
LockTimeout = Annotated[
    float, typer.Option(min=0, metavar="SECONDS", help="How long to wait for another apply's lock.")
]

THINKING = 60.0  # seconds after which the account is read again before a `yes` counts


def apply(
    ctx: typer.Context,
    file: File = "",
    *,
    auto_approve: AutoApprove = False,
    expired: Expired = False,
    due: Due = False,
    group: Groups = None,
    exclude: Excluded = None,
    allow: Allowed = None,
    expect_digest: ExpectDigest = "",
    max_age: MaxAge = 24.0,
    retry_for: RetryFor = 120.0,
    lock_timeout: LockTimeout = 0.0,
) -> int:
    """Make the account what the files say, then prove it."""
    options: Options = ctx.obj
    ask = not (file or auto_approve)
    if file and (group or exclude or expired or due):
        raise UsageError("a saved plan is whole: --group, --exclude, --expired and --due do not go with it")
    if ask and not output.interactive():
        raise UsageError("there is no terminal to ask on: give --auto-approve, or a saved plan")
    from iamgroups import config
    from iamgroups.workflow import apply as work
    from iamgroups.workflow import plan as planning
    from iamgroups.workflow.saved import check_saved, read

    asks: Timing = "due" if due else "expired" if expired else ""
    wanted = planning.wanted(group, exclude, allow, asks, access=ask)
    limits, age = work.ApplyLimits(options.concurrency, retry_for), timedelta(hours=max_age)
    if options.several:
        from iamgroups.cli import apply_many

        all_asked = apply_many.AskedOfMany(wanted, limits, lock_timeout, ask, expect_digest, file, age)
        return apply_many.run(all_asked, options)
    loaded = config.load(options.config)
    if saved := read(file) if file else None:
        check_saved(saved, loaded, datetime.now(UTC), age)
    make = partial(work.review, loaded, wanted=wanted, saved=saved, expected=expect_digest)
    return agree_and_run(Asked(loaded, make, limits, ask, bool(saved)), options, lock_timeout)


def agree_and_run(asked: "Asked", options: Options, lock_timeout: float) -> int:
    """Plan, ask, write and prove, alone; print what became of it and return the exit code."""
    from iamgroups.applying import Stop

    stop = Stop()
    applied = _apply(asked, options, lock_timeout, stop)
    if applied is None:
        output.say("Declined: nothing was changed.")
        return 1
    return _reported(replace(applied, stopped="signal") if stop.reason == "signal" else applied, options)


def _reported(applied: "Applied", options: Options) -> int:
    """Print what became of it. The exit code tells what was written to IAM, not what to stdout."""
    try:
        present.applied(applied, options)
    except UsageError as error:
        output.say(f"Warning: {error}")
    return applied.exit_code


class Asked(NamedTuple):
    """What was asked for. `make` plans, given a `reader`, the `account` and `progress`.

    `ask`: somebody has to agree. `seen`: the plan was saved, and reviewed then.
    """

    config: "Config"
    make: "Callable[..., Review]"
    limits: "ApplyLimits"
    ask: bool
    seen: bool = False


def _apply(asked: Asked, options: Options, lock_timeout: float, stop: "Stop") -> "Applied | None":
    from iamgroups.workflow import apply as work
    from iamgroups.workflow.plan import identify

    status = account.Status(options.quiet)
    connection = account.connect(options, status, asked.config, "apply", asked.limits.retry_for)
    who = identify(asked.config, connection)
    with work.locked(asked.config, connection, who, lock_timeout, stop):
        make = partial(asked.make, reader=connection, account=who, progress=status)
        try:
            review = _agreed(make, asked, options, status)
        finally:
            status.end()
        applied = _run(review, connection, asked.limits, options, stop) if review else None
    account.say_requests(connection, options)
    return applied


def _agreed(
    make: "Callable[[], Review]", asked: Asked, options: Options, status: account.Status
) -> "Review | None":
    """Plan until somebody agrees to what is true; None when they decline. Raises: BlockedError."""
    from iamgroups.workflow import apply as work

    review = make()
    while True:
        status.end()
        if asked.ask or review.blocking or not (asked.seen or options.quiet):
            present.proposal(review, options)
        work.check_allowed(review)
        if asked.seen or options.quiet:
            present.lifted(review)
        if not asked.ask or not review.plan.changes:
            return review
        since = time.monotonic()
        if not _yes(review):
            return None
        if time.monotonic() - since < THINKING:
            return review
        before, review = review.plan, make()
        if (review.plan.digest, review.plan.ids) == (before.digest, before.ids):
            work.check_allowed(review)
            return review
        output.say("The account has changed in the meantime. This is the plan now:")


def _yes(review: "Review") -> bool:
    number, who = len(review.plan.changes), review.plan.account
    changes = "this change" if number == 1 else f"these {number:,} changes"
    output.show(f"Make {changes} in account {who.id}? Only `yes` will do: ")
    return output.answer() == "yes"


def _run(
    review: "Review", connection: "Connection", limits: "ApplyLimits", options: Options, stop: "Stop"
) -> "Applied":
    from iamgroups.workflow import apply as work

    if not review.plan.changes:
        return work.nothing(review)
    journal = work.open_journal(review.plan, options.journal, options.keep_journals)
    if not options.quiet:
        output.say(f"Journal: {journal.path}")
    stop_on_signals(stop)
    with Bar(options.quiet) as bar:
        return work.apply(review, connection, journal, limits=limits, stop=stop, report=bar)
