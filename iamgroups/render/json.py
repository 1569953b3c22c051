"""Results as JSON, each with its schema in schemas/."""

import json
from typing import TYPE_CHECKING, Any

from iamgroups.errors import IamGroupsError, Position, Problem
from iamgroups.planning.drift import Difference, Drift
from iamgroups.planning.note import Note
from iamgroups.render import PLAIN, Look
from iamgroups.results import planfile
from iamgroups.results.applied import Applied, Outcome
from iamgroups.results.combined import Combined, OneAccount
from iamgroups.results.planfile import ACCOUNT
from iamgroups.results.records import FORMAT_VERSION, Document, text
from iamgroups.results.review import Review
from iamgroups.results.validation import Validation
from iamgroups.state.config import Accepted

if TYPE_CHECKING:
    from iamgroups.access.levels import Rise
    from iamgroups.render.answers import Answer


def plan(review: Review, look: Look = PLAIN) -> str:
    """Return the plan: the same text as `plan --out` saves. Schema: plan."""
    return planfile.write(review)


def applied(applied: Applied, look: Look = PLAIN) -> str:
    """Return what became of an apply. Schema: apply."""
    return _result(
        "apply",
        account=ACCOUNT.write(applied.plan.account),
        digest=applied.plan.digest,
        exit_code=applied.exit_code,
        sent=applied.sent,
        stopped=applied.stopped,
        detail=applied.detail,
        journal=applied.journal,
        counts=dict(applied.counts),
        outcomes=[_outcome(outcome) for outcome in applied.outcomes],
        left=[change.address for change in applied.left],
    )


def drift(found: Drift, look: Look = PLAIN) -> str:
    """Return everything that differs, what is new first. Schema: drift."""
    return _result(
        "drift",
        account=ACCOUNT.write(found.account),
        drifted=bool(found.new),
        new=len(found.new),
        differences=[_difference(one) for one in (*found.new, *found.accepted)],
        notes=[_note(note) for note in found.notes],
        remarks=[{"message": said, "position": where._asdict()} for said, where in found.remarks],
        problems=[_problem(problem) for problem in found.problems],
    )


def combined(combined: Combined, look: Look = PLAIN) -> str:
    """Return every account with its result. Schema: accounts."""
    return _result(
        "accounts",
        command=combined.command,
        exit_code=combined.exit_code,
        digest=combined.digest,
        accounts=[_one_account(one) for one in combined.accounts],
    )


def _one_account(one: OneAccount) -> Document:
    told: Document = {"root": one.root, "account": one.account, "exit_code": one.exit_code, "says": one.says}
    return told | ({"result": json.loads(one.text)} if one.text else {})


def answer(found: "Answer", look: Look = PLAIN) -> str:
    """Return what people can do, and why. Schemas: explain, who_can."""
    from iamgroups.render import answers

    return _result(answers.kind(found), **answers.record(found))


def validation(outcome: Validation, look: Look = PLAIN) -> str:
    """Return what checking the files found. Schema: validation."""
    return _result(
        "validation",
        valid=not outcome.problems,
        problems=[_problem(problem) for problem in outcome.problems],
        warnings=[{"message": said, "position": place._asdict()} for said, place in outcome.warnings],
    )


def failure(error: IamGroupsError, look: Look = PLAIN) -> str:
    """Return why there is no result. Schema: error."""
    return _result("error", code=error.code, message=str(error), exit_code=error.exit_code)


def _result(kind: str, **content: Any) -> str:
    return text({"kind": kind, "format_version": FORMAT_VERSION, **content})


def _outcome(outcome: Outcome) -> Document:
    change, *_ = outcome
    rest = {key: value for key, value in outcome._asdict().items() if key != "change"}
    return _without_empty({"address": change.address, "action": change.action, **rest})


def _difference(one: Difference) -> Document:
    return _without_empty(
        {
            "kind": one.kind,
            "address": one.address,
            "message": one.message,
            "position": _position(one.position),
            "details": list(one.details),
            "owner": one.owner,
            "document": one.document,
            "rise": _rise(one.rise) if one.rise else None,
            "planned": one.planned,
            "accepted": _accepted(one.accepted) if one.accepted else None,
        }
    )


def _rise(found: "Rise") -> Document:
    return _without_empty(
        {
            "gained": {level: list(actions) for level, actions in found.gained.items()},
            "freed": {level: list(actions) for level, actions in found.freed.items()},
            "ways": list(found.ways),
            "unlisted": list(found.unlisted),
            "catalogue": found.date,
        }
    )


def _accepted(entry: Accepted) -> Document:
    until = entry.until.isoformat() if entry.until else None
    told = {"match": entry.match, "until": until, "reason": entry.reason}
    return _without_empty({**told, "position": _position(entry.position)})


def _note(note: Note) -> Document:
    return _without_empty(
        {
            "code": note.code,
            "subject": note.subject,
            "message": note.message,
            "position": _position(note.position),
        }
    )


def _problem(problem: Problem) -> Document:
    return _without_empty({**problem._asdict(), "about": None, "position": _position(problem.position)})


def _position(position: Position | None) -> Document | None:
    return position._asdict() if position else None


def _without_empty(document: Document) -> Document:
    return {key: value for key, value in document.items() if value not in (None, "", [])}
