"""The names of the files that groups and documents are written to."""

import re
from collections.abc import Iterable

from iamgroups.state.names import fold

# Names that some file system hides, reserves or reads as a flag.
PLAIN_FILE = re.compile(r"[A-Za-z0-9_](?:.*[^.])?", re.ASCII)
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_names(names: Iterable[str], kind: str = "group", suffix: str = ".yaml") -> dict[str, str]:
    """Return name -> file name, legal everywhere and different ignoring case, as the names are.

    `kind` begins the file name of what no file can be named after.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    odd: list[str] = []
    for name in names:
        if PLAIN_FILE.fullmatch(name) and not RESERVED.fullmatch(name):
            found[name] = f"{name}{suffix}"
            taken.add(fold(name))
        else:
            odd.append(name)
    for name in odd:
        number, stem = 1, f"{kind}-{name}"
        while fold(stem) in taken:
            number += 1
            stem = f"{kind}-{number}-{name}"
        taken.add(fold(stem))
        found[name] = f"{stem}{suffix}"
    return found
