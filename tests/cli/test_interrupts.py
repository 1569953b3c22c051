"""What a signal does to the command, from its first moments to its last."""

import os
import pty
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.account import Desk, account, desk
from tests.cli.process import COMMAND

SAID = "Interrupted: nothing was written to IAM."
KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1"}
SIGNALS = (signal.SIGINT, signal.SIGTERM)

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


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path, account({"alice": ()}, {"devs": ("/", (), ())})) as found:
        found.write({"devs": {"members": ["alice"]}})
        yield found


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """An endpoint that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("command", ["plan", "snapshot", "apply --auto-approve"])
def test_an_interrupted_wait_for_iam_says_that_nothing_was_written(
    office: Desk, silent: socket.socket, command: str, number: int
) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    waiting = subprocess.Popen(
        [*COMMAND, *command.split()],
        cwd=office.folder,
        env={**os.environ, **office.env, "AWS_ENDPOINT_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    silent.settimeout(60)
    connection, _ = silent.accept()
    waiting.send_signal(number)
    stdout, stderr = waiting.communicate(timeout=30)
    connection.close()
    assert (waiting.returncode, stdout, stderr.strip()) == (130, "", SAID)


def test_an_interrupted_question_says_that_nothing_was_written(office: Desk) -> None:
    parent, child = pty.openpty()
    asking = subprocess.Popen(
        [*COMMAND, "apply"],
        stdin=child,
        stderr=child,
        stdout=child,
        cwd=office.folder,
        env={**os.environ, **office.env},
    )
    os.close(child)
    shown = b""
    while b"will do: " not in shown:
        shown += os.read(parent, 1000)
    asking.send_signal(signal.SIGINT)
    assert asking.wait(timeout=30) == 130
    assert SAID in os.read(parent, 1000).decode()
    os.close(parent)
    assert office.iam.facts().memberships == set()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_the_command_is_still_being_loaded_is_no_traceback(number: int) -> None:
    # It says so as soon as it minds signals, which is before it loads anything.
    script = """
import signal, sys
from iamgroups import __main__ as process
signal.signal(signal.SIGINT, signal.default_int_handler)
minded = process._on_signals
process._on_signals = lambda at_once: (minded(at_once=at_once), print(flush=True))
sys.exit(process.main())
"""
    for pause in (0.0, 0.005, 0.02, 0.05):
        starting = subprocess.Popen(
            [sys.executable, "-c", script, "validate", "-c", "/nowhere"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert starting.stdout is not None
        starting.stdout.readline()
        time.sleep(pause)
        starting.send_signal(number)
        _, stderr = starting.communicate(timeout=30)
        assert "Traceback" not in stderr
        assert starting.returncode in (130, 1)  # it may have ended
