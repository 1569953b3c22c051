"""The commands that are measured against each other. Must not run them."""

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.scenarios import Scenario

OURS, MINIMUM, LOOP = "iamgroups", "bare minimum", "boto3 loop"
_ARGUMENTS = {
    "help": ["--help"],
    "validate": ["validate"],
    "plan": ["plan"],
    "drift": ["drift"],
    "plan-one": ["plan"],
    "apply-one": ["apply", "--auto-approve"],
    "apply-all": ["apply", "--auto-approve"],
}


def commands(scenario: Scenario, folder: Path) -> dict[str, Sequence[str]]:
    """Return each contender's command, in the order they take turns; `folder` holds the inputs."""
    after, before = folder / scenario.config, folder / scenario.account
    ours = [str(Path(sys.executable).with_name("iamgroups")), *_ARGUMENTS[scenario.name]]
    if not scenario.asks:
        return {OURS: ours if scenario.name == "help" else [*ours, "--config", str(after)]}
    minimum = ["apply", f"{before}.json", f"{after}.json"] if scenario.writes else ["plan"]
    return {
        OURS: [*ours, "--config", str(after)],
        MINIMUM: [sys.executable, "-m", "benchmarks.bare_minimum", *minimum],
        LOOP: [
            sys.executable,
            "-m",
            "benchmarks.boto3_loop",
            "apply" if scenario.writes else "plan",
            f"{after}.json",
        ],
    }
