"""A pure model of who holds what, for walking through every order a plan allows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from iamgroups.planning import Change, Plan
from iamgroups.state import Attachment, Direct, GroupFact, Membership
from iamgroups.state.live import LiveState

Pair = tuple[str, str]


@dataclass(frozen=True)
class World:
    """Groups, members, attachments and direct policies; no more than the promise and the quotas speak of."""

    groups: frozenset[str]
    members: frozenset[Membership]
    attachments: frozenset[Attachment]
    direct: frozenset[Direct]

    @classmethod
    def of(cls, live: LiveState, renamed: Mapping[str, str] | None = None) -> "World":
        final = renamed or {}
        named = {final.get(group.name, group.name): group for group in live.groups.values()}
        return cls(
            frozenset(named),
            frozenset(
                Membership(name, user) for name, group in named.items() for user in group.members or ()
            ),
            frozenset(Attachment(name, arn) for name, group in named.items() for arn in group.policies or ()),
            frozenset(Direct(user.name, arn) for user in live.users.values() for arn in user.policies or ()),
        )

    def after(self, change: Change) -> "World":
        fact, gone = change.fact, change.action == "delete"
        if isinstance(fact, GroupFact):
            return replace(self, groups=self.groups - {fact.name} if gone else self.groups | {fact.name})
        if isinstance(fact, Membership):
            return replace(self, members=self.members - {fact} if gone else self.members | {fact})
        if isinstance(fact, Attachment):
            return replace(self, attachments=self.attachments - {fact} if gone else self.attachments | {fact})
        assert isinstance(fact, Direct)
        return replace(self, direct=self.direct - {fact})

    def held(self) -> frozenset[Pair]:
        by_group: dict[str, set[str]] = {}
        for attachment in self.attachments:
            by_group.setdefault(attachment.group, set()).add(attachment.arn)
        pairs = {(m.user, arn) for m in self.members for arn in by_group.get(m.group, ())}
        return frozenset(pairs | {(d.user, d.arn) for d in self.direct})

    def refuses(self, change: Change, quotas: Mapping[str, int]) -> str:
        """Return the error code AWS would answer with, or "" when it takes the write."""
        fact = change.fact
        if isinstance(fact, GroupFact) and change.action == "delete":
            contents = [*self.members, *self.attachments]
            return "DeleteConflict" if any(item.group == fact.name for item in contents) else ""
        if isinstance(fact, Membership | Attachment) and fact.group not in self.groups:
            return "NoSuchEntity"
        after = self.after(change)
        over = [
            len(after.groups) > max(quotas["GroupsQuota"], len(self.groups)),
            isinstance(fact, Membership)
            and change.action == "create"
            and sum(m.user == fact.user for m in after.members) > quotas["GroupsPerUserQuota"],
            isinstance(fact, Attachment)
            and change.action == "create"
            and sum(a.group == fact.group for a in after.attachments)
            > quotas["AttachedPoliciesPerGroupQuota"],
        ]
        return "LimitExceeded" if any(over) else ""


def renames(plan: Plan) -> dict[str, str]:
    """Return the name before -> the name after, also of a group whose rename is in no part of the plan."""
    found = {
        c.before.name: c.fact.name
        for c in plan.changes
        if isinstance(c.fact, GroupFact) and isinstance(c.before, GroupFact) and c.action == "update"
    }
    inside = [c for c in plan.changes if c.group_now and isinstance(c.fact, Membership | Attachment)]
    return found | {c.group_now: c.fact.values["group"] for c in inside}


def steps(plan: Plan, start: World) -> Iterator[tuple[World, Change, World]]:
    """Yield every write of every order the edges allow: the state before, the change, the state after."""
    index = {change.address: i for i, change in enumerate(plan.changes)}
    needs = [frozenset(index[need] for need in change.needs) for change in plan.changes]
    seen: set[frozenset[int]] = {frozenset()}
    work = [(frozenset[int](), start)]
    while work:
        done, world = work.pop()
        for i, change in enumerate(plan.changes):
            if i in done or not needs[i] <= done:
                continue
            after = world.after(change)
            yield world, change, after
            if done | {i} not in seen:
                seen.add(done | {i})
                work.append((done | {i}, after))


@dataclass
class Broken:
    """What some allowed order does that it must not."""

    lost: set[Pair]
    excess: set[Pair]
    refused: set[str]
    together: set[tuple[str, frozenset[str]]]


def broken(plan: Plan, live: LiveState, apart: frozenset[str] = frozenset()) -> Broken:
    """Walk every order: pairs lost or in excess, writes refused, users in two groups of `apart` at once."""
    start = World.of(live, renames(plan))
    end = start
    for change in plan.changes:
        end = end.after(change)
    before, after = start.held(), end.held()
    result = Broken(set(), set(), set(), set())
    for was, change, world in steps(plan, start):
        held = world.held()
        result.lost |= (before & after) - held
        result.excess |= held - (before | after)
        if code := was.refuses(change, live.quotas):
            result.refused.add(f"{code}: {change.address}")
        if apart:
            result.together |= _together(world, apart) - _together(start, apart) - _together(end, apart)
    return result


def _together(world: World, apart: frozenset[str]) -> set[tuple[str, frozenset[str]]]:
    by_user: dict[str, set[str]] = {}
    for member in world.members:
        if member.group in apart:
            by_user.setdefault(member.user, set()).add(member.group)
    return {(user, frozenset(groups)) for user, groups in by_user.items() if len(groups) > 1}


def smallest_excess(plan: Plan, live: LiveState) -> int | None:
    """Return the fewest pairs any order whatever must grant too much, losing nothing; None: always loses.

    Tries every order of the plan's own changes, its edges aside.
    """
    start = World.of(live, renames(plan))
    end = start
    for change in plan.changes:
        end = end.after(change)
    kept, known = start.held() & end.held(), start.held() | end.held()
    todo = [c for c in plan.changes if isinstance(c.fact, Membership | Attachment | Direct)]
    best: dict[frozenset[int], set[frozenset[Pair]]] = {frozenset(): {frozenset()}}
    for _ in todo:
        longer: dict[frozenset[int], set[frozenset[Pair]]] = {}
        for done, excesses in best.items():
            world = start
            for i in done:
                world = world.after(todo[i])
            for i, change in enumerate(todo):
                if i in done:
                    continue
                held = world.after(change).held()
                if kept <= held:
                    found = longer.setdefault(done | {i}, set())
                    found.update(excess | (held - known) for excess in excesses)
        best = {done: _smallest(found) for done, found in longer.items()}
    ends = [len(excess) for found in best.values() for excess in found]
    return min(ends, default=None)


def _smallest(found: set[frozenset[Pair]]) -> set[frozenset[Pair]]:
    """Drop what contains another: it can only end larger."""
    return {one for one in found if not any(other < one for other in found)}
