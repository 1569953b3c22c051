"""`iamgroups iam-policy`: the permissions a command needs here, as IAM policies. Must not reach AWS."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from iamgroups.cli import output, present
from iamgroups.cli.options import Options
from iamgroups.errors import ConfigError

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
HELD_BY_A_ROLE = 10


class Role(StrEnum):
    """Whose permissions: the command that the role will run."""

    PLAN = "plan"
    APPLY = "apply"
    DRIFT = "drift"


def iam_policy(
    ctx: typer.Context,
    command: Annotated[Role, typer.Argument(help="The command that will run.")],
    *,
    exact: Annotated[
        bool, typer.Option("--exact", help="Name every group and person; change it before you add one.")
    ] = False,
    partition: Annotated[str, typer.Option(metavar="NAME", help="aws, aws-cn, aws-us-gov, ...")] = "aws",
    out: Annotated[str, typer.Option(metavar="DIR", help="Write iamgroups-COMMAND-N.json there.")] = "",
) -> int:
    """Print the permissions a command needs, and no more.

    They are IAM policy documents for this configuration.
    """
    from iamgroups import config
    from iamgroups.workflow.files import make_folder, write_whole
    from iamgroups.workflow.permissions import documents, grants

    options: Options = ctx.obj
    try:
        loaded = config.load(options.config)
    except ConfigError as error:
        return present.problems(error, options)
    made = documents(grants(loaded, command.value, exact, partition))
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
    if len(made) > 1 and not options.quiet:
        output.say(f"{len(made)} policies: attach every one of them to the role.")
    if len(made) > HELD_BY_A_ROLE:
        advice = "leave --exact out" if exact else "keep the groups below one settings.path"
        output.say(f"A role holds {HELD_BY_A_ROLE} policies unless AWS raises its quota: {advice}.")
    return 0
