"""A plan as text for a terminal. Must not wrap a line: an ARN is copied whole or not at all."""

from collections.abc import Iterable, Iterator

from iamgroups.render import lines, wording
from iamgroups.render.safe import clean
from iamgroups.results.review import Review

COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "~": "\x1b[33m", "!": "\x1b[1;31m"}
RESET = "\x1b[0m"


def plan(review: Review, color: bool = False, full: bool = False) -> str:
    """Return the plan for a reader; `full` lists every change, person and note however many there are."""
    quota = None if full else lines.quota(review)
    text = [wording.account(review.plan.account), *lines.only(review), ""]
    for block in _blocks(review, quota, full):
        text += [*block, ""]
    text += _totals(review)
    if not full and lines.folded(review, quota, quota):
        text += [f"Cut short: {wording.CUT_SHORT}"]
    return paint(text, color)


def paint(text: Iterable[str], color: bool) -> str:
    """Join lines, neutralised; coloured by their symbol where wanted."""
    safe = (clean(line) for line in text)
    return "\n".join(map(_colored, safe) if color else safe) + "\n"


def _colored(line: str) -> str:
    start = COLORS.get(line.lstrip()[:1])
    return f"{start}{line}{RESET}" if start else line


def _blocks(review: Review, quota: int | None, full: bool) -> Iterator[list[str]]:
    if review.policies:
        yield ["Policies", *lines.policies(review, "  ", quota)]
    if review.groups:
        yield ["Groups", *lines.groups(review, quota)]
    if review.effects or review.direct:
        yield ["People", *lines.people(review, quota)]
    if review.plan.moments:
        yield list(lines.moments(review))
    if review.plan.came_along:
        yield [lines.came_along(review)]
    for level, title in (("info", "Notes"), ("warning", "Warnings")):
        notes = [note for note in review.plan.notes if note.level == level]
        if notes:
            yield [title, *lines.notes(notes, None if full else lines.SHOWN)]
    if review.findings:
        yield ["Guardrails", *lines.findings(review.findings)]


def _totals(review: Review) -> list[str]:
    changes = review.plan.changes
    if not changes and review.plan.only:
        return [f"No changes to {review.plan.only}."]
    if not changes:
        return ["No changes: the account is what the configuration says."]
    return [f"Plan: {', '.join(wording.tally(changes))}.", f"Digest: {review.plan.digest}"]
