"""`iamgroups lock`: note the documents of policies that no file owns."""

from typing import TYPE_CHECKING

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options
from iamgroups.cli.plan import Live
from iamgroups.errors import UsageError

if TYPE_CHECKING:
    from iamgroups.results.combined import OneAccount


def lock(ctx: typer.Context, live: Live = "") -> int:
    """Note which documents your groups' policies have now.

    Writes iamgroups.lock.json beside the root file. `drift` fails where a document has changed since.
    """
    from iamgroups import config
    from iamgroups.state.nouns import count
    from iamgroups.workflow import fingerprints

    options: Options = ctx.obj
    if options.several:
        if live:
            raise UsageError("--live is a snapshot of one account: name one root with -c")
        from iamgroups.cli import many

        return many.run("lock", _one, options)
    status = account.Status(options.quiet)
    try:
        loaded = config.load(options.config)
        reader = account.reader(options, status, live, loaded)
        path, number = fingerprints.lock(loaded, reader, status)
    finally:
        status.end()
    output.emit(f"{path}: {count(number, 'document', 'documents')}")
    account.say_requests(reader, options)
    return 0


def _one(options: Options) -> "OneAccount":
    from iamgroups import config
    from iamgroups.results.combined import OneAccount
    from iamgroups.state.nouns import count
    from iamgroups.workflow import fingerprints

    status = account.Status(options.quiet)
    loaded = config.load(options.config)
    _, number = fingerprints.lock(loaded, account.connect(options, status, loaded), status)
    says = f"{count(number, 'document', 'documents')} noted"
    return OneAccount(options.config, loaded.account_id, 0, says)
