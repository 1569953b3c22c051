"""Banned policies: who holds, or would hold, one. The rules about policies share this."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from iamgroups.errors import Position
from iamgroups.guardrails.context import Context, Group, addresses, made, positions
from iamgroups.guardrails.lists import counted, listed, listed_policies
from iamgroups.guardrails.patterns import policies_matching
from iamgroups.planning.note import Finding, Moment
from iamgroups.state import Attachment, Direct, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import NamePattern
from iamgroups.state.names import short


@dataclass(frozen=True, slots=True)
class Ban:
    """Policies that only the excused groups may hold. `words` end the sentence "G holds P, ..."."""

    rule: str
    pattern: NamePattern
    words: str
    excused: Callable[[Group], bool]


def held_against(ban: Ban, context: Context) -> Iterator[Finding]:
    """Yield a finding for each group the plan makes worse, and one warning for what stays as it was.

    A group that gains such a policy is worse, and so is one that has it and gains people.
    """
    banned = policies_matching(ban.pattern.pattern, context.arns_after)
    standing: list[Attachment] = []
    for group in context.groups:
        held = banned & (group.policies_after or frozenset())
        if not held or ban.excused(group):
            continue
        new = held - (group.policies_before or frozenset())
        worse = [change for change in made(group.changes, Membership, Attachment) if _widens(change, new)]
        if worse:
            verb = "would hold" if new else f"gains {counted(len(worse), 'member')} and holds"
            message = f"{group.name} {verb} {listed_policies(new or held)}, {ban.words}"
            yield Finding(ban.rule, message, True, addresses(worse), positions(worse))
        else:
            standing += [Attachment(group.name, arn) for arn in held]
    yield from _standing(ban, context, standing, "")
    gained = {change.fact.address: change for change in made(context.plan.changes, Direct)}
    direct = [fact for fact in context.direct if fact.arn in banned]
    for fact in direct:
        if change := gained.get(fact.address):
            message = f"{fact.user} would hold {fact.policy} directly, {ban.words}"
            yield Finding(ban.rule, message, True, addresses([change]), positions([change]))
    yield from _standing(ban, context, [fact for fact in direct if fact.address not in gained], " directly")
    yield from _for_a_moment(ban, context)


def _for_a_moment(ban: Ban, context: Context) -> Iterator[Finding]:
    """Yield a finding for everybody whom the order of the plan gives such a policy for a moment."""
    moments = [moment for moment in context.plan.moments if moment.kind == "excess"]
    banned = policies_matching(ban.pattern.pattern, {moment.policy for moment in moments})
    for moment in moments:
        ways = [group for group in context.groups if _is_way(group, moment)]
        if moment.policy in banned and not all(map(ban.excused, ways)):
            message = f"{moment.user} would hold {short(moment.policy)} for a moment, {ban.words}"
            ends = [context.plan.by_address[moment.until]]
            yield Finding(ban.rule, message, True, addresses(ends), positions(ends))


def _is_way(group: Group, moment: Moment) -> bool:
    """Tell whether the user may come to the policy by this group."""
    members = (group.members_before or frozenset()) | (group.members_after or frozenset())
    policies = (group.policies_before or frozenset()) | (group.policies_after or frozenset())
    return moment.user in members and moment.policy in policies


def _widens(change: Change, new: frozenset[str]) -> bool:
    """Tell whether more people come to such a policy by this change."""
    return change.fact.values.get("arn", "") in new or not made([change], Attachment)


def _standing(
    ban: Ban, context: Context, facts: Sequence[Attachment | Direct], how: str
) -> Iterator[Finding]:
    holders = {fact.owner.name for fact in facts}
    if holders:
        verb = "holds" if len(holders) == 1 else "hold"
        policies = listed_policies(fact.arn for fact in facts)
        message = f"{listed(holders)} {verb} {policies}{how}, {ban.words}"
        subjects = tuple(sorted(fact.address for fact in facts))
        yield Finding(ban.rule, message, False, subjects, context.lines(facts, ban.pattern.position))


def unread(rule: str, context: Context, position: Position) -> Iterator[Finding]:
    """Yield "cannot tell" for groups whose policies could not be read; it blocks where people join."""
    unknown = [group for group in context.groups if group.policies_after is None]
    gaining = [group for group in unknown if group.joining]
    for blocking, groups in ((True, gaining), (False, [g for g in unknown if not g.joining])):
        if groups:
            message = f"cannot tell what {listed(g.name for g in groups)} may do: policies could not be read"
            subjects = tuple(f"group/{group.name}" for group in groups)
            joins = positions(change for group in groups for change in group.changes) if blocking else ()
            yield Finding(rule, message, blocking, subjects, joins or (position,))
