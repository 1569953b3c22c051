"""The embedded IAM for tests. `strict_iam`: one account in memory; `iam_endpoint`: the same over HTTP.

`iam_endpoint.url`, `.environment()` (for subprocesses), `.iam` (the account), `.cloud` (all accounts),
`.log` (every request and what came of it; `replay(start, log)` walks the writes).
"""

from collections.abc import Iterator

import pytest

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.front import Serving, serve


@pytest.fixture
def strict_iam() -> StrictIam:
    """An empty account 123456789012."""
    return StrictIam("123456789012")


@pytest.fixture
def iam_endpoint(strict_iam: StrictIam) -> Iterator[Serving]:
    """The account of `strict_iam`, answering on loopback until the test ends."""
    with serve(strict_iam) as serving:
        yield serving
