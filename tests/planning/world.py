"""A pure model of who holds which grants, for walking through every order a plan allows.

It knows nothing of sources, classes or edges: it makes each change and looks at what everybody holds.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from iamgroups.planning.plan import Plan
from iamgroups.policy.grants import Grant, covers, grants_of, opaque, service_of
from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    InlineUser,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState
from iamgroups.state.names import never_detached, policy_name

Moments = frozenset[tuple[str, str, str]]
KINDS = ("loss", "undenied", "excess")


@dataclass(frozen=True)
class World:
    """An account: what exists and who is in what; `documents` are those of the policies that exist.

    `versions` are the ids of a policy's versions that are not its default.
    """

    groups: frozenset[str]
    members: frozenset[Membership]
    attachments: frozenset[Attachment]
    direct: frozenset[Direct]
    inline: frozenset[InlineGroup]
    documents: Mapping[str, str]
    versions: frozenset[PolicyVersionFact]

    @classmethod
    def of(cls, live: LiveState, renamed: Mapping[str, str] | None = None) -> "World":
        final = renamed or {}
        named = {final.get(group.name, group.name): group for group in live.groups.values()}
        held = {
            arn: _text(live.policies[arn].document) if arn in live.policies else "" for arn in live.held_arns
        }
        known = {arn: _text(policy.document) for arn, policy in live.policies.items()}
        return cls(
            frozenset(named),
            frozenset(
                Membership(name, user) for name, group in named.items() for user in group.members or ()
            ),
            frozenset(Attachment(name, arn) for name, group in named.items() for arn in group.policies or ()),
            frozenset(Direct(user.name, arn) for user in live.users.values() for arn in user.policies or ()),
            frozenset(
                InlineGroup(name, policy) for name, group in named.items() for policy in group.inline or ()
            ),
            held | known,
            frozenset(
                PolicyVersionFact(policy_name(arn).partition(":")[2], arn, version)
                for arn, policy in live.policies.items()
                for version in (policy.versions or ())[1:]
            ),
        )

    def after(self, change: Change) -> "World":
        fact, gone = change.fact, change.action == "delete"
        match fact:
            case GroupFact():
                return replace(self, groups=self.groups - {fact.name} if gone else self.groups | {fact.name})
            case Membership():
                return replace(self, members=self.members - {fact} if gone else self.members | {fact})
            case Attachment():
                held = self.attachments - {fact} if gone else self.attachments | {fact}
                return replace(self, attachments=held)
            case Direct():
                return replace(self, direct=self.direct - {fact})
            case InlineGroup():
                return replace(self, inline=self.inline - {fact})
            case PolicyFact():
                others = {arn: text for arn, text in self.documents.items() if arn != fact.arn}
                return replace(self, documents=others if gone else {**others, fact.arn: fact.document})
            case _:
                assert isinstance(fact, PolicyVersionFact)
                return replace(self, versions=self.versions - {fact})

    def refuses(self, change: Change, quotas: Mapping[str, int]) -> str:
        """Return the error code AWS would answer with, or "" when it takes the write."""
        fact, made = change.fact, change.action == "create"
        if isinstance(fact, GroupFact) and change.action == "delete":
            contents = [*self.members, *self.attachments, *self.inline]
            return "DeleteConflict" if any(item.group == fact.name for item in contents) else ""
        if isinstance(fact, PolicyFact) and change.action == "delete":
            holders = [*self.attachments, *self.direct]
            others = [*holders, *self.versions]
            return "DeleteConflict" if any(item.arn == fact.arn for item in others) else ""
        if isinstance(fact, Membership | Attachment | InlineGroup) and fact.group not in self.groups:
            return "NoSuchEntity"
        if isinstance(fact, Attachment) and made and fact.arn not in self.documents:
            return "NoSuchEntity"
        after = self.after(change)
        over = [
            len(after.groups) > max(quotas["GroupsQuota"], len(self.groups)),
            isinstance(fact, PolicyFact)
            and change.action == "update"
            and sum(version.arn == fact.arn for version in self.versions)
            >= quotas["VersionsPerPolicyQuota"] - 1,
            isinstance(fact, Membership)
            and made
            and sum(m.user == fact.user for m in after.members) > quotas["GroupsPerUserQuota"],
            isinstance(fact, Attachment)
            and made
            and sum(a.group == fact.group for a in after.attachments)
            > quotas["AttachedPoliciesPerGroupQuota"],
        ]
        return "LimitExceeded" if any(over) else ""


def _text(document: Any) -> str:
    return "" if document is None else json.dumps(document)


def renames(plan: Plan) -> dict[str, str]:
    """Return the name before -> the name after, also of a group whose rename is in no part of the plan."""
    found = {
        c.before.name: c.fact.name
        for c in plan.changes
        if isinstance(c.fact, GroupFact) and isinstance(c.before, GroupFact) and c.action == "update"
    }
    inside = [
        c for c in plan.changes if c.group_now and isinstance(c.fact, Membership | Attachment | InlineGroup)
    ]
    return found | {c.group_now: c.fact.group for c in inside}


class Model:
    """A plan on its account. A state is the set of changes that were made, as bits."""

    def __init__(self, plan: Plan, live: LiveState, apart: frozenset[str] = frozenset()) -> None:
        self.changes, self.live, self.apart = plan.changes, live, apart
        index = {change.address: number for number, change in enumerate(plan.changes)}
        self.needs = [sum(1 << index[need] for need in change.needs) for change in plan.changes]
        self.start = World.of(live, renames(plan))
        self._worlds = {0: self.start}
        self._names = {new: old for old, new in renames(plan).items()}
        texts = {*self.start.documents.values(), *(c.fact.document for c in plan.changes if _writes(c))}
        known = [grants_of(json.loads(text)) for text in texts if text]
        known += [grants_of(document) for document in self._inline.values() if document is not None]
        self.grants: list[Grant] = sorted({grant for grants in known for grant in grants})
        self.grants += sorted(
            {opaque(p) for p in (*self.start.documents, *self._inline) if not self._document(self.start, p)}
        )
        self._masks: dict[tuple[str, str], int] = {}
        self.end = self.world((1 << len(plan.changes)) - 1)
        self.before, self.after = self.held(self.start), self.held(self.end)

    @cached_property
    def _inline(self) -> dict[str, Any]:
        """Address -> document, of groups by their final names and of users."""
        found: dict[str, Any] = {}
        for name in self.start.groups:
            group = self.live.group(self._names.get(name, name))
            for policy, document in ((group.inline if group else None) or {}).items():
                found[InlineGroup(name, policy).address] = document
        for user in self.live.users.values():
            inline = user.inline or ()
            documents = inline if isinstance(inline, Mapping) else dict.fromkeys(inline)
            found |= {InlineUser(user.name, name).address: text for name, text in documents.items()}
        return found

    def _document(self, world: World, policy: str) -> str:
        return _text(self._inline[policy]) if policy in self._inline else world.documents.get(policy, "")

    def world(self, done: int) -> World:
        if done not in self._worlds:
            lowest = done & -done
            self._worlds[done] = self.world(done ^ lowest).after(self.changes[lowest.bit_length() - 1])
        return self._worlds[done]

    def held(self, world: World) -> dict[str, dict[str, int]]:
        """Return user -> policy -> the grants it gives, a bit each."""
        found: dict[str, dict[str, int]] = {user.name: {} for user in self.live.users.values()}
        for member in world.members:
            for item in (*world.attachments, *world.inline):
                if item.group == member.group:
                    policy = item.arn if isinstance(item, Attachment) else item.address
                    found[member.user][policy] = self._mask(world, policy)
        for direct in world.direct:
            found[direct.user][direct.arn] = self._mask(world, direct.arn)
        for user in self.live.users.values():
            for name in user.inline or ():
                address = InlineUser(user.name, name).address
                found[user.name][address] = self._mask(world, address)
        return found

    def _mask(self, world: World, policy: str) -> int:
        text = self._document(world, policy)
        if (policy, text) not in self._masks:
            given = grants_of(json.loads(text)) if text else {opaque(policy)}
            self._masks[policy, text] = sum(
                1 << place
                for place, grant in enumerate(self.grants)
                if any(covers(wide, grant) for wide in given)
            )
        return self._masks[policy, text]

    def moments(self, done: int) -> Moments:
        """Return (kind, user, policy) of all that is wrong in this state."""
        now = self.held(self.world(done))
        return frozenset(moment for user in now for moment in self._of_user(user, now[user]))

    def _of_user(self, user: str, now: dict[str, int]) -> Iterator[tuple[str, str, str]]:
        before, after = _union(self.before[user]), _union(self.after[user])
        held, gained, lost = _union(now), after & ~before, before & ~after
        for policy, mask in now.items():
            if mask & ~(before | after):
                yield "excess", user, policy
        for place in _places(before & after & ~held):
            yield "loss", user, _first(self.before[user], place)
        for place in _places((gained | lost) & ~held & self._denies):
            beside = self._beside(place)
            if gained >> place & 1 and held & gained & beside & ~self._denies:
                yield "undenied", user, _first(self.after[user], place)
            if lost >> place & 1:
                coming = gained & ~held & beside & self._denies
                if held & lost & beside & ~self._denies or (
                    coming and before & after & beside & ~self._denies
                ):
                    yield "undenied", user, _first(self.before[user], place)

    @cached_property
    def _denies(self) -> int:
        return sum(1 << place for place, grant in enumerate(self.grants) if _denies(grant))

    def _beside(self, place: int) -> int:
        ours = _service(self.grants[place])
        services = [_service(grant) for grant in self.grants]
        return sum(1 << n for n, other in enumerate(services) if "*" in (ours, other) or ours == other)

    def surprises(self, done: int) -> set[str]:
        """Return the users who can effectively do too much or too little in this state."""
        now = self.held(self.world(done))
        return {user for user in now if not self._expected(user, _union(now[user]))}

    def _expected(self, user: str, held: int) -> bool:
        before, after, now = (
            self._effective(mask) for mask in (_union(self.before[user]), _union(self.after[user]), held)
        )
        return before & after & ~now == 0 and now & ~(before | after) == 0

    def _effective(self, held: int) -> int:
        """Return the Allow grants of these that no Deny of these covers."""
        denies = [self.grants[place] for place in _places(held & self._denies)]
        return sum(
            1 << place
            for place in _places(held & ~self._denies)
            if not any(covers(deny, self.grants[place]._replace(effect="Deny")) for deny in denies)
            or not self.grants[place].effect
        )

    def closed(self, done: int, place: int) -> bool:
        """Tell whether the edges let this change come now."""
        return not done >> place & 1 and self.needs[place] & ~done == 0

    def refused(self, done: int, place: int) -> str:
        """Return what forbids this change now: IAM, or duties kept apart."""
        change = self.changes[place]
        code = self.world(done).refuses(change, self.live.quotas)
        if change.group_now and any(f"group/{change.group_now}" == old for old in self._renamed(done)):
            code = "NoSuchEntity"
        together = self._together(self.world(done | 1 << place))
        apart = together - self._together(self.start) - self._together(self.end)
        return code or (f"together: {sorted(apart)}" if apart else "")

    def _renamed(self, done: int) -> Iterator[str]:
        """Yield the old addresses of the groups that bear another name in this state."""
        for place in _places(done):
            before, fact = self.changes[place].before, self.changes[place].fact
            if isinstance(before, GroupFact) and before.address != fact.address:
                yield before.address

    def _together(self, world: World) -> set[tuple[str, frozenset[str]]]:
        by_user: dict[str, set[str]] = {}
        for member in world.members:
            if member.group in self.apart:
                by_user.setdefault(member.user, set()).add(member.group)
        return {(user, frozenset(groups)) for user, groups in by_user.items() if len(groups) > 1}


def _writes(change: Change) -> bool:
    return isinstance(change.fact, PolicyFact) and change.action != "delete"


def _denies(grant: Grant) -> bool:
    return grant.effect == "Deny" or (not grant.effect and never_detached(grant.resource))


def _service(grant: Grant) -> str:
    return service_of(grant) if grant.effect else "*"


def _first(held: Mapping[str, int], place: int) -> str:
    return min(policy for policy, mask in held.items() if mask >> place & 1)


def _union(held: Mapping[str, int]) -> int:
    found = 0
    for mask in held.values():
        found |= mask
    return found


def _places(mask: int) -> list[int]:
    return [place for place in range(mask.bit_length()) if mask >> place & 1]


@dataclass
class Broken:
    """What some allowed order does that it must not."""

    moments: set[tuple[str, str, str]]
    surprised: set[str]
    refused: set[str]


def broken(model: Model) -> Broken:
    """Walk every order the edges allow, with any change missing: what is wrong in some state."""
    result = Broken(set(), set(), set())
    seen, work = {0}, [0]
    while work:
        done = work.pop()
        result.moments |= model.moments(done)
        result.surprised |= model.surprises(done)
        for place, change in enumerate(model.changes):
            if model.closed(done, place):
                if code := model.refused(done, place):
                    result.refused.add(f"{code}: {change.address}")
                if (now := done | 1 << place) not in seen:
                    seen.add(now)
                    work.append(now)
    return result


Cost = tuple[int, ...]


def cost(moments: Moments) -> Cost:
    """Return how many moments there are of each kind, the worst kind first."""
    return tuple(sum(moment[0] == kind for moment in moments) for kind in KINDS)


def smallest(model: Model) -> Cost:
    """Return the least that any order of the changes has to break, the plan's own edges aside."""
    states: dict[int, set[Moments]] = {0: {frozenset()}}
    for _ in model.changes:
        longer: dict[int, set[Moments]] = {}
        for done, found in states.items():
            for place in range(len(model.changes)):
                if not done >> place & 1 and not model.refused(done, place):
                    now = done | 1 << place
                    longer.setdefault(now, set()).update(one | model.moments(now) for one in found)
        states = {done: _not_contained(found) for done, found in longer.items()}
    (found,) = states.values()
    return min(map(cost, found))


def _not_contained(found: set[Moments]) -> set[Moments]:
    """Drop what contains another: it can only end worse."""
    return {one for one in found if not any(other < one for other in found)}
