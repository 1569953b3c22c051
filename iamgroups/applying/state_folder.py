"""The user's state folder, where journals and lock files are: private, and never reached over a link."""

import os
import stat
from pathlib import Path

from iamgroups.errors import UsageError


def state_folder() -> Path:
    """Return the user's state folder: $XDG_STATE_HOME/iamgroups, by default under ~/.local/state."""
    told = os.environ.get("XDG_STATE_HOME", "")
    base = Path(told) if Path(told).is_absolute() else Path.home() / ".local" / "state"
    return base / "iamgroups"


def make_private(folder: Path) -> None:
    """Make a folder, and those above it; in the state folder they are for the user alone, all the way.

    Raises: OSError, UsageError for a link or a folder of somebody else.
    """
    state = state_folder()
    if not folder.is_relative_to(state):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    state.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in [state, *_between(state, folder)]:
        if not part.is_symlink():
            part.mkdir(mode=0o700, exist_ok=True)
        found = part.lstat()
        if not stat.S_ISDIR(found.st_mode) or (os.name == "posix" and found.st_uid != os.geteuid()):
            raise UsageError(
                f"{part} is a link, or not your own folder: nothing was sent. Remove it, or name another "
                "folder with XDG_STATE_HOME"
            )
        if found.st_mode & 0o077:
            part.chmod(0o700)


def _between(top: Path, folder: Path) -> list[Path]:
    parts = folder.relative_to(top).parts
    return [top.joinpath(*parts[: depth + 1]) for depth in range(len(parts))]
