"""The examples that run shards on an engine, as docs/many-accounts.md shows them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.company import GROUPS, Company, company

PAGE = Path(__file__).parents[2] / "docs" / "many-accounts.md"
POOL, DASK, RAY = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SHARD = POOL[: POOL.index("with ThreadPoolExecutor")]
# What the engines are asked for, done here: a list instead of a cluster.
STAND_INS = {
    "dask": """
import types
class Client:
    def __init__(self, address): pass
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def map(self, task, items): return [task(item) for item in items]
    def gather(self, found): return found
sys.modules["dask"] = types.ModuleType("dask")
sys.modules["dask.distributed"] = types.SimpleNamespace(Client=Client)
""",
    "ray": """
import types
def remote(task): return types.SimpleNamespace(remote=task)
sys.modules["ray"] = types.SimpleNamespace(init=lambda _: None, remote=remote, get=list)
""",
}
EXAMPLES = {"pool": POOL, "dask": SHARD + STAND_INS["dask"] + DASK, "ray": SHARD + STAND_INS["ray"] + RAY}


def ran(made: Company, script: str) -> int:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=made.folder,
        env={**os.environ, **made.env, "PATH": path},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_plans_every_account_once(tmp_path: Path, name: str) -> None:
    with company(tmp_path, 5) as made:
        for number in range(1, 6):
            root = made.write(number, GROUPS, roles={"plan": "deploy"})
            root.rename(tmp_path / "accounts" / f"{number}.yaml")
        assert ran(made, EXAMPLES[name]) == 0
        assert sorted(path.name for path in (tmp_path / "plans").iterdir()) == [
            f"{number:012}.json" for number in range(1, 6)
        ]
        assert made.serving.log.requests()["GetCallerIdentity"] == 5
        made.accounts["000000000003"].call("DeleteRole", {"RoleName": "deploy"})
        assert ran(made, EXAMPLES[name]) == 1


def test_step_functions_are_given_json() -> None:
    (machine,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    shards = json.loads(machine)["States"]["Shards"]
    assert shards["Type"] == "Map"
    assert "'--shard'" in machine
