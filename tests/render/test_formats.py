"""Every format writes every kind of result, and a command imports the one it needs."""

import inspect
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from iamgroups.errors import Problem
from iamgroups.render import ONLY_OF, Format, FormatName, format_named
from iamgroups.results.applied import Applied, Outcome
from iamgroups.results.validation import Validation
from tests.cli.process import run
from tests.render.samples import mixed
from tests.render.test_drift import SAMPLE

NAMES = get_args(FormatName)
FOR_ALL = [name for name in NAMES if name not in ONLY_OF]
RESULTS = [name for name in vars(Format) if not name.startswith("_")]


@pytest.mark.parametrize("name", FOR_ALL)
@pytest.mark.parametrize("result", RESULTS)
def test_a_format_has_every_function_with_the_same_parameters(name: FormatName, result: str) -> None:
    wanted = [*inspect.signature(getattr(Format, result)).parameters.values()][1:]
    written = [*inspect.signature(getattr(format_named(name), result)).parameters.values()]
    assert len(written) == len(wanted)
    assert [each.default for each in written] == [each.default for each in wanted]


@pytest.mark.parametrize("name", FOR_ALL)
def test_a_format_says_something_of_every_result(name: FormatName) -> None:
    form, review = format_named(name), mixed()
    undone = Applied(review.plan, tuple(Outcome(change, "failed") for change in review.plan.changes))
    assert form.plan(review) and form.applied(undone) and form.drift(SAMPLE)
    assert "odd" in form.validation(Validation(problems=(Problem("odd"),)))


def test_a_command_takes_every_format_and_names_them_all_when_it_does_not_know_one() -> None:
    told = run("validate", "--format", "yaml").stderr
    assert all(name in told for name in NAMES)


def test_only_the_format_that_is_used_is_imported(tmp_path: Path) -> None:
    (tmp_path / "iamgroups.yaml").write_text('version: 1\naccount_id: "123456789012"\n')
    code = "import sys; from iamgroups.cli.app import run; run(['validate']); print(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, text=True).split()
    assert [name for name in NAMES if f"iamgroups.render.{name}" in modules] == ["human"]
