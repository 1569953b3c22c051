"""Write what `import` declares."""

from collections.abc import Mapping
from pathlib import Path

from iamgroups.config.found import FILE
from iamgroups.config.imported import ROOT, Imported
from iamgroups.errors import UsageError


def write(found: Imported, folder: str, groups_only: bool = False) -> tuple[str, ...]:
    """Write the files below a folder; return their paths.

    With `groups_only` a root that exists stays as it is. Then only the groups' files are written, and no
    accepted.yaml.

    Raises: UsageError, before anything is written, when one of the files exists already.
    """
    base = Path(folder)
    files = {base / name: text for name, text in found.files.items()}
    if groups_only and _exists(base / ROOT):
        files.pop(base / ROOT)
        files.pop(base / FILE, None)
    there = [str(path) for path in files if _exists(path)]
    if there:
        rest = f" and {len(there) - 3} more" if len(there) > 3 else ""
        raise UsageError(
            f"{', '.join(there[:3])}{rest} exist already, and import overwrites nothing: nothing is written. "
            "Choose another folder with --out"
        )
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
