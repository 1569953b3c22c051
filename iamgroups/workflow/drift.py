"""Read the account and say how it differs from the files."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from iamgroups import guardrails
from iamgroups.planning.drift import Drift, broken_rules, of_groups
from iamgroups.planning.drift import drift as differences
from iamgroups.planning.foreign import (
    changed_documents,
    changed_policies,
    document_notes,
    foreign_policies,
)
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.fingerprints import Fingerprints
from iamgroups.state.live import LiveState, OnRead
from iamgroups.workflow import fingerprints
from iamgroups.workflow.access import standing_access
from iamgroups.workflow.plan import Reader, check_groups, complete_plan, identify, read_account

DAY = timedelta(days=1)


def drift(
    config: Config,
    reader: Reader,
    progress: OnRead | None = None,
    grace: timedelta = DAY,
    groups: Collection[str] = (),
) -> Drift:
    """Return the drift of the account the configuration is for, or of these groups alone.

    Raises: PreconditionError, AccountError, as `plan`; UsageError for a broken iamgroups.lock.json.
    """
    known = fingerprints.noted(config)
    live = read_account(reader, identify(config, reader), progress)
    check_groups("--group", groups, config, live)
    whole = compare(config, live, reader, Basis(datetime.now(UTC), known, grace)).drift
    return of_groups(whole, groups) if groups else whole


class Basis(NamedTuple):
    """By what to compare: at which time, with which documents noted, and what may be late for how long."""

    now: datetime
    known: Fingerprints | None
    grace: timedelta = DAY


class Compared(NamedTuple):
    """A configuration beside the account: the plan, and what differs."""

    plan: Plan
    drift: Drift
    live: LiveState
    terms: Basis


def compare(config: Config, live: LiveState, reader: Reader, terms: Basis) -> Compared:
    """Compare a configuration with an account that was read; what is still missing is read."""
    now, known, grace = terms
    plan, live = complete_plan(config, live, reader, now)
    if known is not None:
        live = reader.documents(live, foreign_policies(config, live).keys())
    as_it_is = Plan(plan.account, plan.config_digest)
    changed = changed_policies(config, live, known or {}, fingerprints.levels)
    have = standing_access(live, reader) if guardrails.ask_access(config) else None
    rules = guardrails.judge(as_it_is, config, live, delta=have)
    found = [*broken_rules(rules), *changed_documents(changed)]
    notes = document_notes(config, live, known, changed)
    found_drift = differences(plan, config, live, now, besides=found, notes=notes, grace=grace)
    return Compared(plan, found_drift, live, terms)
