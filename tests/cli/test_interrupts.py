"""What a signal does to the command, from its first moments to its last."""

import subprocess
import sys

import pytest

TWO_SIGNALS = """
import os, signal, sys
from iamgroups.applying import Stop
from iamgroups.cli.running import stop_on_signals
stop = Stop()
stop_on_signals(stop)
stop.request(sys.argv[1])
os.kill(os.getpid(), signal.SIGINT)
print("stopping", stop.reason, flush=True)
os.kill(os.getpid(), signal.SIGTERM)
print("still alive")
"""


@pytest.mark.parametrize("reason", ["lock", "credentials", "journal", "signal"])
def test_a_second_signal_ends_an_apply_that_stops_for_whatever_reason(reason: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWO_SIGNALS, reason], capture_output=True, text=True, timeout=60, check=False
    )
    stopped = "" if reason == "signal" else "stopping signal\n"
    assert (done.returncode, done.stdout) == (130, stopped)
