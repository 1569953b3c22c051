"""Measure and print Markdown: `python -m benchmarks --help`. Must stay small: see process.py."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import accounts, report, terraform
from benchmarks.contenders import LOOP, MINIMUM, OURS
from benchmarks.emulator import Emulator
from benchmarks.measure import Bench
from benchmarks.process import FailedRunError, run
from benchmarks.scenarios import LINEAR, MIDDLE, SCENARIOS, SIZES, SMALL, THROTTLED, Size

TERRAFORM = ("plan", "apply-one", "apply-all")
PARTS = ("scenarios", "access", "terraform", "throttled", "linear", "accounts")


def main() -> int:
    """Measure what was asked for."""
    options = _options()
    parts = {
        "scenarios": _scenarios,
        "access": _access,
        "terraform": _terraform,
        "throttled": _throttled,
        "linear": _linear,
        "accounts": _accounts,
    }
    try:
        for name in options.parts:
            parts[name](options)
    except FailedRunError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--repeats", type=int, default=5, help="what takes over 30 s runs once [5]")
    parser.add_argument("--latency", type=float, default=0.03, help="seconds added to each request [0.03]")
    parser.add_argument(
        "--terraform-mirror",
        type=Path,
        default=os.environ.get("TERRAFORM_MIRROR"),
        help="a folder of unpacked providers; default $TERRAFORM_MIRROR; without it Terraform is left out",
    )
    return parser.parse_args()


@contextmanager
def _bench(size: Size, options: argparse.Namespace) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder, Emulator(size, Path(folder)) as emulator:
        yield Bench(emulator, Path(folder), options.latency, options.repeats)


def _scenarios(options: argparse.Namespace) -> None:
    for size in (SIZES[name] for name in options.sizes):
        _say(f"\n### {size.name}: {size.groups} groups, {size.users:,} users\n\n{report.HEAD}")
        rows = []
        with _bench(size, options) as bench:
            for scenario in (SCENARIOS[name] for name in options.scenarios):
                found = list(bench.scenario(scenario, _names(size, scenario.name)))
                _say(*report.table(found))
                rows += found
        _say("", "Requests by action:", "", *report.actions(rows))


def _access(options: argparse.Namespace) -> None:
    _say("\n### What a plan gives and takes\n")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        run([sys.executable, "-m", "benchmarks.access_delta", str(options.repeats)], os.environ, output)
        _say(output.read_text())


def _names(size: Size, scenario: str) -> Sequence[str]:
    # A loop has a request for each person: it only takes long with more of them.
    loops = {SMALL: {"plan", "apply-one", "apply-all"}, MIDDLE: {"plan"}}
    return (OURS, MINIMUM, LOOP) if scenario in loops.get(size, ()) else (OURS, MINIMUM)


def _terraform(options: argparse.Namespace) -> None:
    mirror = terraform.find(options.terraform_mirror)
    if not mirror:
        _say("\nTerraform or its provider mirror is not here: not run.")
        return
    for size in (SIZES[name] for name in options.sizes):
        _say(f"\n### Terraform, {size.name}\n\n{report.HEAD}")
        with _bench(size, options) as bench:
            chosen = [SCENARIOS[name] for name in options.scenarios if name in TERRAFORM]
            rows = list(bench.scenario(SCENARIOS["plan"], (OURS, MINIMUM)))
            rows += bench.terraform(mirror, chosen)
            _say(*report.table(rows), "", *report.actions(rows))


def _throttled(options: argparse.Namespace) -> None:
    _say(f"\n### Apply from nothing under a token bucket\n\n{report.THROTTLED_HEAD}")
    for size, rate in ((SMALL, 5.0), (THROTTLED, 20.0)):
        with _bench(size, options) as bench:
            for row in bench.throttled(SCENARIOS["apply-all"], rate, (OURS, MINIMUM)):
                _say(report.throttled(row))


def _linear(options: argparse.Namespace) -> None:
    _say(f"\n### A plan of 300 groups and more and more users\n\n{report.HEAD}")
    for size in LINEAR:
        with _bench(size, options) as bench:
            for line in report.table(list(bench.scenario(SCENARIOS["plan"], (OURS, MINIMUM)))):
                _say(line.replace("plan, nothing changed", size.name))


def _accounts(options: argparse.Namespace) -> None:
    _say(f"\n### A plan of many accounts in one run\n\n{accounts.HEAD}")
    for row in accounts.rows():
        _say(row)


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
