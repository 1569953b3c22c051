"""Read and write iamgroups.lock.json beside a root file."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from iamgroups.errors import UsageError
from iamgroups.planning.foreign import fingerprints, foreign_policies
from iamgroups.state.config import Config
from iamgroups.state.fingerprints import FILE, Fingerprints, dump, load
from iamgroups.state.live import OnRead
from iamgroups.workflow.files import write_whole
from iamgroups.workflow.plan import Reader, identify

if TYPE_CHECKING:
    from iamgroups.access.levels import Levels

_WRITING = Lock()
MAX_BYTES = 16 * 1024 * 1024


def place(config: Config) -> Path:
    """Return the file beside the root."""
    return Path(config.root).parent / FILE


def noted(config: Config) -> Fingerprints | None:
    """Return the fingerprints of the configuration's account; None where none were noted.

    Raises: UsageError.
    """
    return _accounts(place(config)).get(config.account_id)


def lock(config: Config, reader: Reader, progress: OnRead | None = None) -> tuple[Path, int]:
    """Note the documents of now; return the file, and how many it holds for this account.

    Raises: UsageError, PreconditionError, AccountError.
    """
    before = noted(config) or {}
    live = reader.read(identify(config, reader), progress)
    live = reader.documents(live, foreign_policies(config, live).keys())
    found = fingerprints(config, live, before, datetime.now(UTC).date(), levels())
    # Roots of one folder share the file, and may be locked side by side.
    with _WRITING:
        accounts = {**_accounts(place(config)), config.account_id: found}
        write_whole(str(place(config)), dump(accounts), 0o644)
    return place(config), len(found)


def levels() -> "Levels":
    """Return what says which access levels a document gives."""
    from iamgroups import catalogue
    from iamgroups.access.levels import Levels

    return Levels(catalogue.load())


def _accounts(path: Path) -> dict[str, Fingerprints]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MB. `iamgroups lock` writes it again")
    try:
        return {**load(data.decode(), str(path))}
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8. Delete it, and run `iamgroups lock`") from error
