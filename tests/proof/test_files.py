"""Plan files and snapshots at length: whatever stands in them, they are read or refused in one line."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.results import test_planfile as plans
from tests.state import test_snapshot as snapshots

EXAMPLES = 2_500


def at_length(test: Callable[..., None], *strategies: st.SearchStrategy[Any]) -> Callable[..., None]:
    """Return a property of the ordinary tests, tried far more often."""
    limits = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    inner: Callable[..., None] = test.hypothesis.inner_test  # type: ignore[attr-defined]
    return pytest.mark.proof(limits(given(*strategies)(inner)))


test_an_altered_plan_file = at_length(
    plans.test_whatever_stands_in_a_field_there_is_one_clear_answer,
    st.sampled_from(plans.FIELDS),
    st.integers(0, 30),
    st.text(max_size=8),
    plans.anything,
)
test_an_altered_snapshot = at_length(
    snapshots.test_one_altered_value_is_read_or_refused, snapshots.accounts, snapshots.json_values, st.data()
)
test_garbage_for_a_snapshot = at_length(
    snapshots.test_garbage_is_a_usage_error,
    st.text() | st.binary().map(lambda raw: raw.decode("latin-1")) | snapshots.json_values.map(str),
)
