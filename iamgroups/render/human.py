"""Results as text for a terminal. A word is never broken: an ARN is copied whole."""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from iamgroups.errors import IamGroupsError
from iamgroups.render import PLAIN, Look, wording
from iamgroups.render.safe import clean

if TYPE_CHECKING:
    from iamgroups.planning.drift import Drift
    from iamgroups.render.answers import Answer
    from iamgroups.results.applied import Applied
    from iamgroups.results.combined import Combined
    from iamgroups.results.review import Review
    from iamgroups.results.validation import Validation


COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "~": "\x1b[33m", "!": "\x1b[1;31m"}
RESET = "\x1b[0m"
LOSS = re.compile("(?<=[:;] )loses? [^;]+")  # what somebody loses, among what they gain


def plan(review: "Review", look: Look = PLAIN) -> str:
    """Return the plan: policies, groups, people, notes, guardrails, totals."""
    from iamgroups.render import plan_lines

    quota = None if look.full else plan_lines.quota(review)
    text = [wording.account(review.plan.account), *plan_lines.only(review), ""]
    for block in _blocks(review, quota, look.full):
        text += [*block, ""]
    text += _totals(review)
    if not look.full and plan_lines.folded(review, quota, quota):
        text += [f"Cut short: {wording.CUT_SHORT}"]
    return _text(text, look)


def applied(applied: "Applied", look: Look = PLAIN) -> str:
    """Return what was done, and everything that was not."""
    from iamgroups.render import applied_lines, plan_lines

    return _text(applied_lines.lines(applied, plan_lines.SHOWN * 100), look)


def drift(found: "Drift", look: Look = PLAIN) -> str:
    """Return what drifted, what is only reported, and the total."""
    from iamgroups.render import drift_lines

    return _text(drift_lines.lines(found, look.full), look)


def answer(found: "Answer", look: Look = PLAIN) -> str:
    """Return what people can do, and why."""
    from iamgroups.render import answers

    return _text(answers.lines(found, look.full), look._replace(color=False))


def validation(outcome: "Validation", look: Look = PLAIN) -> str:
    """Return every problem at its place, or one line that names the valid configuration."""
    if outcome.config:
        return _text([wording.valid(outcome.config)], look)
    lines = [line for problem in outcome.problems for line in str(problem).splitlines()]
    return _text([*lines, "", f"{wording.problems(outcome)}."], PLAIN)


def combined(combined: "Combined", look: Look = PLAIN) -> str:
    """Return a table of outcomes, and each text once."""
    from iamgroups.render import combined_lines

    text = "".join(f"\n== {clean(combined_lines.heading(same))}\n\n{same[0].text}" for same in combined.alike)
    rows = list(combined_lines.table(combined, look.full))
    width = max((len(names) for _, names, _ in rows), default=0)
    table = [f"  {count:>5}  {names:<{width}}  {says}" for count, names, says in rows]
    digest = [f"Digest of all: {combined.digest}"] if combined.digest else []
    return _text([combined_lines.title(combined), "", *table], look) + text + _text(["", *digest], look)


def failure(error: IamGroupsError, look: Look = PLAIN) -> str:
    """Return the error."""
    return _text(f"Error: {error}".splitlines(), PLAIN)


def _text(lines: Iterable[str], look: Look) -> str:
    """Join lines, neutralised; coloured by their symbol and wrapped between words where wanted."""
    return "".join(f"{piece}\n" for line in lines for piece in _pieces(clean(line), look))


def _pieces(line: str, look: Look) -> list[str]:
    pieces = _wrapped(line, look.width)
    start = COLORS.get(line.lstrip()[:1])
    if look.color and start:
        return [f"{start}{piece}{RESET}" for piece in pieces]
    if look.color:
        return [LOSS.sub(rf"{COLORS['-']}\g<0>{RESET}", piece) for piece in pieces]
    return pieces


def _wrapped(line: str, width: int) -> list[str]:
    if not 0 < width < len(line):
        return [line]
    indent = " " * (len(line) - len(line.lstrip(" ")) + 4)
    return wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _blocks(review: "Review", quota: int | None, full: bool) -> Iterator[list[str]]:
    from iamgroups.render import plan_lines

    if review.policies:
        yield ["Policies", *plan_lines.policies(review, "  ", quota)]
    if review.groups:
        yield ["Groups", *plan_lines.groups(review, quota)]
    if review.effects or review.direct:
        yield ["People", *plan_lines.people(review, quota)]
    if review.access:
        from iamgroups.render import access_lines

        yield list(access_lines.section(review.access, full))
    if review.plan.moments:
        yield list(plan_lines.moments(review, full))
    if review.plan.came_along:
        yield [plan_lines.came_along(review)]
    for level, title in (("info", "Notes"), ("warning", "Warnings")):
        notes = plan_lines.of_this_plan(review, level)
        if notes:
            yield [title, *plan_lines.notes(notes, None if full else plan_lines.SHOWN)]
    standing = list(plan_lines.left_alone(review, full))
    if standing:
        yield standing
    if review.findings:
        yield ["Guardrails", *plan_lines.findings(review.findings, full)]


def _totals(review: "Review") -> list[str]:
    changes = review.plan.changes
    if not changes and review.plan.only:
        return [f"No changes to {review.plan.only}."]
    if not changes:
        return ["No changes: the account is what the configuration says."]
    return [f"Plan: {', '.join(wording.tally(changes))}.", f"Digest: {review.plan.digest}"]
