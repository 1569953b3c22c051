"""Files that others wrote, read into a bounded memory: of so many bytes, with so many lists and objects."""

from pathlib import Path

from iamgroups.errors import UsageError


def read_whole(path: str | Path, most: int) -> bytes:
    """Read a file of at most `most` bytes. Raises: UsageError."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from error
    if len(data) > most:
        raise UsageError(f"{path}: larger than {most >> 20} MB")
    return data


def check_objects(text: str | bytes, source: str, most: int) -> None:
    """Refuse JSON of more lists and objects: in memory, `[]` is 30 times as large. Raises: UsageError."""
    lists, objects = ("[", "{") if isinstance(text, str) else (b"[", b"{")
    if text.count(lists) + text.count(objects) > most:  # type: ignore[arg-type]
        raise UsageError(f"{source} has more than {most:,} lists and objects")
