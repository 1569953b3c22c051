"""Results as a comment on a pull request, never larger than GitHub takes.

Everything that comes from outside stands in a fence, or escaped in a summary: there nothing is markup, a
mention or a link, and no line can close the fence: it is longer than any run of ticks within.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from iamgroups.errors import IamGroupsError
from iamgroups.planning.drift import Drift
from iamgroups.render import PLAIN, Look, applied_lines, combined_lines, drift_lines, plan_lines, wording
from iamgroups.render.safe import clean
from iamgroups.results.applied import Applied
from iamgroups.results.combined import Combined
from iamgroups.results.review import Review
from iamgroups.results.validation import Validation
from iamgroups.state.change import Change
from iamgroups.state.nouns import count

if TYPE_CHECKING:
    from iamgroups.render.answers import Answer

# GitHub takes 65,536 characters; a sticky comment adds its own marker, and GitLab counts bytes.
BUDGET = 60_000
WHOLE = BUDGET - 2_000  # of one block that is the whole text but for its heading
FOR_PEOPLE = 15_000  # of it, kept for the people while groups are written
FEW = 5  # groups are shown opened
ROOM = 7_000  # of one block
NAME = 130  # characters of a name in a summary
TICKS = re.compile("`+")
_MARKUP = {character: f"&#{ord(character)};" for character in "|@*_`~[]()<\\#:/"}
CUT = re.compile("^ and [0-9,]+ more lines$", re.MULTILINE)  # as `_fitting` ends


class Writer:
    """Collects blocks while there is room. Sizes are bytes: never fewer than characters."""

    def __init__(self, budget: int) -> None:
        self.left = budget
        self.cut = False  # whether a block was left out, or added without its last lines
        self._blocks: list[str] = []

    def add(self, block: str, keep: int = 0) -> bool:
        """Add a block; False, and nothing added, when less than `keep` bytes would be left."""
        size = len(block.encode()) + 2
        fits = self.left - size >= keep
        self.cut = self.cut or not fits or CUT.search(block) is not None
        if not fits:
            return False
        self.left -= size
        self._blocks.append(block)
        return True

    def text(self) -> str:
        """Return everything that was added."""
        return "\n\n".join(self._blocks) + "\n"


def plan(review: Review, look: Look = PLAIN) -> str:
    """Return the plan, counts and findings first; what had no room is counted at the end."""
    writer = Writer(BUDGET)
    writer.add(_heading(review))
    for block in _above_the_fold(review):
        writer.add(block, keep=FOR_PEOPLE)
    for block in _access(review):
        writer.add(block, keep=FOR_PEOPLE)
    told = _changes(review, writer)
    people = list(plan_lines.people(review, plan_lines.SHOWN))
    if people:
        writer.add(_folded("<b>People</b>", people, writer.left - 1_000))
    standing = list(plan_lines.left_alone(review, look.full))
    if standing:
        writer.add(fence(standing, max(ROOM, writer.left - 1_000)))
    rest = len(review.plan.changes) - told
    if writer.cut or plan_lines.folded(review, plan_lines.quota(review), plan_lines.SHOWN):
        lead = f"{rest:,} more changes are not listed here" if rest else "Cut short"
        writer.add(f"**{lead}**: {wording.CUT_SHORT}")
    return writer.text()


def applied(applied: Applied, look: Look = PLAIN) -> str:
    """Return what became of an apply, for a comment or a step's summary."""
    title = "applied" if applied.exit_code == 0 else "apply did not finish"
    return _section(title, fence(applied_lines.lines(applied, plan_lines.SHOWN * 10), WHOLE))


def drift(found: Drift, look: Look = PLAIN) -> str:
    """Return the drift for an issue or a comment."""
    total = drift_lines.total(found).removesuffix(".")
    return _section(f"{total[0].lower()}{total[1:]}", fence(drift_lines.lines(found), WHOLE))


def answer(found: "Answer", look: Look = PLAIN) -> str:
    """Return what people can do, and why."""
    from iamgroups.render import answers

    return _section(answers.title(found), _block(list(answers.lines(found, look.full)), WHOLE))


def validation(outcome: Validation, look: Look = PLAIN) -> str:
    """Return what is wrong with the configuration, or that it is valid."""
    if outcome.config:
        return f"{wording.valid(outcome.config)}\n"
    lines = [line for problem in outcome.problems for line in str(problem).splitlines()]
    return _section(f"{wording.problems(outcome)} in the configuration", _block(lines, WHOLE))


def combined(combined: Combined, look: Look = PLAIN) -> str:
    """Return a table of outcomes, and each text once while there is room."""
    writer = Writer(BUDGET)
    writer.add(f"### iamgroups: {combined_lines.title(combined)}")
    rows = [f"{count:>5}  {says}: {names}" for count, names, says in combined_lines.table(combined, False)]
    writer.add(_block([*rows, *([f"Digest of all: {combined.digest}"] if combined.digest else [])], ROOM * 2))
    left = 0
    for same in combined.alike:
        summary = f"<b>{escape(clean(combined_lines.heading(same)))}</b>"
        block = f"<details><summary>{summary}</summary>\n\n{same[0].text}\n</details>"
        left += 0 if writer.add(block, keep=200) else len(same)
    if left:
        writer.add(f"**{left:,} more accounts had no room here**: `--format json` has everything.")
    return writer.text()


def failure(error: IamGroupsError, look: Look = PLAIN) -> str:
    """Return why there is no plan, apply or drift to show."""
    return _section("error", _block(str(error).splitlines(), WHOLE))


def _section(title: str, block: str) -> str:
    return f"### iamgroups: {title}\n\n{block}\n"


def _heading(review: Review) -> str:
    part = " in a part of the configuration" if review.plan.only else ""
    if not review.plan.changes:
        return f"### iamgroups: no changes{part}"
    blocked = (
        f" · {count(len(review.blocking), 'finding blocks', 'findings block')} it" if review.blocking else ""
    )
    return f"### iamgroups: {', '.join(wording.tally(review.plan.changes))}{part}{blocked}"


def _above_the_fold(review: Review) -> Iterator[str]:
    if review.findings:
        yield fence(plan_lines.findings(review.findings))
    digest = [f"Digest {review.plan.digest}"] if review.plan.changes else []
    yield fence([wording.account(review.plan.account), *plan_lines.only(review), *digest])
    said = [*plan_lines.moments(review), *([plan_lines.came_along(review)] if review.plan.came_along else [])]
    if said:
        yield fence(said)
    for level, title in (("warning", "Warnings"), ("info", "Notes")):
        notes = plan_lines.of_this_plan(review, level)
        if notes:
            yield _folded(f"<b>{title}</b> ({len(notes):,})", plan_lines.notes(notes))


def _access(review: Review) -> Iterator[str]:
    """Yield a table of what people gain and lose, and the details folded."""
    if not review.access:
        return
    from iamgroups.render import access_lines

    first, *details = access_lines.section(review.access)
    if not review.access.rows:
        yield _block([first, *details], ROOM)
        return
    rows = [" | ".join(map(_cell, row)) for row in access_lines.table(review.access)]
    head = "| who | gains | loses | privileged |\n|---|---|---|---|"
    yield "\n".join([f"### {_cell(first)}", "", head, *(f"| {row} |" for row in rows)])
    yield _folded("By service and level", details)


def _cell(text: str) -> str:
    """Return text for a cell: nothing in it is markup, a mention or a link."""
    return "".join(_MARKUP.get(character, character) for character in escape(clean(text), quote=False))


def _changes(review: Review, writer: Writer) -> int:
    """Write the owned policies and each group; return how many changes are told of, people's included."""
    told = sum(map(len, review.direct.values()))
    quota = plan_lines.quota(review)
    policies = list(plan_lines.policies(review, "", quota))
    if policies and writer.add(_folded("<b>Policies</b>", policies), keep=FOR_PEOPLE):
        told += sum(map(len, review.policies.values()))
    opened = " open" if len(review.groups) <= FEW else ""
    for name, changes in review.groups.items():
        text = (line.removeprefix("  ") for line in plan_lines.group(name, changes, quota))
        if writer.add(_folded(_summary(name, changes), text, opened=opened), keep=FOR_PEOPLE):
            told += len(changes)
    return told


def _summary(name: str, changes: Sequence[Change]) -> str:
    short = name if len(name) <= NAME else f"{name[:NAME]}…"
    return f"<code>{escape(clean(short))}</code>: {', '.join(wording.tally(changes))}"


def _folded(summary: str, text: Iterable[str], room: int = ROOM, opened: str = "") -> str:
    return f"<details{opened}><summary>{summary}</summary>\n\n{fence(text, room)}\n\n</details>"


def fence(text: Iterable[str], room: int = ROOM) -> str:
    """Return lines as a diff block of about `room` bytes, in a fence longer than any they contain."""
    return _block(map(_diff_line, text), room, "diff")


def _block(text: Iterable[str], room: int, language: str = "") -> str:
    body = "\n".join(_fitting([clean(line) for line in text], room))
    ticks = "`" * max(3, 1 + max(map(len, TICKS.findall(body)), default=0))
    return f"{ticks}{language}\n{body}\n{ticks}"


def _diff_line(line: str) -> str:
    """Move the symbol to the first column, where it is coloured."""
    bare = line.lstrip(" ")
    indent = " " * (len(line) - len(bare))
    symbol = bare[:1]
    if symbol in ("+", "-", "!", "~"):
        return f"{'!' if symbol == '~' else symbol}{indent}{bare[1:]}"
    return f" {line}"


def _fitting(text: Sequence[str], room: int) -> Iterator[str]:
    for index, line in enumerate(text):
        room -= len(line.encode()) + 1
        if room < 0:
            yield f" and {len(text) - index:,} more lines"
            return
        yield line
