"""Who holds what, and since which line: groups, members and policies, inline and direct."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from iamgroups.access.dead_grants import DeadGrant, dead_grants
from iamgroups.access.declared import Declaration, Declared
from iamgroups.access.delta import Differ
from iamgroups.access.escalation import Way
from iamgroups.access.people import People
from iamgroups.access.powers import Powers
from iamgroups.access.side import Held, PolicyName
from iamgroups.state import Membership
from iamgroups.state.live import LiveUser
from iamgroups.state.names import fold, is_aws_managed, natural

Whether = Literal["yes", "conditional", "no"]


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """A policy that a group or a person has. `covered_by`: groups that give the person the same policy."""

    policy: PolicyName
    declared: Declaration | None
    covered_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InGroup:
    """A person in a group."""

    user: str
    group: str
    declared: Declaration | None


@dataclass(frozen=True, slots=True)
class AuditedGroup:
    """A group; its `members` are None where they could not be read."""

    name: str
    policies: tuple[HeldPolicy, ...]
    members: tuple[InGroup, ...] | None


@dataclass(frozen=True, slots=True)
class AuditedPerson:
    """A person; `ways` to escalate are () for an administrator, who has them all.

    `unread` are policies of theirs that could not be read.
    """

    user: LiveUser
    groups: tuple[InGroup, ...]
    direct: tuple[HeldPolicy, ...]
    administrator: Whether
    ways: tuple[Way, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """People and groups by name, and what an auditor asks about them.

    `subject`: "" is the whole account, else `user/U` or `group/G`. `missing`: the IAM actions without which
    something of the account stayed unknown. `files`: there is a configuration, whose lines are known. `date`
    is the catalogue's.
    """

    account: str
    subject: str
    people: tuple[AuditedPerson, ...]
    groups: tuple[AuditedGroup, ...]
    dead: tuple[DeadGrant, ...]
    missing: tuple[str, ...]
    files: bool
    date: str

    @property
    def administrators(self) -> list[AuditedPerson]:
        """Return who can do everything, be it on a condition."""
        return [person for person in self.people if person.administrator != "no"]

    @property
    def escalating(self) -> list[AuditedPerson]:
        """Return who can gain more access than they were given."""
        return [person for person in self.people if person.ways]

    @property
    def without_group(self) -> list[AuditedPerson]:
        """Return who is in no group."""
        return [person for person in self.people if not person.groups]

    @property
    def unread(self) -> tuple[str, ...]:
        """Return the policies that people hold and that could not be read."""
        return tuple(sorted({policy for person in self.people for policy in person.unread}))

    @cached_property
    def policies(self) -> frozenset[PolicyName]:
        """Return every policy that a group or a person has, as far as it is known."""
        of_groups = (each.policy for group in self.groups for each in group.policies)
        of_people = (each.policy for person in self.people for each in person.direct)
        return frozenset(each for each in (*of_groups, *of_people) if each.arn or each.is_inline)


class Auditor:
    """Looks at an account as it is."""

    def __init__(self, people: People, differ: Differ, declared: Declared) -> None:
        self._people = people
        self._side = people.side
        self._differ = differ
        self._declared = declared

    def account(self) -> Audit:
        """Return everybody and every group."""
        live = self._side.facts.live
        names = sorted((group.name for group in live.groups.values()), key=natural)
        return self._audit("", live.users.values(), names)

    def user(self, user: LiveUser) -> Audit:
        """Return one person, with the groups they are in."""
        return self._audit(f"user/{user.name}", [user], self._side.groups_of(user.name))

    def group(self, name: str) -> Audit:
        """Return one group, with its members. What these hold besides is left out."""
        users = self._side.facts.live.users
        members = [users[fold(each)] for each in self._side.members(name) or () if fold(each) in users]
        return self._audit(f"group/{name}", members, [name])

    def _audit(self, subject: str, users: Iterable[LiveUser], names: Iterable[str]) -> Audit:
        live = self._side.facts.live
        groups = {name: self._group(name) for name in names}
        of_group = subject.startswith("group/")
        people = [
            self._person(user, groups, of_group)
            for user in sorted(users, key=lambda each: natural(each.name))
        ]
        held = [each for name in groups for each in self._side.of_group(name)]
        held += [] if of_group else [each for person in people for each in self._side.direct(person.user)]
        return Audit(
            account=live.account.id,
            subject=subject,
            people=tuple(people),
            groups=tuple(groups.values()),
            dead=tuple(self._dead(held)),
            missing=live.denied,
            files=self._declared.config is not None,
            date=self._differ.catalogue.date,
        )

    def _group(self, name: str) -> AuditedGroup:
        members = self._side.members(name)
        return AuditedGroup(
            name,
            tuple(
                HeldPolicy(each.policy, self._declared.declaration(each.fact("")))
                for each in self._side.of_group(name)
            ),
            None
            if members is None
            else tuple(self._in_group(user, name) for user in sorted(members, key=natural)),
        )

    def _person(self, user: LiveUser, groups: Mapping[str, AuditedGroup], of_group: bool) -> AuditedPerson:
        powers = self._people.of(user)
        administrator = self._administrator(powers)
        names = [name for name in self._side.groups_of(user.name) if name in groups]
        return AuditedPerson(
            user=user,
            groups=tuple(self._in_group(user.name, name) for name in names),
            direct=() if of_group else tuple(self._direct(user, [groups[name] for name in names])),
            administrator=administrator,
            ways=() if administrator != "no" else self._differ.ways(powers),
            unread=tuple(dict.fromkeys(held.policy.shown for held in self._people.unread(user)))
            if powers.unread
            else (),
        )

    def _in_group(self, user: str, name: str) -> InGroup:
        return InGroup(user, name, self._declared.declaration(Membership(name, user)))

    def _administrator(self, powers: Powers) -> Whether:
        if self._differ.escalation.is_administrator(powers):
            return "yes"
        return "conditional" if self._differ.escalation.may_be_administrator(powers) else "no"

    def _direct(self, user: LiveUser, groups: Iterable[AuditedGroup]) -> Iterator[HeldPolicy]:
        for held in self._side.direct(user):
            covered_by = tuple(
                group.name
                for group in groups
                if held.policy.arn and any(each.policy.arn == held.policy.arn for each in group.policies)
            )
            yield HeldPolicy(held.policy, self._declared.declaration(held.fact(user.name)), covered_by)

    def _dead(self, held: Iterable[Held]) -> Iterator[DeadGrant]:
        """Yield what has no effect, of policies that the account can change."""
        documents = {each.policy: each.document for each in held}
        for policy, document in documents.items():
            if not is_aws_managed(policy.arn):
                yield from dead_grants(self._differ.reader, policy, document)
