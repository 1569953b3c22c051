"""The roles of a pipeline and what they need, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Role:
    """A role: who may become it, and the documents it holds, in order."""

    name: str
    trust: Document
    policies: Sequence[Document]


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """What an account needs before its first pipeline. `bucket` holds the lock, "" where none is set."""

    issuer: str  # of identity tokens, without https://
    audience: str
    roles: Sequence[Role]
    bucket: str
