"""The account the options name, and what is said while it is read."""

import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Literal

from iamgroups.cli import output
from iamgroups.cli.options import Options
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.iam import Connection
    from iamgroups.state.config import Config
    from iamgroups.workflow.plan import Reader

Role = Literal["plan", "apply", "drift"]  # of the root's `roles`
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


def reader(
    options: Options, status: Status, snapshot: str, loaded: "Config | None" = None, role: Role = "plan"
) -> "Reader":
    """Return what to read the account from: AWS, or a snapshot when one is named."""
    if not snapshot:
        return connect(options, status, loaded, role)
    from iamgroups.workflow.offline import read_snapshot

    return read_snapshot(snapshot)


def connect(
    options: Options,
    status: Status,
    loaded: "Config | None" = None,
    role: Role = "plan",
    retry_for: float = 120.0,
) -> "Connection":
    """Return a connection with the AWS settings of the options and of the root; nothing is sent yet.

    `loaded`: the configuration, where that is read already. `role`: which of its `roles` to assume.
    Raises: UsageError, CredentialsError.
    """
    from iamgroups import iam

    arn = _role_arn(options, loaded, role)
    if (options.external_id or options.mfa_serial) and not arn:
        how = "give --role-arn or --role-name, or set `roles` in the root"
        raise UsageError(f"--external-id and --mfa-serial say how to assume a role: {how}")
    return iam.connect(
        options.profile,
        options.region,
        arn,
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


def _role_arn(options: Options, loaded: "Config | None", role: Role) -> str:
    """Return the role to assume: the one of the options, else the one of the root, "" for none."""
    if options.role_arn:
        return options.role_arn
    if loaded:
        account, roles = loaded.account_id, loaded.roles
    else:
        from iamgroups.config.roots import account_and_roles

        account, roles = account_and_roles(options.config)
    if options.role_name and not account:
        raise UsageError("--role-name is a role of the root's account, and there is no root: give --role-arn")
    name = options.role_name or roles.get(role, "")
    if name and not name.startswith("arn:"):
        name = f"arn:{{partition}}:iam::{account}:role/{name}"
    return name.replace("{account_id}", account)


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
