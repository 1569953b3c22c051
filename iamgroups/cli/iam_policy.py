"""`iamgroups iam-policy`: the permissions a command needs here, and the roles that hold them."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import output
from iamgroups.cli.options import Options
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.state.config import Config

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
HELD_BY_A_ROLE = 10


class Role(StrEnum):
    """Whose permissions: the command that the role will run."""

    PLAN = "plan"
    APPLY = "apply"
    DRIFT = "drift"


Command = Annotated[
    Role | None,
    typer.Argument(help="The command that will run. plan is enough for explain, who-can and audit."),
]
Exact = Annotated[
    bool, typer.Option("--exact", help="Name every group and person; change it before you add one.")
]
Partition = Annotated[str, typer.Option(metavar="NAME", help="aws, aws-cn, aws-us-gov, ...")]
Out = Annotated[str, typer.Option(metavar="DIR", help="Write iamgroups-COMMAND-N.json there.")]
Trust = Annotated[
    str, typer.Option(metavar="PROJECT", help="Print trust policies: github:ORG/REPO, gitlab:GROUP/PROJECT.")
]
Terraform = Annotated[
    bool, typer.Option("--terraform", help="Print all that --trust needs as a .tf.json file.")
]
CloudFormation = Annotated[
    bool, typer.Option("--cloudformation", help="Print all that --trust needs as a template.")
]


def iam_policy(
    ctx: typer.Context,
    command: Command = None,
    *,
    exact: Exact = False,
    partition: Partition = "aws",
    out: Out = "",
    trust: Trust = "",
    terraform: Terraform = False,
    cloudformation: CloudFormation = False,
) -> int:
    """Print the permissions a command needs, and no more.

    They are IAM policy documents for this configuration.
    """
    from iamgroups import config

    options: Options = ctx.obj
    if (terraform or cloudformation) and (command or out or not trust or (terraform and cloudformation)):
        raise UsageError("--terraform and --cloudformation go with --trust alone, and print to stdout")
    if out and trust:
        raise UsageError("--trust prints to stdout: leave --out out")
    if not (command or trust):
        raise UsageError("name a command, plan, apply or drift, or a project that the roles --trust")
    loaded = config.load(options.config)
    if terraform or cloudformation:
        form = "terraform" if terraform else "cloudformation"
        _print_roles(loaded, trust, exact, partition, form=form, quiet=options.quiet)
    elif trust:
        _print_trust(loaded, trust, command, partition)
    elif command:
        _print_permissions(loaded, command, exact, partition, out=out, quiet=options.quiet)
    return 0


def _print_trust(config: "Config", project: str, command: Role | None, partition: str) -> None:
    from iamgroups.workflow.bootstrap import COMMANDS, trusted

    found = trusted(project)
    made = {name: found.document(name, config.account_id, partition) for name in COMMANDS}
    output.emit(json.dumps(made[command.value] if command else made, indent=2) + "\n")


def _print_roles(
    config: "Config", project: str, exact: bool, partition: str, *, form: str, quiet: bool
) -> None:
    from iamgroups.render.bootstrap import FORMS
    from iamgroups.workflow.bootstrap import bootstrap, trusted

    made = bootstrap(config, trusted(project), exact, partition)
    output.emit(FORMS[form](made))
    if not made.bucket and not quiet:
        output.say("There is no bucket for the lock in it: settings.lock is not set.")


def _print_permissions(
    config: "Config", command: Role, exact: bool, partition: str, *, out: str, quiet: bool
) -> None:
    from iamgroups.workflow.files import make_folder, write_whole
    from iamgroups.workflow.least_privilege import documents, grants

    made = documents(grants(config, command.value, exact, partition))
    if out:
        make_folder(Path(out))
    for number, document in enumerate(made, start=1):
        text = json.dumps(document, indent=2) + "\n"
        if out:
            path = Path(out) / f"iamgroups-{command}-{number}.json"
            write_whole(str(path), text)
            output.emit(str(path))
        else:
            output.emit(text)
    if len(made) > 1 and not quiet:
        output.say(f"{len(made)} policies: attach every one of them to the role.")
    if len(made) > HELD_BY_A_ROLE:
        advice = "leave --exact out" if exact else "keep the groups below one settings.path"
        output.say(f"A role holds {HELD_BY_A_ROLE} policies unless AWS raises its quota: {advice}.")
