"""Run a Plan: order, concurrency, retries, journal, verification. Must not know boto3 or the terminal."""

from iamgroups.applying.journal import Journal, default_path
from iamgroups.applying.port import Port
from iamgroups.applying.progress import Progress, Report
from iamgroups.applying.proof import prove, unproven
from iamgroups.applying.run import apply
from iamgroups.applying.stop import Stop

__all__ = [
    "Journal",
    "Port",
    "Progress",
    "Report",
    "Stop",
    "apply",
    "default_path",
    "prove",
    "unproven",
]
