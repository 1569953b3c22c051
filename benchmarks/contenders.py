"""The commands that are measured against each other. Must not run them."""

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.scenarios import Scenario

OURS, MINIMUM, LOOP = "iamgroups", "bare minimum", "boto3 loop"
SNAPSHOT = "snapshot.json"
_OURS = (str(Path(sys.executable).with_name("iamgroups")),)
_ARGUMENTS = {
    "help": ["--help"],
    "validate": ["validate"],
    "explain": ["explain", "user-00000", "s3:GetObject"],
    "plan-live": ["plan"],
    "plan": ["plan"],
    "drift": ["drift"],
    "plan-one": ["plan"],
    "apply-one": ["apply", "--auto-approve"],
    "apply-all": ["apply", "--auto-approve"],
}


def commands(scenario: Scenario, folder: Path) -> dict[str, Sequence[str]]:
    """Return each contender's command, in the order they take turns; `folder` holds the inputs."""
    after, before = folder / scenario.config, folder / scenario.account
    ours = [*_OURS, *_ARGUMENTS[scenario.name]]
    if scenario.snapshot:
        files = [] if scenario.account == scenario.config else ["--config", str(after)]
        return {OURS: [*ours, *files, "--live", str(folder / SNAPSHOT)]}
    if not scenario.asks:
        return {OURS: ours if scenario.name == "help" else [*ours, "--config", str(after)]}
    does = "apply" if scenario.writes else "plan"
    told = [] if scenario.account == scenario.config else [f"{before}.json", f"{after}.json"]
    return {
        OURS: [*ours, "--config", str(after)],
        MINIMUM: [sys.executable, "-m", "benchmarks.bare_minimum", does, *told],
        LOOP: [sys.executable, "-m", "benchmarks.boto3_loop", does, f"{after}.json"],
    }


def snapshot(folder: Path) -> Sequence[str]:
    """Return the command that saves the account which `explain` reads."""
    return [*_OURS, "snapshot", "--out", str(folder / SNAPSHOT)]
