"""Which files make up a configuration: the root file and what its `include` names."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from iamgroups.config.similar import did_you_mean
from iamgroups.config.source_file import SourceFile, read
from iamgroups.config.tree import Node, parse
from iamgroups.errors import ConfigError, Position, Problem

ROOT_NAME = "iamgroups.yaml"
SUGGESTED = 5  # roots, where the one that was named is missing
NO_ROOT = "name the root file, or its folder, with -c PATH; `iamgroups import --out DIR` writes a first one"
HEAD = 64 * 1024  # bytes in which a root names its account


@dataclass(frozen=True, slots=True)
class Folder:
    """The root file's folder: `shown` as the user wrote it, `real` with symlinks resolved.

    `texts`: resolved path -> the text to read instead of the file's own.
    """

    shown: str
    real: Path
    texts: Mapping[Path, str] = field(default_factory=dict)

    def show(self, relative: str) -> str:
        """Return the name to show for a file in the folder."""
        return os.path.normpath(Path(self.shown, relative))

    def resolve(self, relative: str) -> Path | None:
        """Return the file with symlinks resolved; None when that lies outside the folder."""
        try:
            real = (self.real / relative).resolve()
        except (OSError, RuntimeError):  # a loop of symlinks
            return None
        return real if real.is_relative_to(self.real) else None


def find_root(path: str | os.PathLike[str]) -> tuple[Folder, str]:
    """Return the root's folder and the root's file name; `path` names a root file or its folder.

    Raises:
        ConfigError: there is no such file.

    """
    given = os.fspath(path)
    if not given.isprintable():
        raise ConfigError([Problem(f"{given!r} cannot be a file name: it holds control characters")])
    try:
        is_folder = Path(given).is_dir()
    except OSError:  # a name longer than the system takes
        is_folder = False
    shown, name = (given, ROOT_NAME) if is_folder else os.path.split(given)
    folder = Folder(shown, Path(shown or ".").resolve())
    if not os.path.lexists(folder.real / name):
        raise ConfigError([_no_root(folder, name)])
    return folder, name


def _no_root(folder: Folder, name: str) -> Problem:
    try:
        there = [entry.name for entry in folder.real.iterdir() if entry.suffix in (".yaml", ".yml")]
    except OSError:
        there = []
    roots = sorted(entry for entry in there if _is_root(folder.real / entry))
    hint = did_you_mean(name, roots or there) or NO_ROOT
    if roots:
        hint = f"there is {', '.join(roots[:SUGGESTED])}: name it with -c {folder.show(roots[0])}"
    return Problem("there is no such file", Position(folder.show(name), 1, 1), hint)


def _is_root(path: Path) -> bool:
    """Tell whether a file begins like a root: `account_id` is a key that only a root has."""
    try:
        with path.open("rb") as file:
            return b"account_id:" in file.read(HEAD)
    except OSError:
        return False


def include_patterns(root: Node) -> list[Node]:
    """Return the globs of a root file that are texts, whatever else is wrong with it."""
    globs = root.get("include") if isinstance(root.value, dict) else None
    if globs is None or not isinstance(globs.value, list):
        return []
    return [pattern for pattern in globs.items() if isinstance(pattern.value, str) and pattern.value]


def config_files(path: str | os.PathLike[str]) -> list[tuple[Path, str]]:
    """Return the files of a configuration, the root first, as (path, name to show).

    Raises:
        ConfigError: the root cannot be read, or an include is wrong.

    """
    folder, name = find_root(path)
    root, problems = parse(read_in(folder, name, folder.show(name)))
    if root is None:
        raise ConfigError(problems)
    files = [(folder.real / name, folder.show(name))]
    for each in included(folder, name, include_patterns(root)):
        if isinstance(each, Problem):
            problems.append(each)
        else:
            files.append((each[1], each[0]))
    if problems:
        raise ConfigError(problems)
    return files


def read_in(folder: Folder, file: str, shown: str) -> SourceFile:
    """Read a file of the folder.

    Raises:
        ConfigError: it leads out of the folder, or cannot be read.

    """
    real = folder.resolve(file)
    if real is None:
        raise ConfigError([SourceFile(shown, "").problem("this leads out of its folder", 1, 1)])
    return SourceFile(shown, folder.texts[real]) if real in folder.texts else read(real, shown)


def included(folder: Folder, root: str, globs: Iterable[Node]) -> Iterator[tuple[str, Path] | Problem]:
    """Yield each included file once, as (name to show, path), sorted within a glob; or what is wrong."""
    seen = {folder.resolve(root)}
    for pattern in globs:
        if pattern.value.startswith("/") or ".." in pattern.value.split("/") or "\0" in pattern.value:
            hint = "write it relative to the root file's folder, without `..`"
            yield pattern.problem(f"include {pattern.value!r} leads out of the root file's folder", hint)
            continue
        try:
            matches = sorted(_matches(folder.real, pattern.value) | _unwritten(folder, pattern.value))
        except OSError as error:
            where = folder.show(os.path.relpath(error.filename or folder.real, folder.real))
            message = f"include {pattern.value!r}: {where} cannot be read: {error.strerror}"
            yield pattern.problem(message, "what lies there may be declared: make it readable")
            continue
        if not matches:
            hint = "correct the glob, or remove it"
            yield pattern.problem(f"include {pattern.value!r} matches no file", hint)
        for name in matches:
            real = folder.resolve(name)
            if not name.isprintable():
                yield pattern.problem(f"the file name {name!r} holds characters that cannot be shown")
            elif real is None:
                message = f"{name!r} leads out of the root file's folder"
                yield pattern.problem(message, "a symlink must stay within the folder")
            elif real not in seen:
                seen.add(real)
                yield folder.show(name), real


def _unwritten(folder: Folder, pattern: str) -> set[str]:
    """Return the files a glob names that are among the texts only."""
    names = {path.relative_to(folder.real).as_posix() for path in folder.texts if not path.exists()}
    return {name for name in names if fits(pattern, name)}


def fits(pattern: str, name: str) -> bool:
    """Tell whether a glob of `include` names a file, both relative to the root."""
    steps = [step for step in pattern.split("/") if step not in ("", ".")]
    return _fits(steps, name.split("/"))


def _fits(steps: Sequence[str], parts: Sequence[str]) -> bool:
    if not steps or not parts:
        return not parts and all(step == "**" for step in steps)
    if steps[0] == "**":
        return _fits(steps[1:], parts) or _fits(steps, parts[1:])
    return fnmatchcase(parts[0], steps[0]) and _fits(steps[1:], parts[1:])


def _matches(root: Path, pattern: str) -> set[str]:
    """Return the files a glob names, relative to the root.

    Unlike glob.glob, `**` never follows a symlink to a folder: two of those can make a walk endless.
    Raises: OSError where a folder cannot be read: half of what is declared is never taken for the whole.
    """
    found: set[str] = set()
    steps = [step for step in pattern.split("/") if step not in ("", ".")]
    todo, done = [("", 0)], set()
    while todo:
        here, index = todo.pop()
        if (here, index) in done:
            continue
        done.add((here, index))
        if index == len(steps):
            if here and not (root / here).is_dir():
                found.add(here)
            continue
        if steps[index] == "**":
            todo.append((here, index + 1))
            # A trailing `**` means every file below.
            last = index + 1 == len(steps)
            for name, is_folder in _entries(root / here):
                if is_folder or last:
                    todo.append((f"{here}{name}/" if is_folder else here + name, index + (not is_folder)))
        else:
            names = [name for name, _ in _entries(root / here) if fnmatchcase(name, steps[index])]
            if steps[index].startswith(".") and os.path.lexists(root / here / steps[index]):
                names.append(steps[index])
            slash = "" if index + 1 == len(steps) else "/"
            todo += [(here + name + slash, index + 1) for name in names]
    return found


def _entries(folder: Path) -> list[tuple[str, bool]]:
    """Return name and whether it is a folder and no symlink, without hidden entries."""
    try:
        with os.scandir(folder) as entries:
            return [
                (entry.name, entry.is_dir(follow_symlinks=False))
                for entry in entries
                if not entry.name.startswith(".")
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
