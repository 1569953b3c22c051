"""Which roots `-c` names, one for each account, and which of them a shard takes."""

import os
from collections.abc import Iterator, Mapping, Sequence
from glob import glob, has_magic
from hashlib import sha256
from pathlib import Path

from iamgroups.config.files import ROOT_NAME, find_root, read_in
from iamgroups.config.tree import parse
from iamgroups.errors import ConfigError, UsageError


def find_roots(given: Sequence[str]) -> tuple[str, ...]:
    """Return the roots that files, folders and globs name, each once, by name.

    A folder with an `iamgroups.yaml` is one root. Any other folder stands for all the roots below it.

    Raises: UsageError where something names no root.
    """
    found: dict[Path, str] = {}
    for value in given:
        named = [root for path in _paths(value) for root in _roots(path)]
        if not named:
            hint = f"a root is a file, or a folder with an {ROOT_NAME}"
            raise UsageError(f"-c {value}: there is no root; {hint}")
        for root in named:
            found.setdefault(Path(root).resolve(), root)
    return tuple(sorted(found.values()))


def _paths(value: str) -> Sequence[str]:
    # What exists under exactly this name is meant, whatever a glob would make of it.
    if os.path.lexists(value) or not has_magic(value):
        return [value]
    return glob(value, recursive=True)  # noqa: PTH207  Path.glob refuses an absolute pattern


def _roots(path: str) -> Iterator[str]:
    if not Path(path).is_dir() or Path(path, ROOT_NAME).is_file():
        yield path
        return
    for folder, below, files in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".")]
        if ROOT_NAME in files:
            # A root includes what is below its folder.
            below.clear()
            yield folder


def account_of(root: str) -> str:
    """Return the account a root file says it is for, of nothing but that file; "" where it says none."""
    return account_and_roles(root)[0]


def account_and_roles(root: str) -> tuple[str, Mapping[str, str]]:
    """Return the account and the `roles` of a root file, of nothing but that file; "" and {} for none."""
    try:
        folder, name = find_root(root)
        node, _ = parse(read_in(folder, name, folder.show(name)))
    except ConfigError:
        return "", {}
    told = node.value if node and isinstance(node.value, dict) else {}
    roles = told.get("roles")
    named = {key: str(value) for key, value in roles.items()} if isinstance(roles, dict) else {}
    return str(told.get("account_id") or ""), named


def choose_roots(roots: Sequence[str], shard: str = "") -> tuple[tuple[str, str], ...]:
    """Return each root with its account, of one shard where one is asked for.

    A root without an account is in the shard of its name, where it fails.

    Raises: UsageError when two roots are for one account.
    """
    number, count = parse_shard(shard) if shard else (1, 1)
    found = [(root, account_of(root)) for root in roots]
    first: dict[str, str] = {}
    for root, account in found:
        if account and first.setdefault(account, root) != root:
            raise UsageError(f"{first[account]} and {root} are both for account {account}: nothing was done")
    return tuple((root, account) for root, account in found if shard_of(account or root, count) == number)


def shard_of(account_id: str, shards: int) -> int:
    """Return which shard, from 1, an account is in: the same one however many other accounts there are."""
    return int.from_bytes(sha256(account_id.encode()).digest()[:8]) % shards + 1


def parse_shard(text: str) -> tuple[int, int]:
    """Return I and N of `I/N`. Raises: UsageError."""
    number, slash, count = text.partition("/")
    if slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
        return int(number), int(count)
    raise UsageError(f"--shard {text}: write I/N, such as 1/4 for the first of four")
