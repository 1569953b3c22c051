"""Where text goes: the result to stdout, everything else to stderr."""

import os
import shutil
import sys
from typing import TextIO

from iamgroups.errors import UsageError
from iamgroups.render.safe import clean


def emit(text: str) -> None:
    """Write the result to stdout. Raises: UsageError when it cannot take it."""
    try:
        _write(sys.stdout, text if text.endswith("\n") or not text else f"{text}\n")
    except OSError as error:
        give_up(error)


def give_up(error: OSError) -> None:
    """Write no more to stdout. Raises: UsageError, unless its reader has merely left early."""
    _drain(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        raise UsageError(f"the result cannot be written to stdout: {error.strerror}") from error


def say(text: str) -> None:
    """Write a message to stderr, neutralised: it may quote anything."""
    show("".join(f"{clean(line)}\n" for line in text.rstrip("\n").split("\n")))


def show(text: str) -> None:
    """Write to stderr as it is: part of a line that will be rewritten, or a question."""
    try:
        _write(sys.stderr, text)
    except OSError:
        # There is nowhere left to say so.
        _drain(sys.stderr)


def answer() -> str:
    """Return the line somebody types; "" at the end of the input."""
    return sys.stdin.readline().strip()


def colored(stream: TextIO) -> bool:
    """Return whether a stream carries colour: on a terminal, unless NO_COLOR or FORCE_COLOR decides."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def columns(stream: TextIO) -> int:
    """Return how wide a terminal is; 0 where nobody reads the stream on one."""
    return shutil.get_terminal_size().columns if stream.isatty() else 0


def one_place() -> bool:
    """Return whether stdout and stderr end in the same place: a terminal, or one file."""
    return os.path.sameopenfile(1, 2)


def interactive() -> bool:
    """Return whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def prepare() -> None:
    """Keep a closed stream, or a terminal that cannot show a character, from ending the run."""
    # Else the next file to be opened, a journal perhaps, would be stdout or stderr.
    while (spare := os.open(os.devnull, os.O_RDONLY)) <= 2:
        pass
    os.close(spare)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def _drain(stream: TextIO) -> None:
    """Send what a stream still buffers nowhere: Python's exit would fail to write it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
