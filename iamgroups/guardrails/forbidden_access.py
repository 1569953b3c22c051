"""forbidden_access: actions that nobody outside some groups may gain, by whatever path."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from iamgroups.guardrails.access_rules import cannot_tell, gained, rows_outside
from iamgroups.guardrails.context import Context
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.planning.note import Finding
from iamgroups.state.config import Names

if TYPE_CHECKING:
    from iamgroups.access.delta import Row

RULE = "forbidden_access"
NAMED = 3
WIDER = ("widened", "freed", "moved")


class ActionBan(NamedTuple):
    """Actions, on resources, that are forbidden outside the groups of `excused`."""

    actions: Names
    resources: tuple[str, ...]
    excused: Names
    reason: str


def judge(context: Context, bans: tuple[ActionBan, ...]) -> Iterator[Finding]:
    """Yield who gains a forbidden action, allowed or conditional."""
    for ban in bans:
        for row, people in rows_outside(context, ban.excused):
            actions = list(_forbidden(context, row, ban))
            if actions:
                rest = f" and {len(actions) - NAMED} more" if len(actions) > NAMED else ""
                why = f": {ban.reason}" if ban.reason else ""
                yield gained(
                    RULE, context, row, people, f"{listed(actions[:NAMED])}{rest}, which is forbidden{why}"
                )
        yield from cannot_tell(RULE, context, ban.excused)


def _forbidden(context: Context, row: "Row", ban: ActionBan) -> Iterator[str]:
    from iamgroups.access.powers import union

    catalogue = context.delta.catalogue if context.delta else None
    if catalogue is None:
        return
    more = row.gained.actions if _reaches(row, ban) else 0
    more |= union(shift.actions.actions for shift in row.shifts if shift.kind in WIDER)
    yield from catalogue.listed(more & union(catalogue.mask(each.pattern) for each in ban.actions))


def _reaches(row: "Row", ban: ActionBan) -> bool:
    """Tell whether what is gained can reach a resource of the ban."""
    from iamgroups.policy.matching import parse
    from iamgroups.policy.resources import arns_overlap

    if not row.limits or "*" in ban.resources:
        return True
    return any(
        scope.not_resources
        or not scope.resources
        or any(
            arns_overlap(parse(mine, variables=False), parse(theirs, variables=False))
            for mine in scope.resources
            for theirs in ban.resources
        )
        for scope in row.limits
    )


def _read(written: Any) -> tuple[ActionBan, ...]:
    return tuple(_ban({str(key.pattern): value for key, value in rule.items()}) for rule in written)


def _ban(rule: Mapping[str, Any]) -> ActionBan:
    resources = tuple(each.pattern for each in rule.get("resources", ())) or ("*",)
    reason = rule["reason"].pattern if "reason" in rule else ""
    return ActionBan(rule["actions"], resources, rule.get("except", ()), reason)


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Actions that nobody outside the groups of `except` may gain, by whatever path.",
        "type": "array",
        "default": [],
        "examples": [[{"actions": ["iam:*", "kms:ScheduleKeyDeletion"], "except": ["break-glass"]}]],
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["actions"],
            "properties": {
                "actions": {
                    "description": "Actions, as policies write them.",
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "pattern": "^(\\*|[A-Za-z0-9-]+:[A-Za-z0-9*?-]+)(?!\\n)$"},
                },
                "resources": {
                    "description": "ARNs, or patterns. Without it, or with `*`: every resource.",
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "pattern": "^(\\*|arn:.+)(?!\\n)$"},
                },
                "except": {
                    "description": "Groups whose members may.",
                    "type": "array",
                    "items": {"$ref": "#/definitions/group_name"},
                },
                "reason": {"description": "Why, for people.", "type": "string"},
            },
        },
    },
    _read,
)
