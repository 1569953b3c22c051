"""Run the command as a user does: another process, its exit code, its two streams."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = (sys.executable, "-m", "iamgroups")


def run(
    *arguments: str | Path, env: dict[str, str] | None = None, stdin: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `iamgroups ARGUMENTS` with no terminal anywhere."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
    )
