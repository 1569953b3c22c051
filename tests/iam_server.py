"""The embedded IAM for tests. `strict_iam`: one account in memory."""

import pytest

from iamgroups.sandbox.account import StrictIam


@pytest.fixture
def strict_iam() -> StrictIam:
    """An empty account 123456789012."""
    return StrictIam("123456789012")
