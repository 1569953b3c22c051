"""protected_groups: some groups nobody loses by mistake, even when no file names them any more."""

from collections.abc import Iterator

from iamgroups.guardrails import min_members
from iamgroups.guardrails.context import Context, Group, addresses, positions
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.guardrails.patterns import named
from iamgroups.planning.note import Finding
from iamgroups.state import Attachment, GroupFact, InlineGroup
from iamgroups.state.change import Change
from iamgroups.state.config import Names
from iamgroups.state.names import short

RULE = "protected_groups"


def judge(context: Context, protected: Names) -> Iterator[Finding]:
    """Yield what the plan does to each protected group: delete, rename, move, take policies or members."""
    for pattern, position in protected:
        groups = [group for group in context.groups if named(pattern, group.names)]
        for group in groups:
            yield from _touched(group)
            yield from min_members.too_few(RULE, context, group, _least(context, group), position)
        if not groups:
            message = f"{pattern} is protected, but there is no such group"
            yield Finding(RULE, message, False, (f"group/{pattern}",), (position,))


def _touched(group: Group) -> Iterator[Finding]:
    touching = [change for change in group.changes if _harm(change)]
    if touching:
        message = f"{group.before} is protected: the plan {listed(map(_harm, touching))}"
        yield Finding(RULE, message, True, addresses(touching), positions(touching))


def _harm(change: Change) -> str:
    """Return what the change does to its group, "" when it takes nothing."""
    match change.action, change.fact, change.before:
        case "delete", GroupFact(), _:
            return "deletes it"
        case "update", GroupFact(name, path), GroupFact(old, _):
            return f"renames it to {name}" if name != old else f"moves it to {path}"
        case "delete", Attachment(_, arn), _:
            return f"detaches {short(arn)}"
        case "delete", InlineGroup(_, policy), _:
            return f"deletes its inline policy {policy}"
        case _:
            return ""


def _least(context: Context, group: Group) -> int:
    """Return how many members it keeps: one, or its `min_members`."""
    agreed = min_members.GUARDRAIL.setting(context.config)
    return max([1, *(least for (pattern, _), least in agreed.items() if named(pattern, group.names))])


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Groups that no plan deletes, renames, moves, empties, or takes policies from.",
        "type": "array",
        "default": [],
        "examples": [["break-glass"]],
        "items": {"$ref": "#/definitions/group_name"},
    },
)
