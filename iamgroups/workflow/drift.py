"""Read the account and say how it differs from the files."""

from datetime import UTC, datetime, timedelta

from iamgroups import guardrails
from iamgroups.planning.drift import Drift, broken_rules
from iamgroups.planning.drift import drift as differences
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.live import OnRead
from iamgroups.workflow.plan import Reader, complete_plan, identify

DAY = timedelta(days=1)


def drift(config: Config, reader: Reader, progress: OnRead | None = None, grace: timedelta = DAY) -> Drift:
    """Return the drift of the account the configuration is for.

    Raises: PreconditionError, AccountError, as `plan`.
    """
    now = datetime.now(UTC)
    live = reader.read(identify(config, reader), progress)
    plan, live = complete_plan(config, live, reader, now)
    as_it_is = Plan(plan.account, plan.config_digest)
    broken = broken_rules(guardrails.judge(as_it_is, config, live))
    return differences(plan, config, live, now, besides=broken, grace=grace)
