"""The Access section of a plan as JSON data."""

from typing import Any

from iamgroups.access.causes import Cause
from iamgroups.access.delta import AccessDelta, Row, Shift, Tally
from iamgroups.access.escalation import Way
from iamgroups.access.powers import Scope
from iamgroups.results.records import Document


def access_record(delta: AccessDelta) -> Document:
    """Return what people gain and lose, with everybody's name."""
    return {
        "catalogue": delta.date,
        "rows": [_row(row) for row in delta.rows],
        "same": list(delta.same),
        "unread": list(delta.unread),
        "not_seen": ["resource_policies", "session_policies", "scps"],
    }


def _row(row: Row) -> Document:
    return {
        "people": list(row.people),
        "causes": [_cause(cause) for cause in row.causes],
        "administrator": row.administrator,
        "gained": _tally(row.gained),
        "lost": _tally(row.lost),
        "limits": [_scope(scope) for scope in row.limits],
        "own_only": list(row.own_only),
        "shifts": [_shift(shift) for shift in row.shifts],
        "ways_gained": [_way(way) for way in row.ways_gained],
        "ways_lost": [_way(way) for way in row.ways_lost],
        "denied_before_by": list(row.denied),
        "allowed_all_along_by": list(row.had),
        "boundaries": list(row.boundaries),
        "unread": list(row.unread),
    }


def _cause(cause: Cause) -> Document:
    position = cause.position._asdict() if cause.position else None
    return {
        "kind": cause.kind,
        "subject": cause.subject,
        "gained": list(cause.gained),
        "lost": list(cause.lost),
        "position": position,
    }


def _tally(tally: Tally) -> Document:
    return {
        "count": tally.count,
        "everything": tally.everything,
        "services": dict(tally.services),
        "levels": dict(tally.levels),
        "privileged": list(tally.privileged),
        "names": list(tally.names),
    }


def _shift(shift: Shift) -> Document:
    return {
        "kind": shift.kind,
        "actions": _tally(shift.actions),
        "before": [_scope(scope) for scope in shift.before],
        "after": [_scope(scope) for scope in shift.after],
    }


def _way(way: Way) -> Document:
    return {"actions": list(way.method.actions), "how": way.method.how, "possibly": way.possibly}


def _scope(scope: Scope) -> Document:
    found: dict[str, Any] = {
        "resources" if not scope.not_resources else "not_resources": list(scope.resources)
    }
    found["conditions"] = [
        {"operator": one.operator, "key": one.key, "values": list(one.values)} for one in scope.conditions
    ]
    return found | ({"ceiling": _scope(scope.ceiling)} if scope.ceiling else {})
