"""protected_groups: some groups nobody loses by mistake. Must not depend on the YAML still naming them."""

from collections.abc import Iterator

from iamgroups.guardrails.min_members import too_few
from iamgroups.guardrails.patterns import named
from iamgroups.guardrails.situation import Situation, addresses, positions
from iamgroups.guardrails.views import GroupView
from iamgroups.guardrails.wording import listed
from iamgroups.planning import Change, Finding
from iamgroups.state import Attachment, GroupFact, InlineGroup
from iamgroups.state.names import short

RULE = "protected_groups"


def judge(situation: Situation) -> Iterator[Finding]:
    """Yield what the plan does to each protected group: delete, rename, move, take policies or members."""
    for pattern, position in situation.config.guardrails.protected_groups:
        groups = [group for group in situation.groups if named(pattern, group.names)]
        for group in groups:
            yield from _touched(group)
            yield from too_few(RULE, situation, group, _least(situation, group), position)
        if not groups:
            message = f"{pattern} is protected, but there is no such group"
            yield Finding(RULE, message, False, (f"group/{pattern}",), (position,))


def _touched(group: GroupView) -> Iterator[Finding]:
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


def _least(situation: Situation, group: GroupView) -> int:
    """Return how many members it keeps: one, or its `min_members`."""
    agreed = situation.config.guardrails.min_members.items()
    return max([1, *(least for (pattern, _), least in agreed if named(pattern, group.names))])
