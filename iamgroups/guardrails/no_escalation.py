"""no_escalation: nobody outside some groups may gain a way to more access, or everything."""

from collections.abc import Iterator
from typing import Any

from iamgroups.guardrails.access_rules import cannot_tell, gained, rows_outside
from iamgroups.guardrails.context import Context
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.planning.note import Finding
from iamgroups.state.config import Names

RULE = "no_escalation"
NAMED = 3


def judge(context: Context, excused: Names | None) -> Iterator[Finding]:
    """Yield who becomes administrator, or gains a method of escalation."""
    if excused is None:
        return
    for row, people in rows_outside(context, excused):
        if row.administrator == "becomes":
            yield gained(RULE, context, row, people, "everything, as administrators do")
        elif row.ways_gained:
            ways = [f"{way.method.id}{' (possibly)' if way.possibly else ''}" for way in row.ways_gained]
            rest = f" and {len(ways) - NAMED} more" if len(ways) > NAMED else ""
            yield gained(RULE, context, row, people, f"a way to escalate: {listed(ways[:NAMED])}{rest}")
    yield from cannot_tell(RULE, context, excused)


def _read(written: Any) -> Names | None:
    """Return the groups that may; None where the rule is not set."""
    return next(iter(written.values()), None)


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Nobody outside the groups of `except` may gain a way to escalate.",
        "type": "object",
        "default": {},
        "examples": [{"except": ["break-glass"]}],
        "minProperties": 1,
        "propertyNames": {"enum": ["except"]},
        "additionalProperties": {"type": "array", "items": {"$ref": "#/definitions/group_name"}},
    },
    _read,
)
