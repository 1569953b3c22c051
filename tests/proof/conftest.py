import pytest

from tests.proof.goal import Goal, goal_of


@pytest.fixture(scope="session")
def goal(tmp_path_factory: pytest.TempPathFactory) -> Goal:
    """What a quiet apply with every kind of write, once or a few times each, comes to."""
    return goal_of(tmp_path_factory.mktemp("goal"), 2)


@pytest.fixture(scope="session")
def long_goal(tmp_path_factory: pytest.TempPathFactory) -> Goal:
    """The same with at least 60 writes."""
    return goal_of(tmp_path_factory.mktemp("long-goal"), 9)
