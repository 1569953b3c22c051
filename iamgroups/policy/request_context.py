"""What is known of a request's condition keys: a value, absence, or nothing.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Missing(Enum):
    """Why a key has no value: the request does not have it, or we do not know."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


Values = tuple[str, ...]


@dataclass(frozen=True)
class RequestContext:
    """Condition keys in lower case -> their values, or `None` for a key the request does not have.

    Every other key is unknown, unless it begins with one of `absent` ("" is every key).
    """

    values: Mapping[str, Values | None] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    def get(self, key: str) -> Values | Missing:
        """Return the values of a key, or why there are none. Key names ignore case."""
        folded = key.lower()
        if folded in self.values:
            found = self.values[folded]
            return Missing.ABSENT if found is None else found
        return Missing.ABSENT if self.absent and folded.startswith(self.absent) else Missing.UNKNOWN
