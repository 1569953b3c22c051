"""Results as workflow commands, which GitHub Actions shows on the lines of a pull request.

Source: docs.github.com, "Workflow commands for GitHub Actions": 10 annotations of each level per step.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from iamgroups.errors import IamGroupsError, Position, Problem
from iamgroups.planning.drift import Difference, Drift
from iamgroups.render import PLAIN, Look, combined_lines, drift_lines, plan_lines, wording
from iamgroups.render.safe import clean
from iamgroups.results.applied import Applied, Outcome
from iamgroups.results.combined import Combined
from iamgroups.results.review import Review
from iamgroups.results.validation import Validation

if TYPE_CHECKING:
    from iamgroups.render.answers import Answer

Level = Literal["error", "warning", "notice"]
LEVELS: tuple[Level, ...] = ("error", "warning", "notice")
LIMIT = 10


class Annotation(NamedTuple):
    """A message on a line, or on no line at all."""

    level: Level
    message: str
    position: Position | None = None
    title: str = "iamgroups"

    def __str__(self) -> str:
        place = self.position
        fields = {"file": place.file, "line": str(place.line), "col": str(place.column)} if place else {}
        written = ",".join(
            f"{key}={_property(value)}" for key, value in {**fields, "title": self.title}.items()
        )
        return f"::{self.level} {written}::{_data(self.message)}"


def validation(outcome: Validation, look: Look = PLAIN) -> str:
    """Return what checking the files found."""
    found = [Annotation("error", _problem(problem), problem.position) for problem in outcome.problems]
    return _limited([*found, *(Annotation("warning", said, place) for said, place in outcome.warnings)])


def plan(review: Review, look: Look = PLAIN) -> str:
    """Return the findings of the guardrails and the warnings that have a line."""
    found = []
    for finding in review.findings:
        standing = wording.standing(finding)
        level: Level = "error" if standing == "blocked" else "warning" if standing == "warning" else "notice"
        places: Sequence[Position | None] = finding.positions[:1] or [None]
        found += [Annotation(level, finding.message, place, finding.rule) for place in places]
    found += _escalations(review)
    for note in plan_lines.of_this_plan(review, "warning"):
        if note.position:
            found.append(Annotation("warning", note.message, note.position, note.code))
    return _limited(found)


def _escalations(review: Review) -> Iterator[Annotation]:
    """Yield who becomes administrator or can escalate, on the line that does it."""
    for row in review.access.rows if review.access else ():
        place = next((cause.position for cause in row.causes if cause.position), None)
        people = ", ".join(row.people[:5]) + (
            f" and {len(row.people) - 5} more" if len(row.people) > 5 else ""
        )
        if row.administrator == "becomes":
            yield Annotation("warning", f"{people}: administrator", place, "access")
        elif row.ways_gained:
            ways = ", ".join(way.method.id for way in row.ways_gained[:3])
            sure = "can" if any(not way.possibly for way in row.ways_gained) else "may"
            yield Annotation("warning", f"{people}: {sure} escalate by {ways}", place, "access")


def applied(applied: Applied, look: Look = PLAIN) -> str:
    """Return every change that was not made, on the line that asked for it."""
    missed = [outcome for outcome in applied.outcomes if not outcome.succeeded or outcome.shows is False]
    return _limited(
        [
            Annotation(
                "error", f"{wording.located(one.change)}: {one.status}{_because(one)}", one.change.position
            )
            for one in missed
        ]
    )


def _because(outcome: Outcome) -> str:
    return "".join(f": {word}" for word in (outcome.code, outcome.message, outcome.because) if word)


def answer(found: "Answer", look: Look = PLAIN) -> str:
    """Return what people can do, as one notice."""
    from iamgroups.render import answers

    return str(Annotation("notice", "\n".join(answers.lines(found, look.full)))) + "\n"


def drift(found: Drift, look: Look = PLAIN) -> str:
    """Return what is new, on the lines that would have to change."""
    annotations = [Annotation("error", _told(one), one.position, one.address) for one in found.new]
    annotations += [Annotation("warning", *remark) for remark in found.remarks]
    annotations += [Annotation("error", _problem(one), one.position) for one in found.problems]
    return _limited(annotations)


def combined(combined: Combined, look: Look = PLAIN) -> str:
    """Return the accounts that failed, then the annotations of all of them."""
    found = [
        str(Annotation("error", f"{combined_lines.name(one)}: {one.says}", None, "account"))
        for one in combined.failed
    ]
    found += [line for one in combined.accounts for line in one.text.splitlines()]
    return "".join(f"{line}\n" for level in LEVELS for line in _as_many(found, level))


def _as_many(lines: Sequence[str], level: Level) -> list[str]:
    found = list(dict.fromkeys(line for line in lines if line.startswith(f"::{level} ")))
    if len(found) <= LIMIT:
        return found
    rest = len(found) - LIMIT + 1
    return [*found[: LIMIT - 1], str(Annotation(level, f"and {rest:,} more {level}s"))]


def failure(error: IamGroupsError, look: Look = PLAIN) -> str:
    """Return the error; it has no line."""
    return _limited([Annotation("error", str(error))])


def _told(one: Difference) -> str:
    rose = drift_lines.rise(one.rise, drift_lines.ACTIONS) if one.rise else ()
    return "\n".join([one.message, *rose])


def _problem(problem: Problem) -> str:
    return f"{problem.message}\n{problem.hint}" if problem.hint else problem.message


def _limited(annotations: Sequence[Annotation]) -> str:
    """Write as many as are shown; the tenth says how many are not."""
    found = [str(annotation) for annotation in annotations]
    return "".join(f"{line}\n" for level in LEVELS for line in _as_many(found, level))


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return clean(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
