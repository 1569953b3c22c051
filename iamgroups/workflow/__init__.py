"""What each command does, without a terminal: one file per piece of work. Must not print, ask or exit."""

from iamgroups.workflow.apply import Agenda, Terms, agenda, apply, check_allowed, nothing, open_journal
from iamgroups.workflow.drift import drift
from iamgroups.workflow.files import write_whole
from iamgroups.workflow.importing import write as write_imported
from iamgroups.workflow.lock import locked
from iamgroups.workflow.offline import read_snapshot
from iamgroups.workflow.plan import Planned, Reader, Wanted, identify, plan
from iamgroups.workflow.planfile import read as read_plan
from iamgroups.workflow.planfile import save as save_plan
from iamgroups.workflow.saved import check_saved

__all__ = [
    "Agenda",
    "Planned",
    "Reader",
    "Terms",
    "Wanted",
    "agenda",
    "apply",
    "check_allowed",
    "check_saved",
    "drift",
    "identify",
    "locked",
    "nothing",
    "open_journal",
    "plan",
    "read_plan",
    "read_snapshot",
    "save_plan",
    "write_imported",
    "write_whole",
]
