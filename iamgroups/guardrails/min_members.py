"""min_members: a group keeps at least so many users who exist."""

from collections.abc import Iterator, Mapping

from iamgroups.errors import Position
from iamgroups.guardrails.context import Context, Group, ended, positions
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import counted
from iamgroups.guardrails.patterns import named
from iamgroups.planning.note import Finding
from iamgroups.state import GroupFact, Membership
from iamgroups.state.config import NamePattern

RULE = "min_members"


def judge(context: Context, minimums: Mapping[NamePattern, int]) -> Iterator[Finding]:
    """Yield a finding for every group that has, or would have, too few members."""
    for (pattern, position), least in minimums.items():
        groups = [group for group in context.groups if named(pattern, group.names)]
        for group in groups:
            yield from too_few(RULE, context, group, least, position)
        if not groups:
            message = f"{pattern} has 0 members, at least {least} wanted: there is no such group"
            yield Finding(RULE, message, False, (f"group/{pattern}",), (position,))


def too_few(rule: str, context: Context, group: Group, least: int, position: Position) -> Iterator[Finding]:
    """Yield a finding when the group has fewer members than `least`; it blocks when the plan takes some."""
    before, after = group.members_before, group.members_after
    leaving = ended(group.changes, Membership, GroupFact)
    subjects = (f"group/{group.name}",)
    if before is None or after is None:
        message = f"cannot tell how many members {group.name} has: they could not be read"
        yield Finding(rule, message, bool(leaving), subjects, positions(leaving) or (position,))
    elif len(after) < least:
        blocking = len(after) < len(before)
        verb = "would have" if blocking else "has"
        message = f"{group.name} {verb} {counted(len(after), 'member')}, at least {least} wanted"
        where = positions(leaving) if blocking else context.lines([GroupFact(group.name, "")], position)
        yield Finding(rule, message, blocking, subjects, where)


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Group name to the number of existing users that must stay in it.",
        "type": "object",
        "default": {},
        "examples": [{"break-glass": 2}],
        "propertyNames": {"$ref": "#/definitions/group_name"},
        "additionalProperties": {"type": "integer", "minimum": 1},
    },
)
