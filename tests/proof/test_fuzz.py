"""Whatever a file, a lock or IAM says: an error, within bounded time and memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.proof.fuzz import samples

ROOT = Path(__file__).parents[2]
TARGETS = list(samples())


def fuzz(target: str, folder: Path, *, seed: int, count: int, seconds: float) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.fuzz", target, str(seed), str(count), str(seconds)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, f"{done.stderr[-2000:]}\nexit {done.returncode}: {folder}/input"
    assert int(done.stdout) > 0


@pytest.mark.parametrize("target", TARGETS)
def test_a_sample_of_damaged_input_is_refused_or_read(target: str, tmp_path: Path) -> None:
    fuzz(target, tmp_path, seed=0, count=60, seconds=20)


@pytest.mark.proof
@pytest.mark.parametrize("target", TARGETS)
def test_damaged_input_is_refused_or_read(target: str, tmp_path: Path) -> None:
    fuzz(target, tmp_path, seed=1, count=1_000_000, seconds=600 / len(TARGETS))
