"""Terraform with the AWS provider on the same declarations. Must not reach a registry.

One `aws_iam_group_policy_attachment` for each pair, one `aws_iam_group_membership` for each group: what most
configurations found in the field use.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.emulator import Emulator
from benchmarks.process import Measured, run
from benchmarks.scenarios import Scenario

if TYPE_CHECKING:
    from benchmarks.inputs import Groups

LIMIT = 3600.0  # seconds for one run
COMMANDS = {"plan": ("plan", "-detailed-exitcode"), "apply": ("apply", "-auto-approve")}


class Terraform:
    """A working folder, with a state that says what the emulator's account holds."""

    def __init__(self, mirror: Path, inputs: Path) -> None:
        """`mirror`: a folder `terraform providers mirror` or an unpacked one of the same layout."""
        self.folder = inputs / "terraform"
        self.folder.mkdir()
        self._inputs = inputs
        self._ids = json.loads((inputs / "ids.json").read_text())
        (self.folder / "cli.tfrc").write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror.resolve()}"\n  }}\n}}\n'
        )

    def start(self, emulator: Emulator) -> None:
        """Find the provider in the mirror."""
        self._write("main.tf.json", _document({}))
        self._run(self._environment(emulator.serve("bare", 0.0)), "init")

    def measure(self, scenario: Scenario, emulator: Emulator, latency: float) -> Measured:
        """Plan or apply what the scenario declares. Raises FailedRunError.

        The state is written here, for what the account holds before: an apply would come to the same one.
        """
        self._write("main.tf.json", _document(self._groups(scenario.config)))
        self._write("terraform.tfstate", _state(self._groups(scenario.account), self._ids))
        environment = self._environment(emulator.serve(scenario.account, latency))
        return self._run(environment, *COMMANDS["apply" if scenario.writes else "plan"])

    def _groups(self, name: str) -> "Groups":
        groups: Groups = json.loads((self._inputs / f"{name}.json").read_text())
        return groups

    def _write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content))

    def _run(self, environment: dict[str, str], *arguments: str) -> Measured:
        command = [str(shutil.which("terraform")), arguments[0], "-input=false", "-no-color", *arguments[1:]]
        return run(command, environment, self.folder / "output", folder=self.folder, limit=LIMIT)

    def _environment(self, environment: dict[str, str]) -> dict[str, str]:
        return {**environment, "TF_CLI_CONFIG_FILE": str(self.folder / "cli.tfrc"), "CHECKPOINT_DISABLE": "1"}


def find(mirror: Path | None) -> Path | None:
    """Return the mirror when Terraform can be run with it."""
    return mirror if mirror and mirror.is_dir() and shutil.which("terraform") else None


def _document(groups: "Groups") -> dict[str, object]:
    resources = {
        "aws_iam_group": {name: {"name": name} for name in groups},
        "aws_iam_group_membership": {
            name: {"name": name, "group": f"${{aws_iam_group.{name}.name}}", "users": members}
            for name, (_, members) in groups.items()
        },
        "aws_iam_group_policy_attachment": {
            f"{name}-{place}": {"group": f"${{aws_iam_group.{name}.name}}", "policy_arn": arn}
            for name, (policies, _) in groups.items()
            for place, arn in enumerate(policies)
        },
    }
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
        "provider": {"aws": {"skip_metadata_api_check": True, "skip_region_validation": True}},
        **({"resource": resources} if groups else {}),
    }


def _state(groups: "Groups", ids: dict[str, str]) -> dict[str, object]:
    """Return what an apply would have written, in the format of state files (version 4)."""
    resources = []
    for name, (policies, members) in groups.items():
        arn = f"arn:aws:iam::123456789012:group/{name}"
        group = {"id": name, "name": name, "path": "/", "arn": arn, "unique_id": ids[name]}
        resources.append(_resource("aws_iam_group", name, group))
        membership = {"id": name, "name": name, "group": name, "users": members}
        resources.append(_resource("aws_iam_group_membership", name, membership))
        for place, policy in enumerate(policies):
            pair = {"id": f"{name}-{place}", "group": name, "policy_arn": policy}
            resources.append(_resource("aws_iam_group_policy_attachment", f"{name}-{place}", pair))
    return {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "0", "resources": resources}


def _resource(kind: str, name: str, attributes: Mapping[str, object]) -> dict[str, object]:
    return {
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
        "instances": [{"schema_version": 0, "attributes": attributes}],
    }
