"""Read the account and say how it differs from the files. Must not write to IAM."""

from datetime import UTC, datetime

from iamgroups.planning.drift import Drift
from iamgroups.planning.drift import drift as differences
from iamgroups.state.config import Config
from iamgroups.state.live import OnRead
from iamgroups.workflow.plan import Reader, complete_plan, identify


def drift(config: Config, reader: Reader, strict: bool = False, progress: OnRead | None = None) -> Drift:
    """Return the drift of the account the configuration is for.

    Raises: PreconditionError, AccountError, as `plan`.
    """
    today = datetime.now(UTC).date()
    live = reader.read(identify(config, reader), progress)
    plan, _ = complete_plan(config, live, reader, today)
    return differences(plan, config, today, strict)
