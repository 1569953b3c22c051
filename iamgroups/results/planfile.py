"""A plan as a file, written and read. What is read may come from anybody. Schema: plan."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from iamgroups.access.effects import Keep, PersonEffect
from iamgroups.bounded import check_objects
from iamgroups.errors import PreconditionError, UsageError
from iamgroups.planning.note import Finding, Moment, MomentKind, Note
from iamgroups.planning.plan import Plan
from iamgroups.results.records import (
    FLAG,
    FORMAT_VERSION,
    POSITION,
    TEXT,
    Codec,
    Document,
    many,
    one_of,
    optional,
    record,
    text,
)
from iamgroups.results.review import Review
from iamgroups.state import FACTS, Fact
from iamgroups.state.change import Change
from iamgroups.state.kind import Action
from iamgroups.state.live import Account

if TYPE_CHECKING:
    from iamgroups.access.delta import AccessDelta

MAX_BYTES = 64 * 1024 * 1024  # some 60,000 changes, without the section Access
MOST_OBJECTS = 2_000_000
FACT_OF = {fact.kind.name: fact for fact in FACTS}
TIME = "%Y-%m-%dT%H:%M:%SZ"


def write(review: Review) -> str:
    """Return the text of the file."""
    made = review.plan
    content: Document = {
        "kind": "plan",
        "format_version": FORMAT_VERSION,
        "created": review.created.strftime(TIME),
        "account": ACCOUNT.write(made.account),
        "config_digest": made.config_digest,
        "digest": made.digest,
        "summary": _summary(review),
        "changes": CHANGES.write(made.changes),
        "moments": MOMENTS.write(made.moments),
        "notes": NOTES.write(made.notes),
        "findings": FINDINGS.write(review.findings),
        "people": PEOPLE.write(review.effects),
        "ids": dict(made.ids),
        "came_along": WORDS.write(made.came_along),
    }
    if made.only:
        content["only"] = made.only
    if review.access:
        from iamgroups.results.access_record import access_record

        content["access"] = access_record(review.access)
    content["checksum"] = checksum(content)
    return text(content)


def read(data: bytes, path: str) -> Review:
    """Return the plan that a file at `path` holds.

    Raises: UsageError when the file is not a plan, PreconditionError when it is one that cannot be used.
    """
    raw = _parsed(data, path)
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


def checksum(content: Mapping[str, Any]) -> str:
    """Return the sha256 (hex) of a document's canonical form, its own `checksum` left out."""
    bare = {key: value for key, value in content.items() if key != "checksum"}
    canonical = json.dumps(bare, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _parsed(data: bytes, path: str) -> Mapping[str, Any]:
    check_objects(data, path, MOST_OBJECTS)
    try:
        raw = json.loads(data)
        checksum({"": raw})
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not a plan (it is not JSON)") from error
    if not isinstance(raw, dict) or raw.get("kind") != "plan":
        raise UsageError(f"{path}: not a plan; `iamgroups plan --out FILE` saves one")
    return raw


def _review(raw: Mapping[str, Any]) -> Review:
    plan = Plan(
        account=ACCOUNT.read(raw["account"]),
        config_digest=TEXT.read(raw["config_digest"]),
        changes=CHANGES.read(raw["changes"]),
        moments=MOMENTS.read(raw["moments"]),
        notes=NOTES.read(raw["notes"]),
        ids={TEXT.read(key): TEXT.read(value) for key, value in raw["ids"].items()},
        came_along=WORDS.read(raw["came_along"]),
        only=TEXT.read(raw.get("only", "")),
    )
    if plan.digest != raw["digest"] or len(plan.by_address) != len(plan.changes):
        raise ValueError("digest")
    return Review(
        plan=plan,
        created=datetime.strptime(TEXT.read(raw["created"]), TIME).replace(tzinfo=UTC),
        findings=FINDINGS.read(raw["findings"]),
        effects=PEOPLE.read(raw["people"]),
        access=_access(raw["access"]) if "access" in raw else None,
    )


def _access(raw: Mapping[str, Any]) -> "AccessDelta":
    from iamgroups.results.access_record import read_access

    return read_access(raw)


def _summary(review: Review) -> Document:
    counts = Counter(change.action for change in review.plan.changes)
    return {**{action: counts[action] for action in get_args(Action)}, "blocked": bool(review.blocking)}


def _write_fact(fact: Fact) -> Document:
    return {"kind": fact.kind.name, **fact.values}


def _read_fact(raw: Mapping[str, Any]) -> Fact:
    kind = FACT_OF[TEXT.read(raw["kind"])]
    return kind(**{key: TEXT.read(value) for key, value in raw.items() if key != "kind"})


def _change(address: str, **fields: Any) -> Change:
    """Return the change, where it is one that a plan may hold. Raises: ValueError."""
    change = Change(**fields)
    if change.address != address or change.action not in change.fact.kind.actions:
        raise ValueError(address)
    return change


WORDS = many(TEXT)
FACT = Codec(_write_fact, _read_fact)
ACCOUNT = record(Account, **dict.fromkeys(Account.__slots__, TEXT))
KEEPS = many(record(Keep, was=TEXT, now=WORDS))
PEOPLE = many(record(PersonEffect, user=TEXT, gains=WORDS, loses=WORDS, keeps=KEEPS))
MOMENTS = many(
    record(Moment, kind=one_of(*get_args(MomentKind)), user=TEXT, policy=TEXT, until=optional(TEXT, ""))
)
NOTES = many(
    record(
        Note,
        code=TEXT,
        subject=TEXT,
        message=TEXT,
        position=optional(POSITION),
        level=one_of("info", "warning"),
        reported=FLAG,
        accepted=FLAG,
    )
)
# Only a command line allows a finding, so a plan does not carry that.
FINDINGS = many(
    record(Finding, rule=TEXT, message=TEXT, blocking=FLAG, subjects=WORDS, positions=many(POSITION))
)
CHANGES = many(
    record(
        _change,
        action=one_of(*get_args(Action)),
        address=TEXT,
        fact=FACT,
        before=optional(FACT),
        group_now=optional(TEXT, ""),
        needs=optional(WORDS, ()),
        position=optional(POSITION),
        why=optional(TEXT, ""),
    )
)
