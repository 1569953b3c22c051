"""How far an apply is."""

from collections.abc import Callable
from typing import NamedTuple


class Progress(NamedTuple):
    """Counts of changes. `waiting` says in words why the apply waits, "" while it does not."""

    finished: int
    total: int
    failed: int
    skipped: int
    in_flight: int
    waiting: str


Report = Callable[[Progress], None]
