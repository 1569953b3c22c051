"""The Containerfile: what it copies exists, what it installs is locked, and it does not run as root."""

import fnmatch
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = re.sub(r"\\\\\n\s*", "", (ROOT / "Containerfile").read_text()).splitlines()
WORDS = [line.split() for line in LINES if line and not line.startswith("#")]


def test_what_is_copied_exists_and_is_not_ignored() -> None:
    ignored = (ROOT / ".containerignore").read_text().splitlines()
    copied = [
        word for name, *rest in WORDS if name == "COPY" and "--from=build" not in rest for word in rest[:-1]
    ]
    assert copied
    for word in copied:
        assert (ROOT / word).exists()
        assert f"!{Path(word).parts[0]}" in ignored


def test_everything_that_is_installed_is_locked_or_built_here() -> None:
    installs = [line for line in LINES if re.match(r"RUN (uv )?pip install", line)]
    assert len(installs) == 4
    *locked, own = installs
    assert all("--require-hashes --only-binary :all:" in line for line in locked)
    assert own.endswith("--no-deps --no-index dist/*.whl")
    assert not any(fnmatch.fnmatch(line, "*http*") for line in LINES)


def test_it_runs_as_a_user_without_rights() -> None:
    last = [words for words in WORDS if words[0] == "USER"][-1]
    assert int(last[1]) > 0
    assert WORDS[-1] == ["ENTRYPOINT", '["iamgroups"]']
