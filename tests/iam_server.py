"""The embedded IAM for tests. `strict_iam`: one account in memory; `iam_endpoint`: the same over HTTP.

`iam_endpoint.url`, `.environment()` (for subprocesses), `.iam` (the account), `.cloud` (all accounts),
`.log` (every request and what came of it; `replay(start, log)` walks the writes). `chaos_endpoint(*rules)`
serves it with the rules of a chaos file.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos import load_chaos
from iamgroups.sandbox.server import Serving, serve


@pytest.fixture
def strict_iam() -> StrictIam:
    """An empty account 123456789012."""
    return StrictIam("123456789012")


@pytest.fixture
def iam_endpoint(strict_iam: StrictIam) -> Iterator[Serving]:
    """The account of `strict_iam`, answering on loopback until the test ends."""
    with serve(strict_iam) as serving:
        yield serving


@pytest.fixture
def chaos_endpoint(strict_iam: StrictIam) -> Iterator[Callable[..., Serving]]:
    """Serve the account of `strict_iam` with chaos: `chaos_endpoint({"fault": "slow", "seconds": 1})`."""
    with ExitStack() as stack:

        def start(*rules: dict[str, Any], seed: int = 0) -> Serving:
            chaos = load_chaos(json.dumps({"seed": seed, "rules": rules}))
            return stack.enter_context(serve(strict_iam, chaos=chaos))

        yield start
