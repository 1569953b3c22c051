"""`iamgroups lock`: note the documents of policies that no file owns."""

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live


def lock(ctx: typer.Context, live: Live = "") -> int:
    """Note which documents your groups' policies have now.

    Writes iamgroups.lock.json beside the root file. `drift` fails where a document has changed since.
    """
    from iamgroups import config
    from iamgroups.workflow import fingerprints

    options: Options = ctx.obj
    status = account.Status(options.quiet)
    try:
        loaded = config.load(options.config)
        reader = account.reader(options, status, live, loaded)
        path, count = fingerprints.lock(loaded, reader, status)
    finally:
        status.end()
    output.emit(f"{path}: {count:,} documents")
    account.say_requests(reader, options)
    return 0
