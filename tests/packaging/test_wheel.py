"""The wheel, installed in an empty environment, is the whole program."""

import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from iamgroups import __version__

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the command in an environment of the wheel and what it depends on, and no checkout."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, symlinks=True)
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", folder / "bin/python"]
    run(*install, "--no-deps", "--no-index", wheel, cwd=folder)
    site = next((folder / "lib").glob("python*/site-packages"))
    # What a .pth file names is searched, but its own .pth files, the editable install among them, are not.
    dependencies = next(path for path in sys.path if path.endswith("site-packages"))
    (site / "dependencies.pth").write_text(f"{dependencies}\n")
    yield folder / "bin/iamgroups"


def test_the_wheel_holds_the_schemas_the_types_and_the_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for schema in (ROOT / "schemas").glob("*.json"):
        assert f"iamgroups/schemas/{schema.name}" in names
    assert "iamgroups/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests") for name in names)


def test_the_command_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "--version", cwd=tmp_path) == f"iamgroups {__version__}\n"
    where = run(
        installed.parent / "python", "-c", "import iamgroups; print(iamgroups.__file__)", cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(installed.parents[1])


def test_the_sample_configuration_validates_with_the_shipped_schemas(installed: Path, tmp_path: Path) -> None:
    assert "is valid" in run(installed, "validate", "-c", ROOT / "sample-config", cwd=tmp_path)


def test_the_demo_runs_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    assert "That was all of it." in run(installed, "demo", cwd=tmp_path)
