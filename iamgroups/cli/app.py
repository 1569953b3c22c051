"""The command line: which commands there are, and how a run ends."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from glob import has_magic
from importlib import import_module
from io import StringIO
from typing import Any

import typer

from iamgroups.cli import output, present
from iamgroups.cli.options import HELP, Options, asks_for_options, command_of, hoist
from iamgroups.errors import IamGroupsError, PreconditionError, UsageError
from iamgroups.render import ONLY_OF

# The name of a command -> its module here, and the function in it. Only the one that runs is imported.
COMMANDS: Mapping[str, str] = {
    "validate": "validate",
    "plan": "plan",
    "show": "show",
    "apply": "apply",
    "undo": "undo",
    "drift": "drift",
    "explain": "explain",
    "who-can": "who_can",
    "audit": "audit",
    "lock": "lock",
    "import": "import_",
    "snapshot": "snapshot",
    "onboard": "onboard",
    "offboard": "offboard",
    "accept": "accept",
    "adopt": "adopt",
    "fmt": "fmt",
    "iam-policy": "iam_policy",
    "unlock": "unlock",
    "sandbox": "sandbox",
    "demo": "demo",
}

# Their result has a format, and so have their errors.
WITH_RESULTS = frozenset(
    {"validate", "plan", "show", "apply", "undo", "drift", "explain", "who-can", "audit"}
)
ON_MANY = ("validate", "plan", "apply", "drift", "audit", "snapshot", "lock")  # take several roots in one run
COMPLETION = "_IAMGROUPS_COMPLETE"  # set by a shell that asks what may come next


def command_line(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(
        rich_markup_mode=None, no_args_is_help=True, context_settings={"help_option_names": HELP}
    )
    app.callback()(take_options)
    for name in names:
        module = import_module(f"iamgroups.cli.{COMMANDS[name]}")
        app.command(name)(vars(module)[COMMANDS[name]])
    return app


@asks_for_options
def take_options(ctx: typer.Context, **given: Any) -> None:
    """Manage AWS IAM groups, their policies and their members from YAML in Git.

    The options below may stand before or after the command.
    """
    options = Options(**given)
    if options.no_color:
        os.environ["NO_COLOR"] = "1"  # rich, which draws the bar of an apply, asks for it as well
    if options.summary:
        present.check_summary()
    if options.role_arn and options.role_name:
        raise UsageError("--role-arn and --role-name name two roles: give one of them")
    able = ONLY_OF.get(options.format, COMMANDS)
    if ctx.invoked_subcommand not in able:
        raise UsageError(f"--format {options.format}: only {', '.join(able)} has it")
    roots = _roots(options.given, ctx.invoked_subcommand or "")
    if options.expect_accounts not in (0, len(roots)):
        raise PreconditionError(
            f"--expect-accounts {options.expect_accounts}: -c names {len(roots)}: nothing was done"
        )
    ctx.obj = replace(options, config=roots[0], roots=roots)


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
