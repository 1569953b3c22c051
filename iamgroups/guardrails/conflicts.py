"""conflicts: groups that nobody may combine."""

from collections.abc import Iterable, Iterator, Set

from iamgroups.errors import Position
from iamgroups.guardrails.context import Context, Group, made, positions
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.guardrails.patterns import named
from iamgroups.planning.note import Finding
from iamgroups.state import Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Names

RULE = "conflicts"


def judge(context: Context, conflicts: tuple[Names, ...]) -> Iterator[Finding]:
    """Yield, for each set of groups, who would combine them and who already does."""
    for conflict in conflicts:
        if conflict:
            groups = _groups(context, conflict)
            yield from _combined(context, groups, conflict[0].position)
            yield from _unread(groups, conflict[0].position)


def _groups(context: Context, conflict: Names) -> list[Group]:
    return [group for group in context.groups if any(named(p.pattern, group.names) for p in conflict)]


def _combined(context: Context, groups: list[Group], position: Position) -> Iterator[Finding]:
    """Yield one finding for the combinations the plan makes, one for those that were there."""
    after: dict[str, list[Group]] = {}
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
        joins = positions(_joins(groups, users))
        where = joins if blocking else context.lines(held, position)
        message = f"{listed(users)} {verb} {names}, which conflict"
        yield Finding(RULE, message, blocking, tuple(sorted(fact.address for fact in held)), where)


def _joins(groups: Iterable[Group], users: Set[str]) -> Iterator[Change]:
    """Yield the changes that add these users to one of the groups."""
    for group in groups:
        yield from (change for change in made(group.changes, Membership) if change.fact.label in users)


def _unread(groups: list[Group], position: Position) -> Iterator[Finding]:
    unknown = [group for group in groups if group.members_after is None]
    if unknown and len(groups) > 1:
        joined = [change for group in groups for change in made(group.changes, Membership)]
        names = listed(group.name for group in unknown)
        message = f"cannot tell who is in {names}, which must not be combined with others: could not be read"
        subjects = tuple(f"group/{group.name}" for group in unknown)
        blocking = any(group.joining for group in groups)
        yield Finding(RULE, message, blocking, subjects, positions(joined) or (position,))


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Sets of groups of which nobody may be in more than one.",
        "type": "array",
        "default": [],
        "examples": [[["payments-approvers", "payments-submitters"]]],
        "items": {"type": "array", "minItems": 2, "items": {"$ref": "#/definitions/group_name"}},
    },
)
