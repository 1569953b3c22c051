"""`iamgroups snapshot`: the account as a file that plans need no credentials for."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options
from iamgroups.cli.plan import STDOUT
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.results.combined import OneAccount
    from iamgroups.state.live import LiveState


def snapshot(
    ctx: typer.Context,
    out: Annotated[str, typer.Option(metavar="FILE", help="Where to; default: stdout.")] = "",
) -> int:
    """Save the account as JSON, for plans without AWS.

    `plan --live`, `drift --live` and `sandbox --seed` read it.
    """
    from iamgroups.workflow.files import write_whole

    options: Options = ctx.obj
    if options.several:
        if not out or out == STDOUT:
            raise UsageError("snapshots of several accounts go into a folder: name it with --out")
        from iamgroups.cli import many

        many.clear(out, "snapshot", options)
        return many.run("snapshot", partial(_one, out), options)
    status = account.Status(options.quiet)
    try:
        connection = account.connect(options, status)
        live = connection.read_everything(connection.identify(), status)
    finally:
        status.end()
    text = _text(live)
    if out and out != STDOUT:
        write_whole(out, text)
    else:
        output.emit(text)
    for action in live.denied:
        output.say(f"{action} was denied: what it tells is unknown in this snapshot")
    account.say_requests(connection, options)
    return 0


def _text(live: "LiveState") -> str:
    from iamgroups.state.snapshot import snapshot_of

    return json.dumps(snapshot_of(live, datetime.now(UTC)), indent=1) + "\n"


def _one(out: str, options: Options) -> "OneAccount":
    """Save one of several accounts, which has to be the one that its root is for."""
    from iamgroups import config
    from iamgroups.results.combined import OneAccount
    from iamgroups.workflow.account_files import path_of
    from iamgroups.workflow.files import write_whole
    from iamgroups.workflow.plan import identify

    status = account.Status(options.quiet)
    loaded = config.load(options.config)
    connection = account.connect(options, status, loaded)
    live = connection.read_everything(identify(loaded, connection), status)
    write_whole(path_of(out, live.account.id), _text(live))
    denied = f", without what {', '.join(live.denied)} tells: denied" if live.denied else ""
    return OneAccount(options.config, live.account.id, 0, f"saved{denied}")
