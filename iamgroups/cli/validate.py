"""`iamgroups validate`: check the files, offline."""

from typing import TYPE_CHECKING

import typer

from iamgroups.cli import present
from iamgroups.cli.options import Options

if TYPE_CHECKING:
    from iamgroups.results.combined import OneAccount


def validate(ctx: typer.Context) -> int:
    """Check the files, offline; every problem at once."""
    from iamgroups import config

    options: Options = ctx.obj
    if options.several:
        from iamgroups.cli import many

        return many.run("validate", _one, options)
    found = config.load(options.config)
    present.valid(found, options)
    return 0


def _one(options: Options) -> "OneAccount":
    from iamgroups import config
    from iamgroups.results.combined import OneAccount
    from iamgroups.results.validation import Validation
    from iamgroups.state.nouns import count

    found = config.load(options.config)
    text = present.text_of(lambda form, look: form.validation(Validation(found), look), options)
    if not found.warnings:
        return OneAccount(options.config, found.account_id, 0, "valid", text)
    if options.format in ("human", "markdown"):  # alone they go to stderr
        text = "".join(f"- {place}: warning: {said}\n" for said, place in found.warnings)
    minded = count(len(found.warnings), "warning", "warnings")
    return OneAccount(options.config, found.account_id, 0, f"valid, {minded}", text, telling=True)
