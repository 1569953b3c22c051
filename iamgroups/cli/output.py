"""Where text goes: the result to stdout, everything else to stderr. Must not decide what is said."""

import os
import sys
from typing import TextIO

from iamgroups.render.safe import clean


def emit(text: str) -> None:
    """Write the result to stdout."""
    _write(sys.stdout, text if text.endswith("\n") or not text else f"{text}\n")


def say(text: str) -> None:
    """Write a message to stderr, neutralised: it may quote anything."""
    _write(sys.stderr, "".join(f"{clean(line)}\n" for line in text.rstrip("\n").split("\n")))


def show(text: str) -> None:
    """Write to stderr as it is: part of a line that will be rewritten, or a question."""
    _write(sys.stderr, text)


def answer() -> str:
    """Return the line somebody types; "" at the end of the input."""
    return sys.stdin.readline().strip()


def colored(stream: TextIO) -> bool:
    """Return whether a stream may carry colour: a terminal reads it and NO_COLOR is not set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def interactive() -> bool:
    """Return whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def tolerate_any_encoding() -> None:
    """Keep a terminal that cannot show a character from ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # The reader is gone; what was done stays done and keeps its exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
