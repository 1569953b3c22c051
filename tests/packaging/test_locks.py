"""What a fresh machine installs is locked: versions with hashes, and neither an index nor a path."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = {path.stem: path for path in (ROOT / "requirements").glob("*.txt")}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
BUILD = PROJECT["dependency-groups"]["build"]
WANTED = {
    "runtime": PROJECT["project"]["dependencies"],
    "sandbox": [*PROJECT["project"]["dependencies"], *EXTRAS["sandbox"], *BUILD],
    "dev": [*PROJECT["project"]["dependencies"], *EXTRAS["sandbox"], *EXTRAS["dev"], *BUILD],
    "build": BUILD,
    "uv": ["uv"],
}
# `name==1.0 ; marker \` and its `--hash=` lines.
PINNED = re.compile(r"^([\w.-]+)==(\S+)(?: ; .+?)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def pinned(name: str) -> dict[str, set[str]]:
    """Return package -> its versions: several where they depend on the Python or the system."""
    found: dict[str, set[str]] = {}
    for package, version, _ in PINNED.findall(LOCKS[name].read_text()):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_with_hashes_and_nothing_else(name: str) -> None:
    rest = PINNED.sub("", LOCKS[name].read_text())
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|/home/|/tmp/", rest)


def test_there_is_a_lock_for_each_use_and_no_other() -> None:
    assert set(LOCKS) == set(WANTED)


@pytest.mark.parametrize("name", WANTED)
def test_every_requirement_is_locked_at_a_version_its_range_allows(name: str) -> None:
    locked = pinned(name)
    for text in WANTED[name]:
        wanted = Requirement(text)
        if wanted.name != "iamgroups":
            versions = locked[canonicalize_name(wanted.name)]
            assert all(wanted.specifier.contains(version) for version in versions), text


@pytest.mark.parametrize("name", ["runtime", "sandbox", "build", "uv"])
def test_development_has_the_versions_that_users_get(name: str) -> None:
    development = pinned("dev")
    assert {package: v for package, v in pinned(name).items() if not v <= development[package]} == {}
