"""Read the account and say how it differs from the files."""

from datetime import UTC, datetime

from iamgroups import guardrails
from iamgroups.planning.drift import Drift, broken_rules
from iamgroups.planning.drift import drift as differences
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.live import OnRead
from iamgroups.workflow.plan import Reader, complete_plan, identify


def drift(config: Config, reader: Reader, progress: OnRead | None = None) -> Drift:
    """Return the drift of the account the configuration is for.

    Raises: PreconditionError, AccountError, as `plan`.
    """
    today = datetime.now(UTC).date()
    live = reader.read(identify(config, reader), progress)
    plan, live = complete_plan(config, live, reader, today)
    as_it_is = Plan(plan.account, plan.config_digest)
    broken = broken_rules(guardrails.judge(as_it_is, config, live))
    return differences(plan, config, live, today, besides=broken)
