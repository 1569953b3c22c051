"""A saved plan, written and read back. Must not trust what it reads: it may come from anybody."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args

from iamgroups.errors import Position, PreconditionError, UsageError
from iamgroups.planning import Action, Change, Finding, Moment, Note, Plan
from iamgroups.planning.effects import Effect
from iamgroups.render import json as as_json
from iamgroups.render.json import FORMAT_VERSION, checksum
from iamgroups.results.review import Review
from iamgroups.state import FACTS, Fact
from iamgroups.state.live import Account
from iamgroups.workflow.files import write_whole

MAX_BYTES = 64 * 1024 * 1024  # some 200,000 changes
FACT_OF = {fact.kind.name: fact for fact in FACTS}
Raw = Mapping[str, Any]
T = TypeVar("T")


def read(path: str) -> Review:
    """Return the plan saved in a file.

    Raises: UsageError when the file is no plan at all, PreconditionError when it is one that cannot be used.
    """
    raw = _load(path)
    version = raw.get("format_version")
    if version != FORMAT_VERSION:
        raise PreconditionError(
            f"{path}: a plan of format {version!r:.20}, made by another version of iamgroups; "
            f"this one reads format {FORMAT_VERSION}. Plan again."
        )
    if raw.get("checksum") != checksum(raw):
        raise PreconditionError(f"{path}: the plan was altered after it was saved. Plan again.")
    try:
        return _review(raw)
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError, RecursionError) as error:
        raise PreconditionError(f"{path}: not a plan iamgroups saved. Plan again.") from error


def save(review: Review, path: str) -> None:
    """Save a plan. Raises: UsageError."""
    write_whole(path, as_json.plan(review))


def _load(path: str) -> Raw:
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path}: larger than {MAX_BYTES >> 20} MB: no plan")
    try:
        raw = json.loads(data)
        checksum({"": raw})
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a plan (it is not JSON)") from error
    if not isinstance(raw, dict) or raw.get("kind") != "plan":
        raise UsageError(f"{path}: not a plan; `iamgroups plan --out FILE` saves one")
    return raw


def _review(raw: Raw) -> Review:
    plan = Plan(
        account=Account(**{field: _text(raw["account"], field) for field in Account.__slots__}),
        config_digest=_text(raw, "config_digest"),
        changes=_each(raw["changes"], _change),
        moments=_each(raw["moments"], _moment),
        notes=_each(raw["notes"], _note),
        ids={_word(key): _word(value) for key, value in raw["ids"].items()},
        came_along=_words(raw, "came_along"),
        only=_text(raw, "only", ""),
    )
    if plan.digest != raw["digest"] or len(plan.by_address) != len(plan.changes):
        raise ValueError("digest")
    return Review(
        plan=plan,
        created=datetime.strptime(_text(raw, "created"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        findings=_each(raw["findings"], _finding),
        effects=_each(raw["people"], _effect),
    )


def _change(raw: Raw) -> Change:
    action = cast(Action, _one_of(raw, "action", get_args(Action)))
    fact = _fact(raw["fact"])
    before = _fact(raw["before"]) if "before" in raw else None
    if action not in fact.kind.actions:
        raise ValueError(action)
    change = Change(
        action=action,
        fact=fact,
        position=_position(raw),
        why=_text(raw, "why", ""),
        before=before,
        group_now=_text(raw, "group_now", ""),
        needs=_words(raw, "needs") if "needs" in raw else (),
    )
    if change.address != raw["address"]:
        raise ValueError("address")
    return change


def _fact(raw: Raw) -> Fact:
    kind = FACT_OF[_text(raw, "kind")]
    fields = {key: _word(value) for key, value in raw.items() if key != "kind"}
    return kind(**fields)


def _moment(raw: Raw) -> Moment:
    kind = cast(Literal["excess", "loss"], _one_of(raw, "kind", ("excess", "loss")))
    return Moment(kind, _text(raw, "user"), _text(raw, "arn"))


def _note(raw: Raw) -> Note:
    level = cast(Literal["info", "warning"], _one_of(raw, "level", ("info", "warning")))
    return Note(
        code=_text(raw, "code"),
        subject=_text(raw, "subject"),
        message=_text(raw, "message"),
        position=_position(raw),
        level=level,
        reported=raw["reported"] is True,
    )


def _finding(raw: Raw) -> Finding:
    return Finding(
        rule=_text(raw, "rule"),
        message=_text(raw, "message"),
        blocking=raw["blocking"] is True,
        subjects=_words(raw, "subjects"),
        positions=_each(raw["positions"], _place),
    )


def _effect(raw: Raw) -> Effect:
    return Effect(_text(raw, "user"), _words(raw, "gains"), _words(raw, "loses"))


def _position(raw: Raw) -> Position | None:
    return _place(raw["position"]) if "position" in raw else None


def _place(raw: Raw) -> Position:
    return Position(_text(raw, "file"), _number(raw["line"]), _number(raw["column"]))


def _each(raw: object, read_one: Callable[[Raw], T]) -> tuple[T, ...]:
    if not isinstance(raw, list):
        raise TypeError(type(raw))
    return tuple(map(read_one, raw))


def _text(raw: Raw, field: str, default: str | None = None) -> str:
    return _word(raw[field] if default is None else raw.get(field, default))


def _words(raw: Raw, field: str) -> tuple[str, ...]:
    if not isinstance(raw[field], list):
        raise TypeError(field)
    return tuple(map(_word, raw[field]))


def _one_of(raw: Raw, field: str, allowed: tuple[str, ...]) -> str:
    if raw[field] not in allowed:
        raise ValueError(field)
    return _text(raw, field)


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value))
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(type(value))
    return value
