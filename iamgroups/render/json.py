"""Results as JSON, each with its schema in schemas/. Must not leave out what a reader of the file needs."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from io import StringIO
from typing import Any

from iamgroups.errors import Position, Problem
from iamgroups.planning import Change, Finding, Note
from iamgroups.results.applied import Applied, Outcome
from iamgroups.results.review import Review
from iamgroups.state import Fact

FORMAT_VERSION = 1
Document = dict[str, Any]


def plan(review: Review) -> str:
    """Return the plan; `plan --out` saves the same text. Schema: plan."""
    made = review.plan
    content: Document = {
        "kind": "plan",
        "format_version": FORMAT_VERSION,
        "created": review.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "account": asdict(made.account),
        "config_digest": made.config_digest,
        "digest": made.digest,
        "summary": _summary(review),
        "changes": [_change(change) for change in made.changes],
        "moments": [_without_empty(asdict(moment)) for moment in made.moments],
        "notes": [_note(note) for note in made.notes],
        "findings": [_finding(finding) for finding in review.findings],
        "people": [effect._asdict() for effect in review.effects],
        "ids": dict(made.ids),
        "came_along": list(made.came_along),
    }
    if made.only:
        content["only"] = made.only
    content["checksum"] = checksum(content)
    return text(content)


def validation(problems: Iterable[Problem], warnings: Iterable[tuple[str, Position]]) -> str:
    """Return what `validate` found. Schema: validation."""
    wrong = [_problem(problem) for problem in problems]
    return text(
        {
            "kind": "validation",
            "format_version": FORMAT_VERSION,
            "valid": not wrong,
            "problems": wrong,
            "warnings": [{"message": said, "position": place._asdict()} for said, place in warnings],
        }
    )


def applied(done: Applied) -> str:
    """Return what became of an apply. Schema: apply."""
    return text(
        {
            "kind": "apply",
            "format_version": FORMAT_VERSION,
            "account": asdict(done.plan.account),
            "digest": done.plan.digest,
            "exit_code": done.exit_code,
            "sent": done.sent,
            "stopped": done.stopped,
            "detail": done.detail,
            "journal": done.journal,
            "counts": dict(done.counts),
            "outcomes": [_outcome(outcome) for outcome in done.outcomes],
            "left": [change.address for change in done.left],
        }
    )


def _outcome(outcome: Outcome) -> Document:
    change, *_ = outcome
    rest = {key: value for key, value in outcome._asdict().items() if key != "change"}
    return _without_empty({"address": change.address, "action": change.action, **rest})


def checksum(content: Mapping[str, Any]) -> str:
    """Return the sha256 (hex) of a document's canonical form, its own `checksum` left out."""
    bare = {key: value for key, value in content.items() if key != "checksum"}
    canonical = json.dumps(bare, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def text(content: Mapping[str, Any]) -> str:
    """Return a document as text, ASCII only: nothing in it can steer a terminal."""
    # Not json.dumps, which holds every piece before it joins them: a third of a large plan's memory.
    buffer = StringIO()
    json.dump(content, buffer, indent=1)
    buffer.write("\n")
    return buffer.getvalue()


def _summary(review: Review) -> Document:
    actions = [change.action for change in review.plan.changes]
    counts: Document = {action: actions.count(action) for action in ("create", "update", "delete")}
    return {**counts, "blocked": bool(review.blocking)}


def _change(change: Change) -> Document:
    return _without_empty(
        {
            "action": change.action,
            "address": change.address,
            "fact": _fact(change.fact),
            "before": _fact(change.before) if change.before else None,
            "group_now": change.group_now,
            "needs": list(change.needs),
            "position": _position(change.position),
            "why": change.why,
        }
    )


def _fact(fact: Fact) -> Document:
    return {"kind": fact.kind.name, **fact.values}


def _note(note: Note) -> Document:
    document = {**asdict(note), "position": _position(note.position)}
    return {key: value for key, value in document.items() if value is not None}


def _finding(finding: Finding) -> Document:
    """Return a finding. Only a command line allows one, so a plan does not carry that."""
    return {
        "rule": finding.rule,
        "message": finding.message,
        "blocking": finding.blocking,
        "subjects": list(finding.subjects),
        "positions": [place._asdict() for place in finding.positions],
    }


def _problem(problem: Problem) -> Document:
    return _without_empty({**problem._asdict(), "about": None, "position": _position(problem.position)})


def _position(position: Position | None) -> Document | None:
    return position._asdict() if position else None


def _without_empty(document: Document) -> Document:
    return {key: value for key, value in document.items() if value not in (None, "", [])}
