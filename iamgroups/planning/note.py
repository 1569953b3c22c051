"""What a plan says beside its changes: notes, moments and findings. Must not judge."""

from dataclasses import dataclass
from typing import Literal

from iamgroups.errors import Position


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reviewer should know.

    `code` is stable and machine-readable ("undeclared-group"). `reported`: a difference that no plan
    changes, by the settings or ever; `drift --strict` counts it. `subject` is the address it is about.
    """

    code: str
    subject: str
    message: str
    position: Position | None = None
    level: Literal["info", "warning"] = "warning"
    reported: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An announced exception to the access promise: for a moment a user holds too much or too little."""

    kind: Literal["excess", "loss"]
    user: str
    arn: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guardrail says of a plan.

    `blocking`: the plan creates or worsens the violation; otherwise it was there before and is a warning.
    `subjects` are addresses; `positions` the lines that would have to change.
    """

    rule: str
    message: str
    blocking: bool
    subjects: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()
    allowed: bool = False
