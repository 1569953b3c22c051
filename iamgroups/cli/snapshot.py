"""`iamgroups snapshot`: the account as a file that plans need no credentials for."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options
from iamgroups.cli.plan import STDOUT


def snapshot(
    ctx: typer.Context,
    out: Annotated[str, typer.Option(metavar="FILE", help="Where to; default: stdout.")] = "",
) -> int:
    """Save the account as JSON, for plans without AWS.

    `plan --live`, `drift --live` and `sandbox --seed` read it.
    """
    from iamgroups.state.snapshot import snapshot_of
    from iamgroups.workflow.files import write_whole

    options: Options = ctx.obj
    status = account.Status(options.quiet)
    try:
        connection = account.connect(options, status)
        live = connection.read_everything(connection.identify(), status)
    finally:
        status.end()
    text = json.dumps(snapshot_of(live, datetime.now(UTC)), indent=1) + "\n"
    if out and out != STDOUT:
        write_whole(out, text)
    else:
        output.emit(text)
    for action in live.denied:
        output.say(f"{action} was denied: what it tells is unknown in this snapshot")
    account.say_requests(connection, options)
    return 0
