"""The Access section of a plan as JSON data, both ways."""

from collections.abc import Mapping
from typing import Any

from iamgroups.access.causes import Cause
from iamgroups.access.delta import AccessDelta, Row, Shift, Tally
from iamgroups.access.escalation import Way
from iamgroups.access.methods import METHODS
from iamgroups.access.scope import Scope
from iamgroups.policy.parsed import Condition
from iamgroups.results.records import FLAG, NUMBER, POSITION, TEXT, Document, many, one_of

WORDS = many(TEXT)
LINES = many(POSITION)


def access_record(delta: AccessDelta) -> Document:
    """Return what people gain and lose, with everybody's name."""
    return {
        "catalogue": delta.date,
        "actions": delta.actions,
        "services": delta.services,
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
        "lines": {person: list(map(POSITION.write, lines)) for person, lines in row.lines.items()},
    }


def _cause(cause: Cause) -> Document:
    position = POSITION.write(cause.position) if cause.position else None
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
    found |= {"uncertain": True} if scope.uncertain else {}
    return found | ({"ceiling": _scope(scope.ceiling)} if scope.ceiling else {})


def read_access(raw: Mapping[str, Any]) -> AccessDelta:
    """Return what `access_record` wrote. Raises: KeyError, TypeError, ValueError for anything else."""
    return AccessDelta(
        rows=tuple(map(_read_row, raw["rows"])),
        same=WORDS.read(raw["same"]),
        unread=WORDS.read(raw["unread"]),
        date=TEXT.read(raw["catalogue"]),
        actions=NUMBER.read(raw["actions"]),
        services=NUMBER.read(raw["services"]),
    )


def _read_row(raw: Mapping[str, Any]) -> Row:
    return Row(
        people=WORDS.read(raw["people"]),
        causes=tuple(map(_read_cause, raw["causes"])),
        administrator=one_of("becomes", "no longer", "").read(raw["administrator"]),
        gained=_read_tally(raw["gained"]),
        lost=_read_tally(raw["lost"]),
        limits=tuple(map(_read_scope, raw["limits"])),
        own_only=WORDS.read(raw["own_only"]),
        shifts=tuple(map(_read_shift, raw["shifts"])),
        ways_gained=tuple(map(_read_way, raw["ways_gained"])),
        ways_lost=tuple(map(_read_way, raw["ways_lost"])),
        denied=WORDS.read(raw["denied_before_by"]),
        had=WORDS.read(raw["allowed_all_along_by"]),
        boundaries=WORDS.read(raw["boundaries"]),
        unread=WORDS.read(raw["unread"]),
        lines={TEXT.read(person): LINES.read(lines) for person, lines in raw["lines"].items()},
    )


def _read_cause(raw: Mapping[str, Any]) -> Cause:
    place = raw["position"]
    return Cause(
        kind=one_of("joins", "leaves", "group", "direct", "policy").read(raw["kind"]),
        subject=TEXT.read(raw["subject"]),
        gained=WORDS.read(raw["gained"]),
        lost=WORDS.read(raw["lost"]),
        position=POSITION.read(place) if place is not None else None,
    )


def _read_tally(raw: Mapping[str, Any]) -> Tally:
    return Tally(
        count=NUMBER.read(raw["count"]),
        everything=FLAG.read(raw["everything"]),
        services=_read_counts(raw["services"]),
        levels=_read_counts(raw["levels"]),
        privileged=WORDS.read(raw["privileged"]),
        names=WORDS.read(raw["names"]),
    )


def _read_counts(raw: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    return tuple((TEXT.read(name), NUMBER.read(count)) for name, count in raw.items())


def _read_shift(raw: Mapping[str, Any]) -> Shift:
    return Shift(
        kind=one_of("narrowed", "widened", "moved", "conditional", "freed").read(raw["kind"]),
        actions=_read_tally(raw["actions"]),
        before=tuple(map(_read_scope, raw["before"])),
        after=tuple(map(_read_scope, raw["after"])),
    )


def _read_way(raw: Mapping[str, Any]) -> Way:
    actions = WORDS.read(raw["actions"])
    method = next((method for method in METHODS if method.actions == actions), None)
    if method is None:
        raise ValueError("method")
    return Way(method, FLAG.read(raw["possibly"]))


def _read_scope(raw: Mapping[str, Any]) -> Scope:
    key = "not_resources" if "not_resources" in raw else "resources"
    return Scope(
        resources=WORDS.read(raw[key]),
        not_resources=key == "not_resources",
        conditions=tuple(
            Condition(TEXT.read(one["operator"]), TEXT.read(one["key"]), WORDS.read(one["values"]))
            for one in raw["conditions"]
        ),
        ceiling=_read_scope(raw["ceiling"]) if "ceiling" in raw else None,
        uncertain=FLAG.read(raw.get("uncertain", False)),
    )
