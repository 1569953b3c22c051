"""`iamgroups apply` on several accounts: all are planned, one question, each is applied for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from iamgroups.applying import Stop
from iamgroups.cli import account, many, output, present
from iamgroups.cli import plan as planning
from iamgroups.cli.agreement import Agreed, only_expected, say_yes
from iamgroups.cli.options import Options
from iamgroups.cli.running import stop_on_signals
from iamgroups.errors import BlockedError, PreconditionError, UsageError
from iamgroups.results.combined import OneAccount
from iamgroups.workflow import account_files

if TYPE_CHECKING:
    from iamgroups.iam import Connection
    from iamgroups.results.applied import Applied
    from iamgroups.results.review import Review
    from iamgroups.state.config import Config
    from iamgroups.workflow.apply import ApplyLimits
    from iamgroups.workflow.plan import Wanted


@dataclass(frozen=True)
class AskedOfMany:
    """What was asked for; `ask` is whether somebody has to agree, `expected` a digest that has to be met.

    `folder`: where saved plans are, one file an account; "" for plans that are made now.
    """

    wanted: "Wanted"
    limits: "ApplyLimits"
    lock_timeout: float
    ask: bool
    expected: str = ""
    folder: str = ""
    max_age: timedelta = timedelta(hours=24)


def run(asked: AskedOfMany, options: Options) -> int:
    """Apply to each account, print one report, and return its exit code."""
    chosen, options = many.choose(options), many.with_shared(options)
    if asked.folder:
        every = many.choose(replace(options, shard=""))
        account_files.check(asked.folder, [account for _, account in every])
    planned: dict[str, OneAccount] = {}
    agreed: dict[str, Agreed] | None = None
    if asked.ask or asked.expected:
        agreed = {}
        planned = many.each("plan", partial(_plan_one, asked, agreed), chosen, options)
        if asked.expected:
            planned = only_expected(asked.expected, many.combine("plan", chosen, planned), agreed)
        if agreed and asked.ask and not say_yes(many.combine("plan", chosen, planned), agreed, options):
            output.say("Declined: nothing was changed.")
            return 1
    stop = Stop()
    stop_on_signals(stop)
    turns = [turn for turn in chosen if agreed is None or turn[0] in agreed]
    done = many.each("apply", partial(_apply_one, asked, agreed, stop), turns, options, stop)
    report = many.combine("apply", chosen, planned | done)
    try:
        present.combined(report, options)
    except UsageError as error:
        # The exit code tells what was written to IAM, not what to stdout.
        output.say(f"Warning: {error}")
    return report.exit_code


def _plan_one(asked: AskedOfMany, agreed: dict[str, Agreed], options: Options) -> OneAccount:
    """Plan one account; one that has something to do, and may, is added to what is agreed to."""
    from iamgroups import config
    from iamgroups.workflow.apply import nothing

    if asked.folder:
        made = _saved(asked, config.load(options.config))
    else:
        made = planning.make(asked.wanted, options, "apply")
    plan = made.plan
    # A saved plan is judged when it is applied, by what `--allow` says then.
    blocked = bool(made.blocking) and not asked.folder
    if not plan.changes:
        return _row(nothing(made), options)
    if not blocked:
        shown = planning.row(made, replace(options, format="human"), 0)
        agreed[options.config] = Agreed(plan.digest, plan.ids, len(plan.changes), shown)
    return planning.row(made, options, 3 if blocked else 0)


def _apply_one(
    asked: AskedOfMany, agreed: Mapping[str, Agreed] | None, whole: Stop, options: Options
) -> OneAccount:
    from iamgroups import config
    from iamgroups.workflow import apply as work
    from iamgroups.workflow.plan import identify

    loaded, stop = config.load(options.config), Stop(whole)
    saved = _saved(asked, loaded) if asked.folder else None
    connection = account.connect(options, account.Status(quiet=True), loaded, "apply", asked.limits.retry_for)
    who = identify(loaded, connection)
    with work.locked(loaded, connection, who, asked.lock_timeout, stop):
        wanted = replace(asked.wanted, access=False)  # it was shown, and agreed to
        review = work.review(loaded, connection, wanted, account=who, saved=saved)
        if agreed is not None:
            _check_agreed(review, agreed[options.config])
        try:
            work.check_allowed(review)
        except BlockedError as error:
            return planning.row(review, options, error.exit_code)
        present.lifted(review, f"account {who.id}: ")
        if whole.reason:
            return OneAccount(options.config, who.id, 130, many.STOPPED)
        return _write(review, connection, asked, stop, options)


def _saved(asked: AskedOfMany, loaded: "Config") -> "Review":
    """Return the saved plan of an account. Raises: PreconditionError, UsageError."""
    from iamgroups.workflow.saved import check_saved, read

    path = account_files.path_of(asked.folder, loaded.account_id)
    if not Path(path).exists():
        raise PreconditionError(f"there is no {path}: this account had no plan when the plans were saved")
    saved = read(path)
    check_saved(saved, loaded, datetime.now(UTC), asked.max_age)
    return saved


def _check_agreed(review: "Review", agreed: Agreed) -> None:
    if (review.plan.digest, review.plan.ids) != (agreed.digest, agreed.ids):
        raise PreconditionError(
            "the account has changed since its plan was shown; nothing was changed. Plan again."
        )


def _write(
    review: "Review", connection: "Connection", asked: AskedOfMany, stop: Stop, options: Options
) -> OneAccount:
    """Make the changes, and say what became of them."""
    from iamgroups.workflow import apply as work

    if not review.plan.changes:
        return _row(work.nothing(review), options)
    journal = work.open_journal(review.plan, _journal(review, options), options.keep_journals)
    try:
        applied = work.apply(review, connection, journal, limits=asked.limits, stop=stop)
    finally:
        journal.close()
    return _row(replace(applied, stopped="signal") if stop.reason == "signal" else applied, options)


def _row(applied: "Applied", options: Options) -> OneAccount:
    from iamgroups.render import applied_lines

    who = applied.plan.account
    text = present.text_of(lambda form, look: form.applied(applied, look), options)
    return OneAccount(
        options.config,
        who.id,
        applied.exit_code,
        applied_lines.total(applied),
        text,
        applied.plan.digest,
        who.caller_arn,
        wrote=bool(applied.sent),
    )


def _journal(review: "Review", options: Options) -> str:
    """Return the account's file in the folder that `--journal` names; "" for the usual place."""
    return str(Path(options.journal, f"{review.plan.account.id}.jsonl")) if options.journal else ""
