"""max_removals: no plan takes too much at once. Must not count what a rename keeps or a group covers."""

from collections.abc import Iterator, Mapping

from iamgroups.guardrails.situation import Situation, addresses, positions
from iamgroups.guardrails.views import GroupView
from iamgroups.guardrails.wording import counted, listed
from iamgroups.planning import Change, Finding
from iamgroups.state import Attachment, Direct, Fact, Membership
from iamgroups.state.names import fold

RULE = "max_removals"
NOUNS: Mapping[type[Fact], str] = {
    Membership: "membership",
    Attachment: "group attachment",
    Direct: "uncovered direct policy",
}


def judge(situation: Situation) -> Iterator[Finding]:
    """Yield a finding for the whole plan, and one for each group that loses more than half its members."""
    scope = [group for group in situation.groups if _in_scope(group, situation)]
    yield from _whole(situation, scope)
    for group in scope:
        yield from _half(situation, group)
        yield from _unknown(group)


def _whole(situation: Situation, scope: list[GroupView]) -> Iterator[Finding]:
    settings = situation.config.guardrails
    removals = [change for change in situation.plan.changes if _removes(change, situation)]
    number, percent, floor = len(removals), settings.max_removals_percent, settings.max_removals_floor
    if number < max(floor, 1):
        return
    total = len(_facts(situation, scope).union(change.fact_now.address for change in removals))
    if number * 100 <= percent * total:
        return
    kinds: list[type[Fact]] = [type(change.fact) for change in removals]
    parts = [counted(kinds.count(kind), noun) for kind, noun in NOUNS.items() if kind in kinds]
    message = (
        f"takes {number} of {total} facts away ({number * 100 // total}%): {', '.join(parts)}; "
        f"at most {percent}% may go at once, from {floor} on"
    )
    yield Finding(RULE, message, True, addresses(removals), positions(removals))


def _half(situation: Situation, group: GroupView) -> Iterator[Finding]:
    leaving = [c for c in group.changes if c.action == "delete" and isinstance(c.fact, Membership)]
    number, before = len(leaving), len(group.members_before or ())
    if number >= max(situation.config.guardrails.max_removals_floor, 1) and number * 2 > before:
        message = f"{group.name} loses {number} of its {counted(before, 'member')}, more than half"
        yield Finding(RULE, message, True, addresses(leaving), positions(leaving))


def _unknown(group: GroupView) -> Iterator[Finding]:
    unread = [
        noun
        for noun, held in (("members", group.members_before), ("policies", group.policies_before))
        if held is None
    ]
    if unread and not group.after:
        message = f"cannot tell what deleting {group.name} takes away: its {listed(unread)} could not be read"
        yield Finding(RULE, message, True, (f"group/{group.name}",), positions(group.changes))


def _removes(change: Change, situation: Situation) -> bool:
    if change.action != "delete":
        return False
    if isinstance(change.fact, Direct):
        return not situation.covered(change.fact.user, change.fact.arn)
    return isinstance(change.fact, Membership | Attachment)


def _in_scope(group: GroupView, situation: Situation) -> bool:
    return bool(group.before) and (not group.after or not group.names.isdisjoint(situation.declared))


def _facts(situation: Situation, scope: list[GroupView]) -> set[str]:
    """Return the addresses of all such facts, live, of these groups and their people, by the names of now."""
    found: set[str] = set()
    people: set[str] = set()
    for group in scope:
        members = group.members_before or frozenset()
        people |= members | group.joining
        found.update(Membership(group.before, user).address for user in members)
        found.update(Attachment(group.before, arn).address for arn in group.policies_before or ())
    for name in people:
        user = situation.live.users.get(fold(name))
        for arn in (user.policies or ()) if user else ():
            if not situation.covered(name, arn):
                found.add(Direct(name, arn).address)
    return found
