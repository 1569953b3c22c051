"""Stop: a request from outside that an apply send nothing more."""

from collections.abc import Callable

from iamgroups.results.applied import StopReason


def never() -> bool:
    """Hold a lock that cannot be lost."""
    return False


class Stop:
    """Set by a signal handler or the run itself, and once the lock is `lost`.

    The first reason stays, unless a signal comes after it: what a person wants goes first. What stops the
    `whole`, a run on several accounts, stops each of them.
    """

    def __init__(self, whole: "Stop | None" = None) -> None:
        self._whole = whole
        self.lost: Callable[[], bool] = never
        self.detail = ""
        self._reason: StopReason = ""
        self._signalled = False

    @property
    def reason(self) -> StopReason:
        """Why nothing more may be sent; "" while something may. Ask before every call."""
        if self._whole and (reason := self._whole.reason):
            self.request(reason, self._whole.detail)
        if not self._reason and self.lost():
            self.request("lock")
        return "signal" if self._signalled else self._reason

    def request(self, reason: StopReason, detail: str = "") -> None:
        """Ask for no further call; safe in a signal handler and from any thread."""
        self._signalled |= reason == "signal"
        if not self._reason:
            self.detail = detail
            self._reason = reason
