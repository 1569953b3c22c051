"""What the connections of one run share: botocore's models, the caller's credentials, and AWS's policies.

AWS's policies are the same in all accounts of a partition. One that AWS no longer lists may still be held in
an account, which reads it for itself.
"""

import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from iamgroups.state.live import LivePolicy

if TYPE_CHECKING:
    from botocore.session import Session

V = TypeVar("V")


class Once(Generic[V]):
    """A value a key, each made once: who asks meanwhile waits. What fails is made again for the next one."""

    def __init__(self) -> None:
        self._made: dict[Hashable, V] = {}
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value of a key. Raises: as `make`."""
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]


class AwsPolicies(NamedTuple):
    """All that AWS lists. `names`: how files may name them, folded."""

    policies: tuple[LivePolicy, ...]
    names: frozenset[str]


class Shared:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self.sessions: Once[Session] = Once()  # profile -> its settings, and botocore's models
        self.sources: Once[Any] = Once()  # profile -> the credentials to assume roles with
        self.clients: Once[Any] = Once()  # service, region and access key -> the client that assumes roles
        self.aws_policies: Once[AwsPolicies] = Once()  # partition -> all that AWS lists
        self.documents: Once[Any] = Once()  # ARN and version of an AWS managed policy -> its document
