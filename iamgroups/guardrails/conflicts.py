"""conflicts: groups that nobody may combine. Must not mind a combination that a plan ends or leaves alone."""

from collections.abc import Iterator, Set

from iamgroups.errors import Position
from iamgroups.guardrails.patterns import named
from iamgroups.guardrails.situation import Situation, positions
from iamgroups.guardrails.views import GroupView
from iamgroups.guardrails.wording import listed
from iamgroups.planning import Change, Finding
from iamgroups.state import Membership
from iamgroups.state.config import NamePattern

RULE = "conflicts"


def judge(situation: Situation) -> Iterator[Finding]:
    """Yield, for each set of groups, who would combine them and who already does."""
    for conflict in situation.config.guardrails.conflicts:
        if conflict:
            groups = _groups(situation, conflict)
            yield from _combined(situation, groups, conflict[0].position)
            yield from _unread(groups, conflict[0].position)


def _groups(situation: Situation, conflict: tuple[NamePattern, ...]) -> list[GroupView]:
    return [group for group in situation.groups if any(named(p.pattern, group.names) for p in conflict)]


def _combined(situation: Situation, groups: list[GroupView], position: Position) -> Iterator[Finding]:
    """Yield one finding for the combinations the plan makes, one for those that were there."""
    after: dict[str, list[GroupView]] = {}
    for group in groups:
        for user in group.members_after or ():
            after.setdefault(user, []).append(group)
    both = {user: held for user, held in after.items() if len(held) > 1}
    made = {user for user, held in both.items() if any(user in group.joining for group in held)}
    for users, blocking in ((made, True), (both.keys() - made, False)):
        if not users:
            continue
        names = listed(group.name for user in users for group in both[user])
        verb = "would combine" if blocking else ("combines" if len(users) == 1 else "combine")
        held = [Membership(group.name, user) for user in users for group in both[user]]
        joins = positions(change for group in groups for change in group.changes if _adds(change, users))
        where = joins if blocking else situation.lines(held, position)
        message = f"{listed(users)} {verb} {names}, which conflict"
        yield Finding(RULE, message, blocking, tuple(sorted(fact.address for fact in held)), where)


def _adds(change: Change, users: Set[str]) -> bool:
    return change.action == "create" and isinstance(change.fact, Membership) and change.fact.user in users


def _unread(groups: list[GroupView], position: Position) -> Iterator[Finding]:
    unknown = [group for group in groups if group.members_after is None]
    if unknown and len(groups) > 1:
        joined = [change for group in groups for change in group.changes if _adds(change, group.joining)]
        names = listed(group.name for group in unknown)
        message = f"cannot tell who is in {names}, which must not be combined with others: could not be read"
        subjects = tuple(f"group/{group.name}" for group in unknown)
        blocking = any(group.joining for group in groups)
        yield Finding(RULE, message, blocking, subjects, positions(joined) or (position,))
