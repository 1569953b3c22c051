"""The measurements: contenders take turns on fresh copies of an account. Must not format anything."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks import contenders
from benchmarks.emulator import Emulator, Heard
from benchmarks.process import Measured, run
from benchmarks.scenarios import Scenario
from benchmarks.terraform import Terraform

SLOW_SECONDS = 30.0  # what takes longer runs once


class Row(NamedTuple):
    """One contender in one scenario: every run of it, and what the last one asked."""

    title: str
    contender: str
    runs: Sequence[Measured]
    heard: Heard

    @property
    def wall(self) -> float:
        """Return the median wall time in seconds."""
        return median(one.wall for one in self.runs)


class Throttled(NamedTuple):
    """An apply from nothing under a token bucket. `lost`: writes that were never done."""

    contender: str
    rate: float
    wall: float
    done: int
    lost: int
    throttled: int


class Bench:
    """One emulator and the folder of its inputs."""

    def __init__(self, emulator: Emulator, folder: Path, latency: float, repeats: int) -> None:
        self.emulator, self.folder, self.latency, self.repeats = emulator, folder, latency, repeats

    def scenario(self, scenario: Scenario, names: Sequence[str]) -> Iterator[Row]:
        """Yield a row for each of the contenders named; they take turns."""
        if scenario.snapshot:
            run(contenders.snapshot(self.folder), self._serve(scenario.account), self.folder / "output")
        commands = contenders.commands(scenario, self.folder)
        runs: dict[str, list[Measured]] = {name: [] for name in names if name in commands}
        heard: dict[str, Heard] = {}
        for _ in range(self.repeats):
            for name, done in runs.items():
                if done and done[-1].wall > SLOW_SECONDS:
                    continue
                environment = self._serve(scenario.account)
                done.append(run(commands[name], environment, self.folder / "output"))
                heard[name] = self.emulator.heard()
        for name, done in runs.items():
            yield Row(scenario.title, name, done, heard[name])

    def throttled(self, scenario: Scenario, rate: float, names: Sequence[str]) -> Iterator[Throttled]:
        """Yield how each contender fares where `rate` writes a second are taken."""
        for name in names:
            environment = self._serve(scenario.account, rate)
            command = contenders.commands(scenario, self.folder)[name]
            taken = run(command, environment, self.folder / "output", may_fail=True)
            heard = self.emulator.heard()
            yield Throttled(name, rate, taken.wall, heard.done, self._wanted() - heard.done, heard.throttled)

    def terraform(self, mirror: Path, scenarios: Sequence[Scenario]) -> Iterator[Row]:
        """Yield Terraform's row for each of the scenarios. Raises FailedRunError."""
        terraform = Terraform(mirror, self.folder)
        terraform.start(self.emulator)
        for scenario in scenarios:
            runs: list[Measured] = []
            while len(runs) < self.repeats and not (runs and runs[-1].wall > SLOW_SECONDS):
                runs.append(terraform.measure(scenario, self.emulator, self.latency))
            yield Row(scenario.title, "Terraform", runs, self.emulator.heard())

    def _serve(self, account: str, rate: float = 0.0) -> dict[str, str]:
        environment = self.emulator.serve(account, self.latency, rate)
        return {**environment, "XDG_STATE_HOME": str(self.folder / "state")}

    def _wanted(self) -> int:
        groups = json.loads((self.folder / "full.json").read_text())
        return sum(1 + len(policies) + len(members) for policies, members in groups.values())
