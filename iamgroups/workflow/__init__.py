"""What each command does, without a terminal: one file per piece of work. Must not print, ask or exit."""

from iamgroups.workflow.drift import drift
from iamgroups.workflow.plan import Planned, Wanted, plan
from iamgroups.workflow.planfile import save

__all__ = ["Planned", "Wanted", "drift", "plan", "save"]
