"""Print a result in the format asked for."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from iamgroups.cli import output
from iamgroups.cli.options import Options
from iamgroups.errors import AccountError, ConfigError, IamGroupsError, UsageError
from iamgroups.render import PLAIN, Format, Look, format_named

if TYPE_CHECKING:
    from iamgroups.planning.drift import Drift
    from iamgroups.render.answers import Answer
    from iamgroups.results.applied import Applied
    from iamgroups.results.combined import Combined
    from iamgroups.results.review import Review
    from iamgroups.state.config import Config


def plan(review: "Review", options: Options) -> None:
    """Print a plan."""
    _print(lambda form, look: form.plan(review, look), options)


def text_of(text: Callable[[Format, Look], str], options: Options) -> str:
    """Return a result as it would be printed."""
    return text(format_named(options.format), _look(sys.stdout, options))


def applied(done: "Applied", options: Options) -> None:
    """Print what became of an apply."""
    _print(lambda form, look: form.applied(done, look), options)


def drift(found: "Drift", options: Options) -> None:
    """Print drift."""
    _print(lambda form, look: form.drift(found, look), options)


def answer(found: "Answer", options: Options) -> None:
    """Print what people can do, and why."""
    _print(lambda form, look: form.answer(found, look), options)


def valid(config: "Config", options: Options) -> None:
    """Print that a configuration is valid, and what to mind all the same."""
    from iamgroups.results.validation import Validation

    for said, place in config.warnings:
        output.say(f"{place}: warning: {said}")
    _print(lambda form, look: form.validation(Validation(config), look), options)


def failed(error: IamGroupsError, options: Options, *, has_result: bool) -> int:
    """Say why a command failed, to a reader and where a program expects its result; return the exit code.

    An account that cannot be read is also told on stdout to a reader: a pipeline may keep that stream alone.
    """
    from iamgroups.results.validation import Validation

    outcome = Validation(problems=error.problems) if isinstance(error, ConfigError) else None

    def text(form: Format, look: Look) -> str:
        return form.validation(outcome, look) if outcome else form.failure(error, look)

    machine = options.format not in ("human", "csv")  # a table has no place for an error
    if not (machine and outcome):
        output.say(text(format_named("human"), PLAIN))
    if options.summary:
        _append_summary(text(format_named("markdown"), PLAIN))
    unread = isinstance(error, AccountError) and has_result and not output.one_place()
    if machine or unread:
        with suppress(UsageError):  # stdout cannot be written, which may be the error itself
            output.emit(text(format_named(options.format), _look(sys.stdout, options)))
    return error.exit_code


def combined(found: "Combined", options: Options) -> None:
    """Print what a command comes to on many accounts."""
    _print(lambda form, look: form.combined(found, look), options)
    if options.format == "csv":
        for one in found.failed:
            output.say(f"Error: {one.account or one.root}: {one.says}")


def combined_proposal(found: "Combined", options: Options) -> None:
    """Print the plans of many accounts to stderr, for somebody about to agree to them."""
    output.show(format_named("human").combined(found, _look(sys.stderr, options)))


def proposal(review: "Review", options: Options) -> None:
    """Print a plan to stderr, for somebody about to agree to it."""
    output.show(format_named("human").plan(review, _look(sys.stderr, options)))


def lifted(review: "Review", where: str = "") -> None:
    """Print to stderr what `--allow` lifts; `where` is told before each line."""
    from iamgroups.render import plan_lines

    for line in plan_lines.findings(review.lifted):
        output.say(where + line.strip())


def _print(text: Callable[[Format, Look], str], options: Options) -> None:
    if options.summary:
        _append_summary(text(format_named("markdown"), PLAIN))
    output.emit(text_of(text, options))


def _look(stream: TextIO, options: Options) -> Look:
    return Look(output.colored(stream), options.verbose, output.columns(stream))


def check_summary() -> None:
    """Demand a summary that can be written, before anything is done. Raises: UsageError."""
    path = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if not path:
        raise UsageError("--summary: GITHUB_STEP_SUMMARY is not set; it works within a GitHub Actions step")
    try:
        _append(path, "")
    except OSError as error:
        raise UsageError(f"--summary: {path} cannot be written: {error.strerror}") from error


def _append_summary(markdown: str) -> None:
    """Append to the step's summary; what was done by now keeps its exit code, whatever comes of it."""
    path = os.environ.get("GITHUB_STEP_SUMMARY", "")
    try:
        _append(path, markdown)
    except OSError as error:
        output.say(f"Warning: --summary: {path} cannot be written: {error.strerror}")


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(text)
