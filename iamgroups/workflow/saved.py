"""Hold a saved plan against a fresh one: it is never a script. Must not read or write IAM."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from iamgroups.errors import PreconditionError
from iamgroups.planning import Change, Plan
from iamgroups.render import wording
from iamgroups.render.review import Review
from iamgroups.state.config import Config

SHOWN = 10
SKEW = timedelta(minutes=5)  # between the clocks of two machines


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
            f"the plan was saved {_hours(age)} ago, and --max-age is {_hours(max_age)}. Plan again."
        )
    if age < -SKEW:
        raise PreconditionError(f"the plan was saved at {saved.created:%Y-%m-%d %H:%M} UTC, which is to come")


def chosen(saved: Plan, fresh: Plan) -> Plan:
    """Return the part of the fresh plan that was saved.

    Raises: PreconditionError when a change is no longer wanted or has become another, when a name means
    another group or user by now, or when something must be done first that nobody has seen.
    """
    moved = list(dict.fromkeys(_moved(saved, fresh)))
    if moved:
        rest = [f"and {len(moved) - SHOWN:,} more"] if len(moved) > SHOWN else []
        listed = "\n".join(f"  {line}" for line in [*moved[:SHOWN], *rest])
        raise PreconditionError(
            f"the account is not as it was when the plan was saved:\n{listed}\nPlan again."
        )
    addresses = saved.by_address.keys()
    changes = tuple(change for change in fresh.changes if change.address in addresses)
    return replace(fresh, changes=changes, came_along=saved.came_along)


def left(saved: Plan, fresh: Plan) -> tuple[Change, ...]:
    """Return the changes that are wanted by now and were not when the plan was saved."""
    return tuple(change for change in fresh.changes if change.address not in saved.by_address)


def _moved(saved: Plan, fresh: Plan) -> Iterator[str]:
    for change in saved.changes:
        now = fresh.by_address.get(change.address)
        if now is None:
            yield f"{wording.label(change)} ({change.address}) is no longer to be done"
        elif (now.action, now.call) != (change.action, change.call):
            yield f"{change.address} is now {wording.label(now)}"
        else:
            yield from (
                f"{change.address} now waits for {need}" for need in now.needs if need not in saved.by_address
            )
            yield from _recreated(now, saved, fresh)


def _recreated(change: Change, saved: Plan, fresh: Plan) -> Iterator[str]:
    for name in change.names:
        if saved.ids.get(name) != fresh.ids.get(name):
            yield f"{name} is not the one the plan was made for: it was deleted and made again since"


def _hours(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:.3g} h"
