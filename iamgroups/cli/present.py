"""Print a result in the format asked for. Must not make the result."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from iamgroups.cli import output
from iamgroups.cli.options import Format, Options
from iamgroups.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from iamgroups.planning import Drift
    from iamgroups.results.applied import Applied
    from iamgroups.results.review import Review
    from iamgroups.state.config import Config


def plan(review: "Review", options: Options) -> None:
    """Print a plan."""
    from iamgroups.render import github, human, json, markdown

    if options.summary:
        _append_summary(markdown.plan(review))
    match options.format:
        case Format.HUMAN:
            output.emit(human.plan(review, output.colored(sys.stdout), full=options.verbose))
        case Format.JSON:
            output.emit(json.plan(review))
        case Format.MARKDOWN:
            output.emit(markdown.plan(review))
        case Format.GITHUB:
            output.emit(github.plan(review))


def proposal(review: "Review", options: Options) -> None:
    """Print a plan to stderr, for somebody about to agree to it."""
    from iamgroups.render import human

    output.show(human.plan(review, output.colored(sys.stderr), full=options.verbose))


def lifted(review: "Review") -> None:
    """Print to stderr what `--allow` lifts."""
    from iamgroups.render import lines

    for line in lines.findings(review.lifted):
        output.say(line.strip())


def applied(done: "Applied", options: Options) -> None:
    """Print what became of an apply."""
    from iamgroups.render import applied_text, github, json

    if options.summary:
        _append_summary(applied_text.markdown(done))
    match options.format:
        case Format.HUMAN:
            output.emit(applied_text.human(done, output.colored(sys.stdout)))
        case Format.JSON:
            output.emit(json.applied(done))
        case Format.MARKDOWN:
            output.emit(applied_text.markdown(done))
        case Format.GITHUB:
            output.emit(github.applied(done))


def drift(found: "Drift", options: Options) -> None:
    """Print drift."""
    from iamgroups.render import drift_human, drift_json, github, markdown

    if options.summary:
        _append_summary(markdown.drift(found))
    match options.format:
        case Format.HUMAN:
            output.emit(drift_human.drift(found, output.colored(sys.stdout), full=options.verbose))
        case Format.JSON:
            output.emit(drift_json.drift(found))
        case Format.MARKDOWN:
            output.emit(markdown.drift(found))
        case Format.GITHUB:
            output.emit(github.drift(found))


def problems(error: ConfigError, options: Options) -> int:
    """Print what is wrong with the configuration; return its exit code."""
    from iamgroups.render import github, json, markdown, wording

    if options.summary:
        _append_summary(markdown.problems(error.problems))
    match options.format:
        case Format.HUMAN:
            output.say(f"{error}\n\n{wording.count(len(error.problems), 'problem', 'problems')}.")
        case Format.JSON:
            output.emit(json.validation(error.problems, ()))
        case Format.MARKDOWN:
            output.emit(markdown.problems(error.problems))
        case Format.GITHUB:
            output.emit(github.validation(error.problems, ()))
    return error.exit_code


def valid(config: "Config", options: Options) -> None:
    """Print that a configuration is valid, and what to mind all the same."""
    from iamgroups.render import github, json, wording

    for said, place in config.warnings:
        output.say(f"{place}: warning: {said}")
    match options.format:
        case Format.JSON:
            output.emit(json.validation((), config.warnings))
        case Format.GITHUB:
            output.emit(github.validation((), config.warnings))
        case _:
            groups = wording.count(len(config.groups), "group", "groups")
            output.emit(f"{config.root} is valid: account {config.account_id}, {groups}.")


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
