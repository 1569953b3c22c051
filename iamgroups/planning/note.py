"""What a plan says beside its changes: notes, moments and findings."""

from dataclasses import dataclass
from typing import Literal

from iamgroups.errors import Position

# What goes wrong for a moment, the worst first.
MomentKind = Literal["loss", "undenied", "excess"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reviewer should know.

    `code` is stable and machine-readable ("undeclared-group"). `subject` is the address it is about.
    `reported`: the account has what no file declares, and no plan changes it. `drift` fails for it unless it
    is `accepted`.
    """

    code: str
    subject: str
    message: str
    position: Position | None = None
    level: Literal["info", "warning"] = "warning"
    reported: bool = False
    accepted: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An announced exception to the access promise, for a user and a policy, until a change is done.

    `excess`: the user holds it, though neither before nor after. `loss`: they are without it, though they
    keep it. `undenied`: what it denies is not denied. `policy`: an ARN, or the address of an inline policy.
    `until`: the address of the change that ends the moment. If that change fails, the moment lasts.
    """

    kind: MomentKind
    user: str
    policy: str
    until: str = ""


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
