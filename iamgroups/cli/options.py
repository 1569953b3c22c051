"""The options every command takes, before or after its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Annotated, get_origin

import typer

from iamgroups import __version__
from iamgroups.cli import output
from iamgroups.errors import UsageError
from iamgroups.render import FormatName

if TYPE_CHECKING:
    from iamgroups.iam import Shared


def _version(wanted: bool) -> None:
    if wanted:
        output.emit(f"iamgroups {__version__}")
        raise typer.Exit


@dataclass(frozen=True, slots=True)
class Options:
    """The global options. A field with a `typer.Option` is as typed; the others follow from those.

    `config` is the root of this run. `roots` are all those that `-c` names, where they are several.
    `journal` is "" for the default place. `asking`: somebody at a terminal may be asked. `shared`: what is
    read once for all accounts of a run.
    """

    config: str = "."
    roots: tuple[str, ...] = (".",)
    asking: bool = True
    shared: "Shared | None" = None
    given: Annotated[
        list[str] | None,
        typer.Option("-c", "--config", metavar="PATH", help="The root file, or its folder; again for more."),
    ] = None
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="AWS profile.")] = None
    region: Annotated[str | None, typer.Option(metavar="REGION", help="AWS region.")] = None
    role_arn: Annotated[str | None, typer.Option(metavar="ARN", help="Assume this role first.")] = None
    role_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Assume this role of the account first.")
    ] = None
    external_id: Annotated[
        str, typer.Option(metavar="ID", help="The external id that the role asks for.")
    ] = ""
    mfa_serial: Annotated[
        str, typer.Option(metavar="ARN", help="The MFA device to ask a code of for the role.")
    ] = ""
    insecure_endpoint: Annotated[
        bool, typer.Option("--insecure-endpoint", help="Allow a plain http endpoint on another machine.")
    ] = False
    read_timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="How long one reading of the account may take.")
    ] = 600.0
    concurrency: Annotated[
        int, typer.Option(min=1, max=50, metavar="N", help="Requests in flight at once.")
    ] = 10
    parallel: Annotated[
        int, typer.Option(min=1, max=50, metavar="N", help="Of several accounts: how many at once.")
    ] = 8
    shard: Annotated[str, typer.Option(metavar="I/N", help="Of several accounts: only part I of N.")] = ""
    expect_accounts: Annotated[
        int, typer.Option(min=0, metavar="N", help="Refuse another number of accounts, before sharding.")
    ] = 0
    stop_after: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of several accounts: begin no more after N failed.")
    ] = 0
    journal: Annotated[
        str, typer.Option(metavar="FILE", help="Where apply records every write. Default: your state folder.")
    ] = ""
    keep_journals: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many journals your state folder keeps an account.")
    ] = 100
    format: Annotated[FormatName, typer.Option(help="How the result is written to stdout.")] = "human"
    summary: Annotated[
        bool, typer.Option("--summary", help="Append the result, as Markdown, to $GITHUB_STEP_SUMMARY.")
    ] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colour, as with NO_COLOR; FORCE_COLOR asks for it.")
    ] = False
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="List every change; say what was requested of AWS.")
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing but results, warnings and errors.")] = (
        False
    )
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False

    @property
    def several(self) -> bool:
        """Tell whether this is one run on many accounts, with one report."""
        return len(self.roots) > 1 or bool(self.shard)


def asks_for_options(command: Callable[..., None]) -> Callable[..., None]:
    """Let typer, which reads signatures, ask for every option above and give it to `command` by name."""
    context, _ = signature(command).parameters.values()
    fields = signature(Options).parameters.values()
    asked = (field for field in fields if get_origin(field.annotation) is Annotated)
    by_name = (field.replace(kind=Parameter.KEYWORD_ONLY) for field in asked)
    command.__signature__ = Signature([context, *by_name])  # type: ignore[attr-defined]
    return command


VALUED = (
    "-c",
    "--config",
    "--profile",
    "--region",
    "--role-arn",
    "--role-name",
    "--external-id",
    "--mfa-serial",
    "--read-timeout",
    "--concurrency",
    "--parallel",
    "--shard",
    "--expect-accounts",
    "--stop-after",
    "--journal",
    "--keep-journals",
    "--format",
)
ATTACHED = tuple(f"{name}=" for name in VALUED)
HELP = ("--help", "-h")
FLAGS = ("-v", "--verbose", "--quiet", "--summary", "--insecure-endpoint", "--no-color")


def hoist(argv: Sequence[str]) -> list[str]:
    """Move the global options to the front, where the parser looks for them; `--` ends the search.

    Raises: UsageError for an empty value. `--expect-digest "$DIGEST"` must not mean any digest.
    """
    for before, word in pairwise(["iamgroups", *argv]):
        if not word or (word.startswith("--") and word.endswith("=")):
            name = word[:-1] or before
            raise UsageError(f"the value after {name} is empty: is a variable not set? Nothing was done")
    front: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in VALUED:
            front += [word, *islice(words, 1)]
        elif word in FLAGS or word.startswith(ATTACHED):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def command_of(argv: Sequence[str]) -> str:
    """Return the first word that is neither an option nor the value of one; "" where help comes first."""
    words = iter(argv)
    for word in words:
        if word in VALUED:
            next(words, None)
        elif word in HELP:
            return ""
        elif not word.startswith("-"):
            return word
    return ""
