"""Who would hold a policy they should not: shared by the rules about policies. Must not name a rule."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iamgroups.errors import Position
from iamgroups.guardrails.patterns import policies_matching
from iamgroups.guardrails.situation import Situation, addresses, positions
from iamgroups.guardrails.views import GroupView
from iamgroups.guardrails.wording import counted, listed, listed_policies
from iamgroups.planning import Change, Finding
from iamgroups.state import Attachment, Direct, Membership
from iamgroups.state.config import NamePattern


@dataclass(frozen=True, slots=True)
class Ban:
    """Policies that only the excused groups may hold. `words` end the sentence "G holds P, ..."."""

    rule: str
    pattern: NamePattern
    words: str
    excused: Callable[[GroupView], bool]


def held_against(ban: Ban, situation: Situation) -> Iterator[Finding]:
    """Yield a finding for each group, and one for all users, that hold or would hold what is banned.

    A group that gains such a policy blocks, and so does one that has it and gains people.
    """
    for group in situation.groups:
        if not ban.excused(group):
            banned = policies_matching(ban.pattern.pattern, group.policies_after or ())
            if banned:
                yield _group(ban, situation, group, banned)
    yield from _direct(ban, situation)


def _group(ban: Ban, situation: Situation, group: GroupView, banned: frozenset[str]) -> Finding:
    new = banned - (group.policies_before or frozenset())
    worse = [change for change in group.changes if change.action == "create" and _widens(change, new)]
    if worse:
        verb = "would hold" if new else f"gains {counted(len(worse), 'member')} and holds"
        message = f"{group.name} {verb} {listed_policies(new or banned)}, {ban.words}"
        return Finding(ban.rule, message, True, addresses(worse), positions(worse))
    subjects = tuple(sorted(Attachment(group.name, arn).address for arn in banned))
    message = f"{group.name} holds {listed_policies(banned)}, {ban.words}"
    return Finding(ban.rule, message, False, subjects, situation.lines(subjects, ban.pattern.position))


def _widens(change: Change, new: frozenset[str]) -> bool:
    fact = change.fact
    return isinstance(fact, Membership) or (isinstance(fact, Attachment) and fact.arn in new)


def _direct(ban: Ban, situation: Situation) -> Iterator[Finding]:
    held = {
        user: policies_matching(ban.pattern.pattern, arns or ())
        for user, arns in situation.direct_after.items()
    }
    holders = {user: arns for user, arns in held.items() if arns}
    if holders:
        policies = listed_policies(arn for arns in holders.values() for arn in arns)
        verb = "holds" if len(holders) == 1 else "hold"
        message = f"{listed(holders)} {verb} {policies} directly, {ban.words}"
        subjects = tuple(sorted(Direct(user, arn).address for user, arns in holders.items() for arn in arns))
        yield Finding(ban.rule, message, False, subjects, (ban.pattern.position,))


def unread(rule: str, situation: Situation, position: Position) -> Iterator[Finding]:
    """Yield "cannot tell" for groups whose policies could not be read; it blocks where people join."""
    unknown = [group for group in situation.groups if group.policies_after is None]
    gaining = [group for group in unknown if group.joining]
    for blocking, groups in ((True, gaining), (False, [g for g in unknown if not g.joining])):
        if groups:
            message = f"cannot tell what {listed(g.name for g in groups)} may do: policies could not be read"
            subjects = tuple(f"group/{group.name}" for group in groups)
            joins = positions(change for group in groups for change in group.changes) if blocking else ()
            yield Finding(rule, message, blocking, subjects, joins or (position,))
