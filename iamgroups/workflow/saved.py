"""Save a plan; read it back and compare it with a fresh one, since it is never a script."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from iamgroups.bounded import read_whole
from iamgroups.errors import PreconditionError, UsageError
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_addresses
from iamgroups.render import wording
from iamgroups.results import planfile
from iamgroups.results.review import Review
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.state.nouns import count
from iamgroups.workflow.files import write_whole

SHOWN = 10
HOUR = timedelta(hours=1)
SKEW = timedelta(minutes=5)  # between the clocks of two machines


def save(review: Review, path: str) -> None:
    """Save a plan. Raises: UsageError."""
    text = planfile.write(review)
    if len(text) > planfile.MAX_BYTES:
        most = planfile.MAX_BYTES >> 20
        raise UsageError(
            f"{path}: this plan takes {len(text) >> 20} MB, `apply` reads at most {most}: "
            "leave out the section Access with --no-access, or plan in parts with --group"
        )
    write_whole(path, text)


def read(path: str) -> Review:
    """Return the plan saved in a file. Raises: UsageError, PreconditionError."""
    return planfile.read(read_whole(path, planfile.MAX_BYTES), path)


def check_saved(saved: Review, config: Config, now: datetime, max_age: timedelta) -> None:
    """Refuse, before anything is read, a plan of another account or configuration, or too old a one.

    Raises: PreconditionError.
    """
    plan, age = saved.plan, now - saved.created
    if plan.account.id != config.account_id:
        raise PreconditionError(
            f"the saved plan is for account {plan.account.id}, and {config.root} for {config.account_id}"
        )
    if plan.config_digest != config.digest:
        raise PreconditionError("the configuration has changed since the plan was saved. Plan again.")
    if age > max_age:
        raise PreconditionError(
            f"the plan was saved {_long(age)} ago, and --max-age is {max_age / HOUR:g} h. Plan again."
        )
    if age < -SKEW:
        raise PreconditionError(
            f"the plan was saved at {saved.created:%Y-%m-%d %H:%M} UTC, which is in the future"
        )


def chosen(saved: Plan, fresh: Plan, config: Config, live: LiveState) -> Plan:
    """Return the part of the fresh plan, made for this account, that was saved.

    Raises: PreconditionError when a change is no longer wanted, has become another or would replace something
    else, when a name means another group or user by now, or when something must be done first, or somebody's
    access cannot be kept, that nobody has seen.
    """
    part = select_addresses(fresh, config, live, saved.by_address)
    moved = list(dict.fromkeys([*_moved(saved, fresh), *_unseen(saved, part)]))
    if moved:
        rest = [f"and {len(moved) - SHOWN:,} more"] if len(moved) > SHOWN else []
        listed = "\n".join(f"  {line}" for line in [*moved[:SHOWN], *rest])
        raise PreconditionError(
            f"the account is not as it was when the plan was saved:\n{listed}\nPlan again."
        )
    return replace(part, came_along=saved.came_along, only=saved.only)


def left(saved: Plan, fresh: Plan) -> tuple[Change, ...]:
    """Return the changes that are wanted by now and were not when the plan was saved."""
    return tuple(change for change in fresh.changes if change.address not in saved.by_address)


def _moved(saved: Plan, fresh: Plan) -> Iterator[str]:
    for change in saved.changes:
        now = fresh.by_address.get(change.address)
        if now is None:
            yield f"{wording.located(change)} is no longer to be done"
        elif (now.action, now.call) != (change.action, change.call):
            yield f"{wording.located(change)} {_another(change, now)}"
        elif now.before_meaning != change.before_meaning:
            yield f"{wording.located(change)} would now replace what nobody has reviewed"
        else:
            yield from (
                f"{change.address} now waits for {need}" for need in now.needs if need not in saved.by_address
            )
            yield from _recreated(now, saved, fresh)


def _another(change: Change, now: Change) -> str:
    """Say how a change is not the one that was saved."""
    if wording.label(now) != wording.label(change):
        return f"is now {wording.label(now)}"
    before, after = change.call.params, now.call.params
    differing = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    return f"would now be sent {', '.join(_parameter(key, before, after) for key in differing)}"


def _parameter(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if key not in after:
        return f"without {key}"
    if key in ("PolicyDocument", "Description"):  # too long to quote
        return f"with another {key}"
    return f"with {key} {after[key]}" + (f", not {before[key]}" if key in before else "")


def _unseen(saved: Plan, part: Plan) -> Iterator[str]:
    """Yield what running the part would do or hit that the saved plan does not say."""
    announced = {(moment.kind, moment.user, moment.policy) for moment in saved.moments}
    for moment in part.moments:
        if (moment.kind, moment.user, moment.policy) not in announced:
            told = wording.moment(moment.kind, [moment.user], moment.policy, [], 1)
            yield f"{told}, which the saved plan does not announce"
    yield from (problem.message for problem in part.problems)


def _recreated(change: Change, saved: Plan, fresh: Plan) -> Iterator[str]:
    for name in change.names:
        if saved.ids.get(name) != fresh.ids.get(name):
            yield f"{name} is not the one the plan was made for: it was deleted and made again since"


def _long(age: timedelta) -> str:
    minutes = int(age / timedelta(minutes=1))
    if minutes < 1:
        return "less than a minute"
    return count(minutes, "minute", "minutes") if minutes < 120 else f"{age / HOUR:.3g} h"
