"""One request to IAM, held as data before anything is sent: a write, or the reading of one fact."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Call(NamedTuple):
    """An API operation of the `iam` service and its parameters, spelled as botocore spells them."""

    operation: str
    params: Mapping[str, Any]


class Told(NamedTuple):
    """A parameter that the reading before it told, at these keys of its answer."""

    keys: tuple[str, ...]


class Reread(NamedTuple):
    """A reading and what has to be in its answer.

    The value at `keys` has to satisfy `fits`. With `each`, the answer comes in pages, `each` is the key of a
    list, and one of its entries has to satisfy it. Without `fits`, any answer will do.
    """

    operation: str
    params: Mapping[str, Any]
    keys: tuple[str, ...] = ()
    fits: Callable[[Any], bool] | None = None
    each: str = ""
