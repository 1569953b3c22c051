"""Drift as JSON; schema: drift. Must not leave out a difference."""

from dataclasses import asdict
from typing import Any

from iamgroups.errors import Position
from iamgroups.planning import Difference, Drift, Note
from iamgroups.render.json import FORMAT_VERSION, text
from iamgroups.state.config import KnownDrift


def drift(found: Drift) -> str:
    """Return everything that drifted or is noted."""
    return text(
        {
            "kind": "drift",
            "format_version": FORMAT_VERSION,
            "account": asdict(found.account),
            "strict": found.strict,
            "drifted": bool(found.counted),
            "counted": found.counted,
            "differences": [_difference(one) for one in found.differences],
            "noted": [{**_note(note), "known": note.subject in found.excused} for note in found.noted],
            "notes": [_note(note) for note in found.notes],
            "remarks": [{"message": said, "position": where._asdict()} for said, where in found.remarks],
            "problems": [
                _bare({**problem._asdict(), "about": None, "position": _position(problem.position)})
                for problem in found.problems
            ],
        }
    )


def _difference(one: Difference) -> dict[str, Any]:
    return _bare(
        {
            "kind": one.kind,
            "address": one.address,
            "message": one.message,
            "position": _position(one.position),
            "details": list(one.details),
            "known": _known(one.known) if one.known else None,
        }
    )


def _known(entry: KnownDrift) -> dict[str, Any]:
    until = entry.until.isoformat() if entry.until else None
    return _bare({"match": entry.match, "until": until, "reason": entry.reason})


def _note(note: Note) -> dict[str, Any]:
    return _bare(
        {
            "code": note.code,
            "subject": note.subject,
            "message": note.message,
            "position": _position(note.position),
        }
    )


def _position(position: Position | None) -> dict[str, Any] | None:
    return position._asdict() if position else None


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value not in (None, "", [])}
