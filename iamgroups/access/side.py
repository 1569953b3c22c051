"""One side of some changes: who is in which group, and what everybody holds, before or after them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from iamgroups.access.facts import INLINE, NOTHING, Facts
from iamgroups.access.source import When
from iamgroups.state import Attachment, Direct, Fact, InlineGroup, InlineUser
from iamgroups.state.live import LiveUser
from iamgroups.state.names import natural, short

PolicyKind = Literal["managed", "inline"]


# Stands for the policies of a group or user, where nobody could read which there are.
UNKNOWN = "policies that could not be read"


@dataclass(frozen=True, slots=True)
class PolicyName:
    """A policy. `arn` is "" for an inline one, whose `owner` is `group/G` or `user/U`; `version` as `v3`."""

    name: str
    kind: PolicyKind
    arn: str = ""
    owner: str = ""
    version: str = ""

    @property
    def shown(self) -> str:
        """Return what a reader calls it: `aws:ReadOnlyAccess`, `local:ops`, `inline s3 of group ops`."""
        return short(self.arn) if self.arn else f"inline {self.name} of {self.owner.replace('/', ' ', 1)}"

    @property
    def is_inline(self) -> bool:
        """Tell whether this is an inline policy of which the name is known."""
        return not self.arn and self.name != UNKNOWN


@dataclass(frozen=True, slots=True)
class Held:
    """A policy that a user holds, through a group or ("") directly. `document` None could not be read."""

    policy: PolicyName
    document: Any
    group: str = ""

    def fact(self, user: str) -> Fact:
        """Return the fact that gives this to the members of the group, or to the user directly."""
        name, arn = self.policy.name, self.policy.arn
        if self.group:
            return Attachment(self.group, arn) if arn else InlineGroup(self.group, name)
        return Direct(user, arn) if arn else InlineUser(user, name)


@dataclass(frozen=True, slots=True)
class Side:
    """The account before the changes, or with `after` once they are made. Groups have their final names."""

    facts: Facts
    after: bool

    def groups_of(self, user: str) -> tuple[str, ...]:
        """Return the groups that a user is in, by name."""
        groups = self.facts.groups_after(user) if self.after else self.facts.groups_before(user)
        return tuple(sorted(groups, key=natural))

    def members(self, group: str) -> frozenset[str] | None:
        """Return the members of a group; None is unknown."""
        live, facts = self.facts.group(group), self.facts
        members = live.members if live else NOTHING
        return self._with(members, facts.leavers.get(group, ()), facts.joiners.get(group, ()))

    def attached(self, group: str) -> frozenset[str] | None:
        """Return the ARNs attached to a group; None is unknown."""
        live, facts = self.facts.group(group), self.facts
        policies = live.policies if live else NOTHING
        return self._with(policies, facts.lost.get(group, ()), facts.gained.get(group, ()))

    def attached_directly(self, user: LiveUser) -> frozenset[str] | None:
        """Return the ARNs attached to a user; None is unknown."""
        return self._with(user.policies, self.facts.direct_lost.get(user.name, ()))

    def of_user(self, user: LiveUser) -> Iterator[Held]:
        """Yield everything the user holds, except the boundary, which gives nothing."""
        for group in self.groups_of(user.name):
            yield from self.of_group(group)
        yield from self.direct(user)

    def of_group(self, group: str) -> Iterator[Held]:
        """Yield what the members of a group hold through it."""
        for policy in sorted(self._shown(self.facts.policies(group))):
            yield Held(self.name(policy), self.document(policy), group)
        live = self.facts.group(group)
        if live and (live.policies is None or live.inline is None):
            yield Held(_unread(f"group/{group}"), None, group)

    def direct(self, user: LiveUser) -> Iterator[Held]:
        """Yield what the user holds without a group."""
        for policy in sorted(self._shown(self.facts.direct(user.name))):
            yield Held(self.name(policy), self.document(policy))
        if user.policies is None or user.inline is None:
            yield Held(_unread(f"user/{user.name}"), None)

    def document(self, policy: str) -> Any:
        """Return the document of an ARN or inline address; None is unknown."""
        return self.facts.document(policy, self.after)

    def name(self, policy: str) -> PolicyName:
        """Return the name of an ARN or inline address, with the version where that is known."""
        if not _is_managed(policy):
            _, kind, holder, name = policy.split("/")
            return PolicyName(name, "inline", owner=f"{kind}/{holder}")
        known = self.facts.live.policies.get(policy)
        is_new = self.after and policy in self.facts.versions
        version = known.default_version if known and not is_new else ""
        return PolicyName(short(policy).partition(":")[2], "managed", policy, "", version)

    def _with(
        self, before: frozenset[str] | None, ended: Iterable[str], begun: Iterable[str] = ()
    ) -> frozenset[str] | None:
        """Return what is held on this side of what was held before."""
        return before.difference(ended).union(begun) if self.after and before is not None else before

    def _shown(self, held: Mapping[str, When]) -> frozenset[str]:
        """Return what is held on this side."""
        if self.after:
            return frozenset(name for name, when in held.items() if not when.ended)
        return frozenset(name for name, when in held.items() if not when.begun)


def _is_managed(policy: str) -> bool:
    return not policy.startswith(INLINE)


def _unread(owner: str) -> PolicyName:
    return PolicyName(UNKNOWN, "inline", owner=owner)
