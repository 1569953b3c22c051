"""Writes what a run of the matrices came to into docs/proof.md. A pytest plugin: `-p tests.proof.report`."""

import platform
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iamgroups import __version__

DOCUMENT = Path(__file__).parents[2] / "docs" / "proof.md"
BEGIN, END = "<!-- the last run: begin -->\n", "<!-- the last run: end -->\n"


class Tally:
    """Counts cases by test; those outside of the proofs are one line."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._since = time.monotonic()
        self._cases: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case once, when it was called or could not be."""
        if report.when != "call" and not report.failed:
            return
        name = report.nodeid.partition("[")[0]
        if "tests/proof/" not in name and "proof" not in report.keywords:
            name = "all other tests"
        self._cases[name] += 1
        self._failed[name] += report.failed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the table, unless the run was cut short."""
        if not self._cases or session.shouldstop:
            return
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        DOCUMENT.write_text(before + BEGIN + self._told() + END + after, encoding="utf-8")

    def _told(self) -> str:
        minutes = (time.monotonic() - self._since) / 60
        where = f"iamgroups {__version__}, Python {platform.python_version()} on {platform.system()}"
        rows = [
            f"| {_words(name)} | {self._cases[name]:,} | {self._failed[name]:,} |"
            for name in sorted(self._cases)
        ]
        return "\n".join(
            [
                f"{datetime.now(UTC).date()}, {where}, {minutes:.0f} minutes: `{self._command}`",
                "",
                "| what | cases | failed |",
                "|---|---|---|",
                *rows,
                f"| **together** | {self._cases.total():,} | {self._failed.total():,} |",
                "",
            ]
        )


def _words(name: str) -> str:
    file, _, test = name.rpartition("::")
    return f"{test.removeprefix('test_').replace('_', ' ')} (`{file}`)" if file else name


def pytest_configure(config: pytest.Config) -> None:
    """Count where the results come together, not in the processes that run the tests."""
    if not hasattr(config, "workerinput"):
        arguments = " ".join(map(str, config.invocation_params.args))
        config.pluginmanager.register(Tally(f"python -m pytest {arguments}"))
