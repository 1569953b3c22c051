"""Stop: a request from outside that an apply send nothing more. Must not end anything itself."""

from typing import Literal

StopReason = Literal["", "signal", "lock", "credentials", "journal"]


class Stop:
    """Set by a signal handler, the lock's renewal or the run itself; the first reason stays."""

    def __init__(self) -> None:
        self.reason: StopReason = ""
        self.detail = ""

    def request(self, reason: StopReason, detail: str = "") -> None:
        """Ask for no further call; safe in a signal handler and from any thread."""
        if not self.reason:
            self.detail = detail
            self.reason = reason
