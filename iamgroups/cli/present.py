"""Print a result in the format asked for. Must not make the result."""

from typing import TYPE_CHECKING

from iamgroups.cli import output
from iamgroups.cli.options import Format, Options

if TYPE_CHECKING:
    from iamgroups.render.review import Review


def plan(review: "Review", options: Options) -> None:
    """Print a plan."""
    output.emit(_plan(review, options))


def _plan(review: "Review", options: Options) -> str:
    if options.format is Format.JSON:
        from iamgroups.render import json

        return json.plan(review)
    from iamgroups.render import human

    return human.plan(review, output.colored(), full=options.verbose)
