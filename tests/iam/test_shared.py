"""A value that several accounts need is made once, whoever comes first."""

import threading
import time

import pytest

from iamgroups.iam.shared import Once


def test_a_value_is_made_once_however_many_ask_at_once() -> None:
    made: list[int] = []

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return 7

    once: Once[int] = Once()
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(once.get("a", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, made) == ([7] * 8, [1])


def test_what_failed_is_made_again_and_other_keys_do_not_wait() -> None:
    once: Once[int] = Once()

    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):
        once.get("a", fail)
    assert once.get("a", lambda: once.get("b", lambda: 1) + 1) == 2
