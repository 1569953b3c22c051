"""While an apply runs: how far it is, and how it is stopped."""

import os
import signal
import sys
import time
from contextlib import AbstractContextManager, suppress
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from iamgroups.cli import output
from iamgroups.cli.account import EVERY

if TYPE_CHECKING:
    from rich.progress import Progress as Drawn
    from rich.progress import TaskID

    from iamgroups.applying import ApplyProgress, Stop

INTERRUPTED = 130


def stop_on_signals(stop: "Stop") -> None:
    """Ask an apply to stop on the first SIGINT or SIGTERM; end the process on the second.

    From now on: what was written is told, whenever the first signal comes.
    """

    def heard(signum: int, frame: FrameType | None) -> None:
        if stop.reason == "signal":
            os._exit(INTERRUPTED)
        stop.request("signal", signal.Signals(signum).name)
        # A handler may interrupt a write to stderr's buffer; the descriptor has none.
        with suppress(OSError):
            os.write(2, b"\nStopping: nothing more is sent. A second signal ends at once.\n")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, heard)


class Bar(AbstractContextManager["Bar"]):
    """How far an apply is: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._said = time.monotonic()
        self._drawn: Drawn | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> "Bar":
        if not self._quiet and sys.stderr.isatty():
            self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._drawn.stop()

    def __call__(self, progress: "ApplyProgress") -> None:
        """Show how far it is."""
        if self._drawn and self._task is not None:
            self._drawn.update(
                self._task,
                total=progress.total,
                completed=progress.finished,
                description=_words(progress) or "Applying",
            )
        elif not self._quiet and time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            output.say(
                ", ".join(filter(None, [f"{progress.finished:,} of {progress.total:,}", _words(progress)]))
            )

    def _draw(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
        self._drawn = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        self._task = self._drawn.add_task("Applying", total=None)
        self._drawn.start()


def _words(progress: "ApplyProgress") -> str:
    parts = [
        f"{progress.failed:,} failed" if progress.failed else "",
        f"{progress.skipped:,} skipped" if progress.skipped else "",
        progress.waiting,
    ]
    return ", ".join(filter(None, parts))
