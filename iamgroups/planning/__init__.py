"""Config + LiveState + clock -> Plan. Pure: no I/O, no clock of its own, no YAML, no boto3."""

from iamgroups.planning.drift import Difference, Drift, drift
from iamgroups.planning.make import make_plan
from iamgroups.planning.missing import Missing
from iamgroups.planning.note import Finding, Moment, Note
from iamgroups.planning.plan import Plan
from iamgroups.planning.select import select_addresses, select_part
from iamgroups.state.change import SYMBOLS, Change
from iamgroups.state.kind import Action

__all__ = [
    "SYMBOLS",
    "Action",
    "Change",
    "Difference",
    "Drift",
    "Finding",
    "Missing",
    "Moment",
    "Note",
    "Plan",
    "drift",
    "make_plan",
    "select_addresses",
    "select_part",
]
