"""Documents of AWS managed policies, as moto ships them: real ones in all their variety."""

import json
import random
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data


@cache
def _texts() -> tuple[str, ...]:
    return tuple(json.dumps(entry["Document"]) for entry in json.loads(aws_managed_policies_data).values())


def documents() -> list[Any]:
    """Return all documents, fresh copies."""
    return [json.loads(text) for text in _texts()]


def sample(number: int, seed: int = 7) -> list[Any]:
    """Return some documents, the same at each run."""
    return [json.loads(text) for text in random.Random(seed).sample(_texts(), number)]
