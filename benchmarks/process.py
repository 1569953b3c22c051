"""Run a command as a whole process and account for it. Must stay small itself.

A child's peak memory starts at what its parent holds when it forks, so nothing large is imported here.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Timer
from typing import NamedTuple


class Measured(NamedTuple):
    """One run: wall and CPU (user + system, of the process and its children) in seconds, peak in bytes.

    `peak` is the largest single process's.
    """

    wall: float
    cpu: float
    peak: int


class FailedRunError(Exception):
    """A command did not end as it must; the figures would mean nothing."""


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    *,
    folder: Path | None = None,
    limit: float = 600,
    may_fail: bool = False,
) -> Measured:
    """Run a command to its end, of at most `limit` seconds; its output replaces the file `output`.

    Raises FailedRunError when it takes longer or, unless it `may_fail`, ends with another code than 0.
    """
    with output.open("wb") as file:
        started = time.perf_counter()
        child = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=folder
        )
        alarm = Timer(limit, child.terminate)
        alarm.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        alarm.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode < 0 or (child.returncode and not may_fail):
        said = output.read_text(errors="replace")[-2000:]
        raise FailedRunError(f"exit code {child.returncode}: {' '.join(command)}\n{said}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
