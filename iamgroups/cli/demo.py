"""`iamgroups demo`: twenty people move from direct policies to a group, on the embedded IAM."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from iamgroups.cli import output
from iamgroups.cli.sandbox import require_moto
from iamgroups.errors import IamGroupsError

READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
BY_HAND: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "aws iam add-user-to-group --group-name s3-read-only --user-name walter",
        "AddUserToGroup",
        {"GroupName": "s3-read-only", "UserName": "walter"},
    ),
    (
        f"aws iam attach-group-policy --group-name s3-read-only --policy-arn {READ}",
        "AttachGroupPolicy",
        {"GroupName": "s3-read-only", "PolicyArn": READ},
    ),
)
GROUP = "groups/s3-read-only.yaml"
DOCUMENT = "policies/read-reports.json"
REPORTS = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::company-data"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::company-data/reports/*"}
  ]
}
"""


def demo() -> int:
    """See a group take over for twenty people."""
    require_moto()
    from iamgroups.sandbox.demo_account import demo_account
    from iamgroups.sandbox.server import serve

    with serve(demo_account()) as serving, TemporaryDirectory(prefix="iamgroups-demo-") as folder:
        shell = _Shell(folder, serving.environment())
        shell.tell("Twenty people hold AmazonS3ReadOnlyAccess directly. They should hold it through a group.")
        shell.run("import --suggest --exclude 'svc-*'")
        shell.cat(GROUP)
        shell.tell("What would have to change?")
        shell.run("plan --out plan.json")
        shell.tell("Do exactly that. Nobody is without the policy, not even for a moment.")
        shell.run("apply plan.json")
        shell.tell("(A journal is yours to keep; this one goes with the demo's other files when it ends.)")
        shell.tell("And again: there is nothing left to do.")
        shell.run("plan")
        shell.tell("Now one edit restricts all twenty to the reports: the group names a document of its own.")
        shell.write(DOCUMENT, REPORTS)
        shell.write(GROUP, _restricted(Path(folder, GROUP).read_text(encoding="utf-8")))
        shell.cat(DOCUMENT)
        shell.run("apply --auto-approve")
        shell.run("explain alice s3:GetObject arn:aws:s3:::company-data/salaries.csv")
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


def _restricted(group: str) -> str:
    """Return the group's file with a policy of its own in the place of AWS's."""
    owned = f"policies:\n  read-reports: {{document: {DOCUMENT}}}\n\n"
    return owned + group.replace("aws:AmazonS3ReadOnlyAccess", "local:read-reports")


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

    def write(self, name: str, text: str) -> None:
        path = Path(self._folder, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def cat(self, name: str) -> None:
        self.type(f"cat {name}")
        output.emit(Path(self._folder, name).read_text(encoding="utf-8"))

    def run(self, arguments: str, expected: int = 0) -> None:
        self.type(f"iamgroups {arguments}")
        command = [sys.executable, "-m", "iamgroups", *shlex.split(arguments)]
        done = subprocess.run(command, cwd=self._folder, env=self._environment, check=False)
        if done.returncode != expected:
            raise IamGroupsError(f"the demo went wrong: `iamgroups {arguments}` ended with {done.returncode}")
