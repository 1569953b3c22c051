"""One reason why AWS refuses a policy document, as data."""

import json
from typing import Any, NamedTuple

from iamgroups.policy.statements import Place

CODE = "MalformedPolicyDocument"
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"


class Refusal(NamedTuple):
    """What is wrong at a place, in our words and in AWS's (`answer`).

    `key` is the key of the object there that is meant. `first` is the place of the value that this repeats.
    """

    message: str
    answer: str = SYNTAX
    hint: str | None = None
    place: Place = ()
    key: str | None = None
    first: Place | None = None


def shown(value: Any) -> str:
    """Return a value for a message: a text in quotes, the rest as JSON, at most 80 characters."""
    found = repr(value) if isinstance(value, str) else json.dumps(value)
    return found if len(found) <= 80 else f"{found[:77]}..."
