"""Run the command as a user does: another process, its exit code, its two streams."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.forked import forks

COMMAND = (sys.executable, "-m", "iamgroups")
SECONDS = 120


def run(
    *arguments: str | Path, env: dict[str, str] | None = None, stdin: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `iamgroups ARGUMENTS` with no terminal anywhere, forked from a process that has imported it."""
    command = [*COMMAND, *map(str, arguments)]
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / str(number) for number in range(3)]
        streams[0].write_text(stdin, encoding="utf-8")
        asked = {
            "arguments": command[len(COMMAND) :],
            "environment": {**os.environ, **(env or {})},
            "folder": str(cwd or Path.cwd()),
            "streams": folder,
        }
        code = forks().run(asked, SECONDS)
        out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
    return subprocess.CompletedProcess(command, code, out, err)


def start(
    *arguments: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `iamgroups ARGUMENTS` from nothing, as `run` does otherwise."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
    )
