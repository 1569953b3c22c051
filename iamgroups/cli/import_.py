"""`iamgroups import`: the account as files whose first plan is empty."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iamgroups.cli import account, output
from iamgroups.cli.options import Options
from iamgroups.errors import UsageError
from iamgroups.planning.suggest import LEAST_MEMBERS, MOST_GROUPS

if TYPE_CHECKING:
    from iamgroups.config.imported import Imported, Layout
    from iamgroups.workflow.plan import Reader
    from iamgroups.workflow.suggesting import Suggested


Groups = Annotated[list[str] | None, typer.Option("--group", metavar="G", help="Only this group.")]
Out = Annotated[str, typer.Option(metavar="DIR", help="Where the files go.")]
Single = Annotated[bool, typer.Option("--single", help="One file, not one per group.")]
Own = Annotated[bool, typer.Option("--own", help="Declare the account's own policies with their documents.")]
Convert = Annotated[
    bool, typer.Option("--convert", help="Replace inline policies of the groups by managed ones.")
]
Suggest = Annotated[bool, typer.Option("--suggest", help="Propose groups for what people hold directly.")]
MinMembers = Annotated[
    int, typer.Option(min=1, metavar="N", help="With --suggest: no group for fewer people.")
]
MaxGroups = Annotated[
    int, typer.Option(min=0, metavar="N", help="With --suggest: at most so many new groups.")
]
Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="PATTERN", help="With --suggest: leave these users out, such as 'svc-*'."),
]
Privileged = Annotated[
    bool, typer.Option("--include-privileged", help="With --suggest: also what can escalate.")
]
Live = Annotated[str, typer.Option("--live", metavar="FILE", help="Read this snapshot, not AWS.")]
_Wish = tuple[int, int, tuple[str, ...], bool]
NO_WISH: _Wish = (LEAST_MEMBERS, MOST_GROUPS, (), False)


def import_(
    ctx: typer.Context,
    *,
    group: Groups = None,
    out: Out = ".",
    single: Single = False,
    own: Own = False,
    convert: Convert = False,
    suggest: Suggest = False,
    min_members: MinMembers = LEAST_MEMBERS,
    max_groups: MaxGroups = MOST_GROUPS,
    exclude: Exclude = None,
    include_privileged: Privileged = False,
    live: Live = "",
) -> int:
    """Write the live groups as configuration files.

    The first plan made from them is empty. With --suggest it moves direct policies into groups.
    With --convert it replaces inline policies of groups. Both change nobody's access. No file is ever
    overwritten.
    """
    from iamgroups.config.imported import ROOT, Layout
    from iamgroups.workflow import importing

    options: Options = ctx.obj
    wish = _wish(suggest, (min_members, max_groups, tuple(exclude or ()), include_privileged))
    names, status = tuple(group or ()), account.Status(options.quiet)
    try:
        reader = account.reader(options, status, live)
        found, proposed = _files(reader, status, names, Layout(single, own), convert=convert, wish=wish)
    finally:
        status.end()
    paths = importing.write(found, out, groups_only=bool(group))
    for path in paths:
        output.emit(path)
    if not options.quiet:
        _tell(found, proposed, str(Path(out, ROOT)) in paths)
    account.say_requests(reader, options)
    return 0


def _wish(suggest: bool, chosen: _Wish) -> _Wish | None:
    """Return what is wished of a suggestion; None without one."""
    if not suggest and chosen != NO_WISH:
        raise UsageError("--min-members, --max-groups, --exclude and --include-privileged need --suggest")
    return chosen if suggest else None


def _files(
    reader: "Reader",
    status: account.Status,
    names: tuple[str, ...],
    layout: "Layout",
    *,
    convert: bool,
    wish: _Wish | None,
) -> tuple["Imported", "Suggested | None"]:
    """Return the files, and what is proposed where it was asked for."""
    from iamgroups.config.imported import EMPTY, imported
    from iamgroups.workflow import importing

    read = importing.with_documents(reader, reader.read(reader.identify(), status), names)
    first_plan = EMPTY
    if convert:
        from iamgroups.workflow.converting import converted

        read, first_plan = converted(read, reader, names)
    if wish is None:
        return imported(read, names, layout, first_plan), None
    from iamgroups.workflow.suggesting import Wish, suggested

    proposed = suggested(read, reader, Wish(*wish), names=names, layout=layout, first_plan=first_plan)
    return proposed.files, proposed


def _tell(found: "Imported", proposed: "Suggested | None", root_written: bool) -> None:
    if proposed:
        from iamgroups.render.suggestion_lines import lines

        output.say("\n".join(lines(proposed.suggestion, proposed.privileged, proposed.detached)))
        if proposed.detached and not root_written:
            output.say(
                "The root stays as it is: direct policies go if its settings say detach_covered, the default."
            )
    if found.remarks:
        output.say("\n".join(["Not expressed:", *(f"  {line}" for line in found.remarks)]))
