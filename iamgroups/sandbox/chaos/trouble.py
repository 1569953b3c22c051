"""What the rules have in store for one call. Must not be shared between calls."""

from collections.abc import Callable
from dataclasses import dataclass, field

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.refusal import IamError
from iamgroups.state.call import Call


class Lost(Exception):
    """No answer goes out. `silent`: the connection stays open; otherwise it is reset."""

    def __init__(self, silent: bool) -> None:
        self.silent = silent
        super().__init__("silence" if silent else "reset")


@dataclass
class Trouble:
    """`delay`: seconds. `end`: how the call ends, after it was done when `applied`. `seen`: what a read
    sees. `others`: calls somebody else makes first. `afterwards`: to be called when it is over.
    """

    delay: float = 0.0
    end: IamError | Lost | None = None
    applied: bool = False
    seen: StrictIam | None = None
    others: list[Call] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
