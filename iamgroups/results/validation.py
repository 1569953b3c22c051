"""What checking the files comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

from iamgroups.errors import Position, Problem
from iamgroups.state.config import Config


@dataclass(frozen=True)
class Validation:
    """The configuration, or else what is wrong with the files."""

    config: Config | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def warnings(self) -> Sequence[tuple[str, Position]]:
        """Return what to mind in files that are valid."""
        return self.config.warnings if self.config else ()
