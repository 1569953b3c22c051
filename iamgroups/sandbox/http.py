"""An HTTP request and its answer as data."""

from collections.abc import Mapping
from typing import NamedTuple


class Request(NamedTuple):
    """An HTTP request; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
