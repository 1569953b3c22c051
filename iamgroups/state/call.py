"""One IAM write, held as data before anything is sent. Must not send it."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Call(NamedTuple):
    """An API operation of the `iam` service and its parameters, spelled as botocore spells them."""

    operation: str
    params: Mapping[str, Any]
