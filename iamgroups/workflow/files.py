"""Write a result to a file, whole or not at all; read one of a bounded size."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from iamgroups.errors import UsageError


@dataclass(frozen=True)
class Rewritten:
    """Files after an edit: name to show -> text before ("" for a new file) and after.

    `said`: what else a reader should know.
    """

    texts: Mapping[str, tuple[str, str]]
    said: tuple[str, ...] = ()


def rewrite_whole(path: Path, text: str) -> None:
    """Replace the text of a file that exists, in one step; who may read it stays. Raises: UsageError."""
    try:
        target = path.resolve(strict=True)
        mode = target.stat().st_mode & 0o7777
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    write_whole(str(target), text, mode)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where there is none. Raises: UsageError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path}: no such folder can be made: {getattr(error, 'strerror', error)}"
        ) from error


def write_whole(path: str, text: str, mode: int = 0o600) -> None:
    """Write a file in one step, readable by its owner only unless `mode` says more. Raises: UsageError.

    A link is followed; a device or a pipe is refused, for a file would take its place.
    """
    try:
        target = Path(path).resolve()
        if target.exists() and not target.is_file():
            raise UsageError(f"{path} cannot be written: it is no regular file")
        draft = target.with_name(f".{target.name}.draft")
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"{path} cannot be written: {getattr(error, 'strerror', error)}") from error
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(text, encoding="utf-8", newline="")
        draft.chmod(mode)
        draft.replace(target)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            draft.unlink()
        raise UsageError(f"{path} cannot be written: {getattr(error, 'strerror', error)}") from error
