"""Changes in the order in which they may run."""

from dataclasses import dataclass

from iamgroups.access import Access
from iamgroups.errors import Problem
from iamgroups.planning.note import Moment
from iamgroups.state.change import Change


@dataclass(frozen=True)
class Arrangement:
    """Changes with their `needs`, in an order these allow. `problems`: what exceeds a quota."""

    changes: tuple[Change, ...]
    moments: tuple[Moment, ...]
    problems: tuple[Problem, ...]
    access: Access
