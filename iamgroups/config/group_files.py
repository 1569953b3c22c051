"""The names of the files that groups are written to."""

import re
from collections.abc import Iterable

from iamgroups.state.names import fold

# Names that some file system hides, reserves or reads as a flag.
PLAIN_FILE = re.compile(r"[A-Za-z0-9_](?:.*[^.])?", re.ASCII)
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_names(groups: Iterable[str]) -> dict[str, str]:
    """Return group -> file name, legal everywhere and different ignoring case, as group names are."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    odd: list[str] = []
    for name in groups:
        if PLAIN_FILE.fullmatch(name) and not RESERVED.fullmatch(name):
            found[name] = f"{name}.yaml"
            taken.add(fold(name))
        else:
            odd.append(name)
    for name in odd:
        number, stem = 1, f"group-{name}"
        while fold(stem) in taken:
            number += 1
            stem = f"group-{number}-{name}"
        taken.add(fold(stem))
        found[name] = f"{stem}.yaml"
    return found
