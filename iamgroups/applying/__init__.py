"""Run a Plan: order, concurrency, retries, journal, verification. Must not know boto3 or the terminal."""

from iamgroups.applying.journal import Journal, default_path
from iamgroups.applying.port import Port
from iamgroups.applying.proof import prove, unproven
from iamgroups.applying.result import Outcome, Progress, Result, Status
from iamgroups.applying.run import apply
from iamgroups.applying.stop import Stop, StopReason

__all__ = [
    "Journal",
    "Outcome",
    "Port",
    "Progress",
    "Result",
    "Status",
    "Stop",
    "StopReason",
    "apply",
    "default_path",
    "prove",
    "unproven",
]
