"""Read what `import` needs besides the account, and write what it declares."""

from collections.abc import Collection, Mapping
from pathlib import Path

from iamgroups.config.found import FILE
from iamgroups.config.imported import POLICIES, ROOT, Imported, chosen
from iamgroups.config.imported_policies import own_policies
from iamgroups.errors import UsageError
from iamgroups.state.live import LiveState
from iamgroups.workflow.plan import Reader


def with_documents(reader: Reader, live: LiveState, names: Collection[str]) -> LiveState:
    """Return the account with the documents of its own policies that an import of these groups writes.

    Raises: UsageError when there is no such group, AccountError.
    """
    unread = [
        arn
        for arn in own_policies(live, chosen(live, names))
        if (known := live.policies.get(arn)) is None or known.document is None
    ]
    return reader.documents(live, unread)


def write(found: Imported, folder: str, groups_only: bool = False) -> tuple[str, ...]:
    """Write the files below a folder; return their paths.

    With `groups_only` a root that exists stays as it is. Then only the groups' files are written, and no
    accepted.yaml.

    Raises: UsageError, before anything is written, when one of the files exists already.
    """
    base = Path(folder)
    files = {base / name: text for name, text in found.files.items()}
    if groups_only and _exists(base / ROOT):
        if base / POLICIES in files:
            raise UsageError(
                f"--own: {base / ROOT} is there and stays as it is. Choose another folder with --out"
            )
        files.pop(base / ROOT)
        files.pop(base / FILE, None)
    there = [str(path) for path in files if _exists(path)]
    if there:
        rest = f" and {len(there) - 3} more" if len(there) > 3 else ""
        raise UsageError(
            f"{', '.join(there[:3])}{rest} exist already, and import overwrites nothing: nothing is written. "
            "Choose another folder with --out"
        )
    files |= {base / name: text for name, text in found.kept.items() if not _exists(base / name)}
    _write(files)
    return tuple(map(str, files))


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _write(files: Mapping[Path, str]) -> None:
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
