"""max_removals: no plan takes too much at once."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from iamgroups.guardrails.context import Context, Group, addresses, ended, positions
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import counted, listed
from iamgroups.planning.note import Finding
from iamgroups.state import Attachment, Direct, Fact, InlineGroup, Membership
from iamgroups.state.change import Change
from iamgroups.state.names import fold

RULE = "max_removals"
NOUNS: Mapping[type[Fact], str] = {
    Membership: "membership",
    Attachment: "group attachment",
    InlineGroup: "inline policy",
    Direct: "uncovered direct policy",
}


class Threshold(NamedTuple):
    """At least `floor` removals, and more than `percent` of what is live, are too many."""

    percent: int = 25
    floor: int = 10


def judge(context: Context, limits: Threshold) -> Iterator[Finding]:
    """Yield a finding for the whole plan, and one for each group that loses more than half its members."""
    scope = [group for group in context.groups if _in_scope(group, context)]
    yield from _whole(context, scope, limits)
    for group in scope:
        yield from _half(group, limits.floor)
        yield from _unknown(group)


def _whole(context: Context, scope: list[Group], limits: Threshold) -> Iterator[Finding]:
    removals = [change for change in ended(context.plan.changes, *NOUNS) if not _is_replaced(change, context)]
    number, (percent, floor) = len(removals), limits
    if number < max(floor, 1):
        return
    total = len(_facts(context, scope).union(change.fact_now.address for change in removals))
    if number * 100 <= percent * total:
        return
    numbers = [(len(ended(removals, kind)), noun) for kind, noun in NOUNS.items()]
    parts = [counted(count, noun) for count, noun in numbers if count]
    message = (
        f"takes {number} of {total} facts away ({number * 100 // total}%): {', '.join(parts)}; "
        f"at most {percent}% may go at once, from {floor} on"
    )
    yield Finding(RULE, message, True, addresses(removals), positions(removals))


def _half(group: Group, floor: int) -> Iterator[Finding]:
    leaving = ended(group.changes, Membership)
    number, before = len(leaving), len(group.members_before or ())
    if number >= max(floor, 1) and number * 2 > before:
        message = f"{group.name} loses {number} of its {counted(before, 'member')}, more than half"
        yield Finding(RULE, message, True, addresses(leaving), positions(leaving))


def _unknown(group: Group) -> Iterator[Finding]:
    unread = [
        noun
        for noun, held in (("members", group.members_before), ("policies", group.policies_before))
        if held is None
    ]
    if unread and not group.after:
        message = f"cannot tell what deleting {group.name} takes away: its {listed(unread)} could not be read"
        yield Finding(RULE, message, True, (f"group/{group.name}",), positions(group.changes))


def _is_replaced(change: Change, context: Context) -> bool:
    """Tell whether everybody keeps what ends here: a group covers it, or gives the same."""
    holder = change.fact.owner.name
    if ended([change], Direct):
        return context.covered(holder, change.fact.values["arn"])
    return bool(ended([change], InlineGroup)) and context.access.is_replaced(holder, change.address)


def _in_scope(group: Group, context: Context) -> bool:
    return bool(group.before) and (not group.after or not group.names.isdisjoint(context.declared.groups))


def _facts(context: Context, scope: list[Group]) -> set[str]:
    """Return the addresses of all such facts, live, of these groups and their people, by the names of now."""
    found: set[str] = set()
    people: set[str] = set()
    for group in scope:
        members = group.members_before or frozenset()
        people |= members | group.joining
        found.update(Membership(group.before, user).address for user in members)
        found.update(Attachment(group.before, arn).address for arn in group.policies_before or ())
        live = context.live.groups[fold(group.before)]
        found.update(InlineGroup(group.before, name).address for name in live.inline or ())
    for name in people:
        user = context.live.users.get(fold(name))
        for arn in (user.policies or ()) if user else ():
            if not context.covered(name, arn):
                found.add(Direct(name, arn).address)
    return found


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Blocks a plan that takes away at least `floor` "
        "and more than `percent` of what is live.",
        "type": "object",
        "examples": [{"percent": 25, "floor": 10}],
        "additionalProperties": False,
        "properties": {
            "percent": {
                "description": "Of the memberships, attachments, inline policies "
                "and uncovered direct policies in declared and deleted groups.",
                "type": "integer",
                "minimum": 0,
                "maximum": 100,
                "default": Threshold().percent,
            },
            "floor": {
                "description": "Fewer removals than this never block.",
                "type": "integer",
                "minimum": 0,
                "default": Threshold().floor,
            },
        },
    },
    read=lambda written: Threshold(**written),
)
