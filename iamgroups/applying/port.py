"""What applying needs of IAM: send one write, re-read one fact. Must not know how; `iam.Connection` does."""

from collections.abc import Mapping
from typing import Any, Protocol

from iamgroups.state import Call, Fact


class Port(Protocol):
    """One account's IAM. Used by several threads at once."""

    def send(self, call: Call) -> Mapping[str, Any]:
        """Send one attempt of one write, without retries of its own.

        Raises:
            CallFailed: it did not succeed, or no answer came.
        """

    def shows(self, fact: Fact) -> bool:
        """Read again whether the fact holds: a group at its path, a policy with its document.

        Raises:
            AccountError: it cannot be told.
        """
