"""Read the account and say how it differs from the files."""

from datetime import UTC, datetime, timedelta

from iamgroups import guardrails
from iamgroups.planning.drift import Drift, broken_rules
from iamgroups.planning.drift import drift as differences
from iamgroups.planning.foreign import changed_documents, document_notes, foreign_policies
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.live import OnRead
from iamgroups.workflow import fingerprints
from iamgroups.workflow.plan import Reader, complete_plan, identify

DAY = timedelta(days=1)


def drift(config: Config, reader: Reader, progress: OnRead | None = None, grace: timedelta = DAY) -> Drift:
    """Return the drift of the account the configuration is for.

    Raises: PreconditionError, AccountError, as `plan`; UsageError for a broken iamgroups.lock.json.
    """
    now = datetime.now(UTC)
    known = fingerprints.noted(config)
    live = reader.read(identify(config, reader), progress)
    plan, live = complete_plan(config, live, reader, now)
    if known is not None:
        live = reader.documents(live, foreign_policies(config, live).keys())
    as_it_is = Plan(plan.account, plan.config_digest)
    found = [
        *broken_rules(guardrails.judge(as_it_is, config, live)),
        *changed_documents(config, live, known or {}),
    ]
    notes = document_notes(config, live, known)
    return differences(plan, config, live, now, besides=found, notes=notes, grace=grace)
