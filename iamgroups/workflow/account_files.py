"""A folder with one file an account: saved plans, or snapshots."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from iamgroups.errors import PreconditionError, UsageError
from iamgroups.workflow.files import make_folder

NAME = re.compile(r"[0-9]{12}\.json", re.ASCII)
HEAD = 200  # bytes of a file that say what it is


def path_of(folder: str, account: str) -> str:
    """Return where the file of an account is."""
    return str(Path(folder, f"{account}.json"))


def clear(folder: str, kind: str, accounts: Collection[str]) -> None:
    """Make the folder, and take the files of these accounts out: one that fails now leaves no old file.

    Raises: UsageError for a file that iamgroups did not write there.
    """
    make_folder(Path(folder))
    for path in _files(folder):
        if not NAME.fullmatch(path.name) or not _is(path, kind):
            raise UsageError(f"{path} is not a {kind} that iamgroups saved: name an empty folder with --out")
    try:
        for account in accounts:
            Path(path_of(folder, account)).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: an old {kind} cannot be removed: {error.strerror}") from error


def check(folder: str, accounts: Collection[str]) -> None:
    """Refuse a folder with the file of an account that is not among these, or with other files.

    Raises: PreconditionError, UsageError.
    """
    expected = {f"{account}.json" for account in accounts}
    for path in _files(folder):
        if path.name not in expected:
            raise PreconditionError(f"{path} is of an account that no -c is for: nothing was done")


def _files(folder: str) -> Iterator[Path]:
    try:
        yield from sorted(Path(folder).iterdir())
    except OSError as error:
        raise UsageError(f"{folder} cannot be read as a folder: {error.strerror}") from error


def _is(path: Path, kind: str) -> bool:
    """Tell whether a file begins as JSON of this kind does."""
    with suppress(OSError), path.open("rb") as file:
        return re.match(rb'\{\s*"kind":\s*"%s"' % kind.encode(), file.read(HEAD)) is not None
    return False
