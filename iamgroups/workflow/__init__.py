"""What each command does, without a terminal: one file per piece of work. Must not print, ask or exit."""

from iamgroups.workflow.apply import Agenda, Terms, agenda, apply, check_allowed, nothing, open_journal
from iamgroups.workflow.drift import drift
from iamgroups.workflow.plan import Planned, Wanted, plan
from iamgroups.workflow.planfile import read as read_plan
from iamgroups.workflow.planfile import save as save_plan
from iamgroups.workflow.saved import check_saved

__all__ = [
    "Agenda",
    "Planned",
    "Terms",
    "Wanted",
    "agenda",
    "apply",
    "check_allowed",
    "check_saved",
    "drift",
    "nothing",
    "open_journal",
    "plan",
    "read_plan",
    "save_plan",
]
