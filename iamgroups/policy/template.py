"""Documents that several accounts share: `{account_id}` and `{partition}` inside strings are filled in."""

import re
from collections.abc import Iterator

# `${...}` is IAM's own variable, and a brace of JSON itself is followed by something else.
_PLACEHOLDER = re.compile(r"(?<!\$)\{([^{}\"\s]+)\}")
NAMES = ("account_id", "partition")


def unknown(text: str) -> Iterator[tuple[int, str]]:
    """Yield the offset and the name of each placeholder that nothing fills."""
    for found in _PLACEHOLDER.finditer(text):
        if found[1] not in NAMES:
            yield found.start(), found[1]


def filled(text: str, account_id: str, partition: str) -> str:
    """Return a document's JSON text for one account."""
    values = dict(zip(NAMES, (account_id, partition), strict=True))
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
