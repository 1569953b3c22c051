"""Run a Plan: order, concurrency, retries, journal, verification."""

from iamgroups.applying.journal import Journal, default_path, prune
from iamgroups.applying.outcomes import ApplyProgress, Report
from iamgroups.applying.proof import prove, unproven
from iamgroups.applying.run import apply, unwatched
from iamgroups.applying.stop import Stop
from iamgroups.applying.workers import Iam

__all__ = [
    "ApplyProgress",
    "Iam",
    "Journal",
    "Report",
    "Stop",
    "apply",
    "default_path",
    "prove",
    "prune",
    "unproven",
    "unwatched",
]
