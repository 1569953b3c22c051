"""`iamgroups import`: the account as files whose first plan is empty."""

from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options
from iamgroups.errors import UsageError
from iamgroups.planning.suggest import LEAST_MEMBERS, MOST_GROUPS

if TYPE_CHECKING:
    from iamgroups.config.imported import Imported
    from iamgroups.workflow.suggesting import Suggested


def import_(
    ctx: typer.Context,
    *,
    group: Annotated[list[str] | None, typer.Option("--group", metavar="G", help="Only this group.")] = None,
    out: Annotated[str, typer.Option(metavar="DIR", help="Where the files go.")] = ".",
    single: Annotated[bool, typer.Option("--single", help="One file, not one per group.")] = False,
    own: Annotated[
        bool, typer.Option("--own", help="Declare the account's own policies with their documents.")
    ] = False,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Propose groups for what people hold directly.")
    ] = False,
    min_members: Annotated[
        int, typer.Option(min=1, metavar="N", help="With --suggest: no group for fewer people.")
    ] = LEAST_MEMBERS,
    max_groups: Annotated[
        int, typer.Option(min=0, metavar="N", help="With --suggest: at most so many new groups.")
    ] = MOST_GROUPS,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="With --suggest: leave these users out, such as 'svc-*'."),
    ] = None,
    include_privileged: Annotated[
        bool, typer.Option("--include-privileged", help="With --suggest: also what can escalate.")
    ] = False,
    live: Annotated[str, typer.Option("--live", metavar="FILE", help="Read this snapshot, not AWS.")] = "",
) -> int:
    """Write the live groups as configuration files.

    The first plan made from them is empty, or with --suggest moves direct policies into groups and changes
    nobody's access. No file is ever overwritten.
    """
    from iamgroups.config.imported import Layout, imported
    from iamgroups.workflow import importing

    options: Options = ctx.obj
    names = tuple(group or ())
    chosen = (min_members, max_groups, tuple(exclude or ()), include_privileged)
    if not suggest and chosen != (LEAST_MEMBERS, MOST_GROUPS, (), False):
        raise UsageError("--min-members, --max-groups, --exclude and --include-privileged need --suggest")
    status = account.Status(options.quiet)
    proposed = None
    try:
        reader = account.reader(options, status, live)
        layout = Layout(single, own)
        read = importing.with_documents(reader, reader.read(reader.identify(), status), names)
        if suggest:
            from iamgroups.workflow.suggesting import Wish, suggested

            proposed = suggested(read, reader, Wish(*chosen), names, layout)
        found = proposed.files if proposed else imported(read, names, layout)
    finally:
        status.end()
    for path in importing.write(found, out, groups_only=bool(group)):
        output.emit(path)
    if not options.quiet:
        _tell(found, proposed)
    account.say_requests(reader, options)
    return 0


def _tell(found: "Imported", proposed: "Suggested | None") -> None:
    if proposed:
        from iamgroups.render.suggestion_lines import lines

        output.say("\n".join(lines(proposed.suggestion, proposed.privileged, proposed.detached)))
    if found.remarks:
        output.say("\n".join(["Not expressed:", *(f"  {line}" for line in found.remarks)]))
