"""The account the options name, and what is said while it is read."""

import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from iamgroups.cli import output
from iamgroups.cli.options import Options

if TYPE_CHECKING:
    from iamgroups.iam import Connection
    from iamgroups.workflow.plan import Reader

EVERY = 5.0  # seconds between lines where no line can be rewritten
REWRITE = "\r\x1b[K"


class Status:
    """One line that says how far we are: rewritten on a terminal, now and then a new one elsewhere."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._said = time.monotonic()
        self._lock = threading.Lock()
        self._open = False

    def __call__(self, message: str) -> None:
        """Say how far we are; safe from any thread."""
        if self._quiet:
            return
        with self._lock:
            if self._terminal:
                output.show(f"{REWRITE}{message}")
                self._open = True
            elif time.monotonic() - self._said >= EVERY:
                self._said = time.monotonic()
                output.say(message)

    def end(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._open:
                output.show(REWRITE)
                self._open = False


def reader(options: Options, status: Status, snapshot: str) -> "Reader":
    """Return what to read the account from: AWS, or a snapshot when one is named."""
    if not snapshot:
        return connect(options, status)
    from iamgroups.workflow.offline import read_snapshot

    return read_snapshot(snapshot)


def connect(options: Options, status: Status, retry_for: float = 120.0) -> "Connection":
    """Return a connection with the AWS settings of the options; nothing is sent yet."""
    from iamgroups import iam

    return iam.connect(
        options.profile,
        options.region,
        options.role_arn,
        external_id=options.external_id,
        mfa_serial=options.mfa_serial,
        ask_mfa=partial(_ask_mfa, status) if options.asking else None,
        insecure_endpoint=options.insecure_endpoint,
        read_timeout=options.read_timeout,
        concurrency=options.concurrency,
        retry_for=retry_for,
        on_wait=status,
        shared=options.shared,
    )


def _ask_mfa(status: Status, device: str) -> str:
    """Ask for a code of an MFA device; "" where there is no terminal."""
    from getpass import getpass

    if not output.interactive():
        return ""
    status.end()
    return getpass(f"MFA code of {device}: ")


def say_requests(reader: "Reader", options: Options) -> None:
    """Say with -v what was requested of AWS; --quiet wins."""
    requests = getattr(reader, "requests", None)
    if options.verbose and requests and not options.quiet:
        counts = sorted(requests.items())
        output.say("Requests: " + ", ".join(f"{operation} {count}" for operation, count in counts))
