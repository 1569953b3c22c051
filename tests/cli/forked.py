"""Starts the command from a process that has imported it: a fork takes a fifth of the time of a start.

A program of its own, since a fork wants a process without threads.
"""

import gc
import json
import os
import select
import subprocess
import sys
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

LIBRARIES = ("jsonschema", "botocore.session", "botocore.client", "botocore.awsrequest", "yaml")


class Forks:
    """The program: it is asked in lines of JSON, and answers a process id, then an exit code."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, asked: dict[str, Any], seconds: float) -> int:
        """Run the command to its end and return its exit code. Raises: TimeoutExpired."""
        assert self._program.stdin and self._program.stdout
        self._program.stdin.write(json.dumps(asked) + "\n")
        self._program.stdin.flush()
        pid = int(self._program.stdout.readline())
        if not select.select([self._program.stdout], [], [], seconds)[0]:
            os.kill(pid, 9)
            self._program.stdout.readline()
            raise subprocess.TimeoutExpired(asked["arguments"], seconds)
        return int(self._program.stdout.readline())


@cache
def forks() -> Forks:
    """Return the program of this process; it ends when its input does."""
    return Forks()


def serve() -> None:
    """Answer one line after another."""
    import iamgroups

    ours = (module.name for module in walk_packages(iamgroups.__path__, "iamgroups."))
    for name in (*LIBRARIES, *(name for name in ours if not name.startswith("iamgroups.sandbox"))):
        import_module(name)
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become(asked)
        answer(pid)
        answer(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def become(asked: dict[str, Any]) -> None:
    """Be the command: its files for streams, its folder, its environment."""
    for number in range(3):
        flags = os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY
        file = os.open(Path(asked["streams"]) / str(number), flags, 0o600)
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    sys.argv = ["iamgroups", *asked["arguments"]]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    code = import_module("iamgroups.__main__").main()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
