"""`iamgroups demo`: the main job from one end to the other, on the embedded IAM."""

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from iamgroups.cli import output
from iamgroups.cli.sandbox import require_moto
from iamgroups.errors import IamGroupsError

BILLING = "arn:aws:iam::aws:policy/job-function/Billing"
BY_HAND: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "aws iam add-user-to-group --group-name break-glass --user-name frank",
        "AddUserToGroup",
        {"GroupName": "break-glass", "UserName": "frank"},
    ),
    (
        f"aws iam detach-group-policy --group-name finance --policy-arn {BILLING}",
        "DetachGroupPolicy",
        {"GroupName": "finance", "PolicyArn": BILLING},
    ),
)


def demo() -> int:
    """See the whole job done, without an AWS account."""
    require_moto()
    from iamgroups.sandbox.sample_account import sample
    from iamgroups.sandbox.server import serve

    with serve(sample()) as serving, TemporaryDirectory(prefix="iamgroups-demo-") as folder:
        text = files("iamgroups.cli").joinpath("demo.yaml").read_text(encoding="utf-8")
        Path(folder, "iamgroups.yaml").write_text(text, encoding="utf-8")
        shell = _Shell(folder, serving.environment())
        shell.tell("A small company: most of its eight people hold policies directly. It wants this:")
        shell.cat("iamgroups.yaml", text)
        shell.tell("Do the files hold together? (Nothing but files is read.)")
        shell.run("validate")
        shell.tell("What would have to change?")
        shell.run("plan --out plan.json")
        shell.tell("Do exactly that. Nobody is without a policy they keep, not even for a moment.")
        shell.run("apply plan.json")
        shell.tell("(A journal is yours to keep; this one goes with the demo's other files when it ends.)")
        shell.tell("And again: there is nothing left to do.")
        shell.run("plan")
        shell.tell("Somebody changes the account by hand:")
        for line, operation, params in BY_HAND:
            shell.type(line)
            serving.iam.call(operation, params)
        shell.tell("The hourly job finds it,")
        shell.run("drift", expected=2)
        shell.tell("and the next plan would put it right:")
        shell.run("plan")
    output.emit("\nThat was all of it. README.md says how to plan against an account of yours.")
    return 0


class _Shell:
    """Somebody who types commands and reads what they print."""

    def __init__(self, folder: str, environment: Mapping[str, str]) -> None:
        self._folder = folder
        mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._environment = {**mine, **environment, "XDG_STATE_HOME": folder}

    def tell(self, text: str) -> None:
        output.emit(f"\n# {text}")

    def type(self, line: str) -> None:
        output.emit(f"$ {line}")

    def cat(self, name: str, text: str) -> None:
        self.type(f"cat {name}")
        output.emit(text)

    def run(self, arguments: str, expected: int = 0) -> None:
        self.type(f"iamgroups {arguments}")
        command = [sys.executable, "-m", "iamgroups", *arguments.split()]
        done = subprocess.run(command, cwd=self._folder, env=self._environment, check=False)
        if done.returncode != expected:
            raise IamGroupsError(f"the demo went wrong: `iamgroups {arguments}` ended with {done.returncode}")
