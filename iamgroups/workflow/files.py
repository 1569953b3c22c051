"""Write a result to a file, whole or not at all. Must not print."""

from contextlib import suppress
from pathlib import Path

from iamgroups.errors import UsageError


def write_whole(path: str, text: str) -> None:
    """Write a file readable by its owner only, in one step. Raises: UsageError."""
    target = Path(path)
    draft = target.with_name(f".{target.name}.draft")
    try:
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            draft.unlink()
        raise UsageError(f"{path} cannot be written: {getattr(error, 'strerror', error)}") from error
