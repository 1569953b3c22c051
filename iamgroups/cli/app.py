"""The command line: which commands there are, and how a run ends."""

import os
from collections.abc import Iterable, Mapping, Sequence
from glob import has_magic
from importlib import import_module
from io import StringIO
from typing import Annotated, Any

import typer

from iamgroups import __version__
from iamgroups.cli import output, present
from iamgroups.cli.options import Options, command_of, hoist
from iamgroups.errors import IamGroupsError, PreconditionError, UsageError
from iamgroups.render import FormatName

# The name of a command -> its module here, and the function in it. Only the one that runs is imported.
COMMANDS: Mapping[str, str] = {
    "validate": "validate",
    "plan": "plan",
    "show": "show",
    "apply": "apply",
    "drift": "drift",
    "explain": "explain",
    "lock": "lock",
    "import": "import_",
    "snapshot": "snapshot",
    "onboard": "onboard",
    "offboard": "offboard",
    "fmt": "fmt",
    "iam-policy": "iam_policy",
    "unlock": "unlock",
    "sandbox": "sandbox",
    "demo": "demo",
}

# Their result has a format, and so have their errors.
WITH_RESULTS = frozenset({"validate", "plan", "show", "apply", "drift", "explain"})
ON_MANY = ("validate", "plan", "drift")  # take several roots in one run
COMPLETION = "_IAMGROUPS_COMPLETE"  # set by a shell that asks what may come next


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(rich_markup_mode=None, add_completion=True, no_args_is_help=True)
    app.callback()(take_options)
    for name in names:
        module = import_module(f"iamgroups.cli.{COMMANDS[name]}")
        app.command(name)(vars(module)[COMMANDS[name]])
    return app


def _version(wanted: bool) -> None:
    if wanted:
        output.emit(f"iamgroups {__version__}")
        raise typer.Exit


def take_options(
    ctx: typer.Context,
    *,
    config: Annotated[
        list[str] | None,
        typer.Option("-c", "--config", metavar="PATH", help="The root file, or its folder; again for more."),
    ] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="AWS profile.")] = None,
    region: Annotated[str | None, typer.Option(metavar="REGION", help="AWS region.")] = None,
    role_arn: Annotated[str | None, typer.Option(metavar="ARN", help="Assume this role first.")] = None,
    external_id: Annotated[
        str, typer.Option(metavar="ID", help="With --role-arn: the external id that the role asks for.")
    ] = "",
    mfa_serial: Annotated[
        str, typer.Option(metavar="ARN", help="With --role-arn: the MFA device to ask a code of.")
    ] = "",
    insecure_endpoint: Annotated[
        bool, typer.Option("--insecure-endpoint", help="Allow a plain http endpoint on another machine.")
    ] = False,
    read_timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="How long one reading of the account may take.")
    ] = 600.0,
    concurrency: Annotated[
        int, typer.Option(min=1, max=50, metavar="N", help="Requests in flight at once.")
    ] = 10,
    parallel: Annotated[
        int, typer.Option(min=1, max=50, metavar="N", help="Of several accounts: how many at once.")
    ] = 8,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Of several accounts: only part I of N.")] = "",
    expect_accounts: Annotated[
        int, typer.Option(min=0, metavar="N", help="Refuse another number of accounts, before sharding.")
    ] = 0,
    stop_after: Annotated[
        int, typer.Option(min=0, metavar="N", help="Of several accounts: begin no more after N failed.")
    ] = 0,
    journal: Annotated[
        str, typer.Option(metavar="FILE", help="Where apply records every write. Default: your state folder.")
    ] = "",
    keep_journals: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many journals your state folder keeps an account.")
    ] = 100,
    format: Annotated[FormatName, typer.Option(help="How the result is written to stdout.")] = "human",
    summary: Annotated[
        bool, typer.Option("--summary", help="Append the result, as Markdown, to $GITHUB_STEP_SUMMARY.")
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colour, as with NO_COLOR; FORCE_COLOR asks for it.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="List every change; say what was requested of AWS.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Say nothing but results, warnings and errors.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Manage AWS IAM groups, their policies and their members from YAML in Git.

    The options below may stand before or after the command.
    """
    if no_color:
        os.environ["NO_COLOR"] = "1"  # rich, which draws the bar of an apply, asks for it as well
    if summary:
        present.check_summary()
    if (external_id or mfa_serial) and not role_arn:
        raise UsageError("--external-id and --mfa-serial say how to assume a role: give --role-arn as well")
    roots = _roots(config, ctx.invoked_subcommand or "")
    if expect_accounts not in (0, len(roots)):
        raise PreconditionError(
            f"--expect-accounts {expect_accounts}: -c names {len(roots)}: nothing was done"
        )
    ctx.obj = Options(
        config=roots[0],
        roots=roots,
        parallel=parallel,
        shard=shard,
        expect_accounts=expect_accounts,
        stop_after=stop_after,
        profile=profile,
        region=region,
        role_arn=role_arn,
        external_id=external_id,
        mfa_serial=mfa_serial,
        insecure_endpoint=insecure_endpoint,
        read_timeout=read_timeout,
        concurrency=concurrency,
        journal=journal,
        keep_journals=keep_journals,
        format=format,
        summary=summary,
        verbose=verbose,
        quiet=quiet,
    )


def _roots(given: Sequence[str] | None, command: str) -> tuple[str, ...]:
    """Return the roots that `-c` names; one that is missing is for the command to tell of."""
    if not given:
        return (".",)
    if command not in ON_MANY and len(given) > 1:
        raise UsageError(f"{command} takes one -c; {', '.join(ON_MANY)} take several")
    several = len(given) > 1 or os.path.isdir(given[0]) or has_magic(given[0])  # noqa: PTH112  never raises
    if command not in ON_MANY or not several:
        return tuple(given)
    from iamgroups.config.roots import find_roots

    try:
        return find_roots(given)
    except UsageError:
        if len(given) > 1:
            raise
        return tuple(given)


def run(argv: Sequence[str]) -> int:
    """Run one command; return the exit code (docs/exit-codes.md)."""
    output.prepare()
    try:
        return _invoke(hoist(argv))
    except typer.TyperException as error:
        output.say(_shown(error))
        return 1
    except typer.Abort:
        output.say("Aborted.")
        return 1
    except IamGroupsError as error:
        output.say(f"Error: {error}")
        return error.exit_code


def _invoke(argv: Sequence[str]) -> int:
    """Parse and run; typer's own `main` would swallow a KeyboardInterrupt."""
    if COMPLETION in os.environ:
        typer.main.get_command(command_line()).main([], "iamgroups")  # answers the shell, and exits
    name = command_of(argv)
    command = typer.main.get_command(command_line([name] if name in COMMANDS else COMMANDS))
    try:
        with command.make_context("iamgroups", list(argv)) as context:
            code = _outcome(context)
    except typer.Exit as ended:
        return ended.exit_code
    except OSError as error:
        # A help that cannot be written: typer prints it, nothing else goes past `output`.
        if error.filename is not None:
            raise
        output.give_up(error)
        return 0
    return code if isinstance(code, int) else 0


def _outcome(context: Any) -> object:
    try:
        return context.command.invoke(context)
    except IamGroupsError as error:
        if context.obj is None:  # the options themselves are wrong
            raise
        return present.failed(error, context.obj, has_result=context.invoked_subcommand in WITH_RESULTS)


def _shown(error: typer.TyperException) -> str:
    """Return what typer, which vendors click, says of wrong usage."""
    text = StringIO()
    if hasattr(error, "show"):
        error.show(file=text)
    return text.getvalue() or str(error)
