"""The emulated IAM, `python -m benchmarks.emulator`. Must not share a process with a client.

It makes the accounts of one size, writes the contenders' inputs, then obeys lines on stdin: `serve ACCOUNT
LATENCY RATE` answers the address of a fresh copy of an account, `heard` what that copy was asked (JSON).
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.scenarios import Size

if TYPE_CHECKING:
    from iamgroups.sandbox.server import Serving


class Heard(NamedTuple):
    """What was asked: requests by operation, how many writes were done and how many requests throttled."""

    requests: Mapping[str, int]
    done: int
    throttled: int


class Emulator:
    """A running emulator as its parent sees it; a context manager that ends it."""

    def __init__(self, size: Size, folder: Path) -> None:
        """Start it; the inputs are in `folder` when this returns."""
        self._child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.emulator", json.dumps(size), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear()

    def serve(self, account: str, latency: float, rate: float = 0.0) -> dict[str, str]:
        """Serve a fresh copy of an account; return the environment that reaches it.

        `latency`: seconds per request. `rate`: writes per second that it takes without throttling; 0 for any.
        """
        url = self._ask(f"serve {account} {latency} {rate}")
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def heard(self) -> Heard:
        """Return what was asked since the last `serve`."""
        return Heard(*json.loads(self._ask("heard")))

    def __enter__(self) -> "Emulator":
        return self

    def __exit__(self, *_: object) -> None:
        self._child.communicate()

    def _ask(self, line: str) -> str:
        assert self._child.stdin is not None
        self._child.stdin.write(f"{line}\n")
        self._child.stdin.flush()
        return self._hear()

    def _hear(self) -> str:
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError("the emulator has ended; its message is above")
        return line.strip()


def main() -> None:
    """Make the accounts and obey stdin to its end."""
    from benchmarks import inputs
    from iamgroups.sandbox.chaos import Chaos
    from iamgroups.sandbox.server import serve

    size = Size(*json.loads(sys.argv[1]))
    accounts = inputs.accounts(size)
    inputs.write(size, accounts["full"], Path(sys.argv[2]))
    print("ready", flush=True)
    serving: Serving | None = None
    for line in sys.stdin:
        match line.split():
            case ["serve", account, latency, rate]:
                if serving:
                    serving.close()
                rules = [{"fault": "throttle", "kind": "write", "rate": float(rate)}] if float(rate) else []
                serving = serve(accounts[account].copy(), latency=float(latency), chaos=Chaos(rules, 0))
                print(serving.url, flush=True)
            case ["heard"] if serving:
                print(json.dumps(_heard(serving)), flush=True)
            case _:
                raise SystemExit(f"not understood: {line}")


def _heard(serving: "Serving") -> Heard:
    throttled = sum(entry.code == "Throttling" for entry in serving.log.entries)
    return Heard(serving.log.requests(), len(serving.log.writes()), throttled)


if __name__ == "__main__":
    main()
