"""Run a plan that was agreed to, alone, and prove it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from iamgroups import applying
from iamgroups.applying import Journal, Report, Stop, unwatched
from iamgroups.applying.file_lock import FileLock, lock_file
from iamgroups.errors import AccountError, BlockedError, PreconditionError
from iamgroups.iam import Connection
from iamgroups.planning.plan import Plan
from iamgroups.planning.to_read import ToRead
from iamgroups.results.applied import Applied
from iamgroups.results.review import Review
from iamgroups.state.config import Config
from iamgroups.state.live import Account, LiveState, OnRead
from iamgroups.state.lock import Lock
from iamgroups.workflow.plan import Reader, Wanted, check_rules, everything, judged
from iamgroups.workflow.plan import plan as make
from iamgroups.workflow.saved import chosen, left


class Locker(Protocol):
    """What makes the lock that `settings.lock` names; `iam.Connection` does."""

    def lock(self, where: str, owner: str) -> Lock:
        """Return the lock, not taken yet."""


@contextmanager
def locked(config: Config, locker: Locker, account: Account, timeout: float, stop: Stop) -> Iterator[None]:
    """Hold the account's lock: the one `settings.lock` names, else one on this machine alone.

    Waits up to `timeout` seconds; once the lock is lost, `stop` says so.
    Raises: LockError, UsageError, AccountError.
    """
    where, owner = config.settings.lock, account.caller_arn
    lock = locker.lock(where, owner) if where else FileLock(lock_file(account), owner)
    lock.take(timeout)
    stop.lost = lambda: lock.lost
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class ApplyLimits:
    """How to apply. `retry_for` (seconds) bounds the tries of one change."""

    concurrency: int = 10
    retry_for: float = 120.0


def review(
    config: Config,
    reader: Reader,
    wanted: Wanted,
    *,
    account: Account,
    saved: Review | None = None,
    expected: str = "",
    progress: OnRead | None = None,
) -> Review:
    """Plan anew; of that plan take what was saved, or all of it where its digest is the one expected.

    Raises: PreconditionError, ConfigError, AccountError, UsageError.
    """
    if saved is None:
        fresh = make(config, reader, wanted, progress, account)
        check_digest(fresh.plan, expected)
        return fresh
    check_rules(wanted.allowed)
    whole = everything(config, reader, wanted.allowed, progress, account)
    part = chosen(saved.plan, whole.plan, config, whole.live)
    check_digest(part, expected)
    again = judged(part, config, whole.live, reader, wanted, whole.now)
    return replace(again, left=left(saved.plan, whole.plan))


def check_allowed(review: Review) -> None:
    """Refuse a plan that a guardrail blocks. Raises: BlockedError."""
    rules = sorted({finding.rule for finding in review.blocking})
    if rules:
        allow = " ".join(f"--allow {rule}" for rule in rules)
        raise BlockedError(f"blocked by {', '.join(rules)}; nothing was changed. To override: {allow}")


def check_digest(plan: Plan, expected: str) -> None:
    """Refuse a plan whose digest is not the one expected, where one is. Raises: PreconditionError."""
    if expected and plan.digest != expected:
        raise PreconditionError(
            f"the plan's digest is {plan.digest}, not {expected}: the account or the configuration is not "
            "what it was when that plan was reviewed; nothing was changed. Plan again."
        )


def open_journal(plan: Plan, path: str, keep: int) -> Journal:
    """Open the journal at `path`, or in the user's state folder, which keeps so many. Raises: UsageError."""
    if path:
        return Journal(Path(path), plan.account.id, plan.digest)
    place = applying.default_path(plan.account.id, plan.digest, datetime.now(UTC))
    journal = Journal(place, plan.account.id, plan.digest)
    applying.prune(plan.account.id, keep)
    return journal


def apply(
    review: Review,
    connection: Connection,
    journal: Journal,
    *,
    limits: ApplyLimits,
    stop: Stop,
    report: Report = unwatched,
) -> Applied:
    """Send the changes, read the account until they show, and say what became of each.

    Raises: UsageError, and nothing was sent.
    """
    applied = applying.apply(
        review.plan,
        connection,
        journal=journal,
        stop=stop,
        progress=report,
        concurrency=limits.concurrency,
        retry_for=limits.retry_for,
        ending=review.ending,
    )
    applied = replace(applied, left=review.left)
    if applied.stopped or not applied.made:
        return applied
    try:
        return applying.prove(applied, partial(_read_again, review.plan, connection), stop=stop)
    except AccountError as error:
        return replace(applied, unproved=True, detail=f"it could not be proved: {error}")


def _read_again(plan: Plan, connection: Connection) -> LiveState:
    """Read the account, and of its policies what the plan changed."""
    pairs = [(change.action, change.fact) for change in plan.changes]
    touched = [(action, fact.values["arn"]) for action, fact in pairs if fact.kind.versioned]
    kept = [arn for action, arn in touched if action != "delete"]
    to_read = ToRead(local=bool(touched), documents=frozenset(kept))
    live = connection.read(plan.account)
    return connection.complete(live, to_read) if to_read else live


def nothing(review: Review) -> Applied:
    """Return the outcome of a plan without changes."""
    return Applied(review.plan, left=review.left)
