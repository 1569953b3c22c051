"""Changes in the order in which they may run."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iamgroups.errors import Problem
from iamgroups.planning.note import Moment
from iamgroups.state.change import Change

if TYPE_CHECKING:
    from iamgroups.access import Access


@dataclass(frozen=True)
class Arrangement:
    """Changes with their `needs`, in an order these allow. `problems`: what exceeds a quota.

    `access` is who holds what before and after. None: nothing changes.
    """

    changes: tuple[Change, ...] = ()
    moments: tuple[Moment, ...] = ()
    problems: tuple[Problem, ...] = ()
    access: "Access | None" = None
