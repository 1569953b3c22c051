"""The policies a user holds, and by which way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from iamgroups.state.live import LiveGroup, LiveState, LiveUser
from iamgroups.state.names import fold, short

PolicyKind = Literal["managed", "inline"]


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


@dataclass(frozen=True, slots=True)
class Held:
    """A policy that a user holds, through a group or ("") directly. `document` None could not be read."""

    policy: PolicyName
    document: Any
    group: str = ""


@dataclass(frozen=True)
class Holdings:
    """Who holds what in an account. Names of groups and users ignore case."""

    live: LiveState

    @cached_property
    def groups_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return folded user -> their groups, by name."""
        found: dict[str, list[str]] = {}
        for key in sorted(self.live.groups):
            for member in self.live.groups[key].members or ():
                found.setdefault(fold(member), []).append(self.live.groups[key].name)
        return {user: tuple(groups) for user, groups in found.items()}

    def of_user(self, user: LiveUser) -> Iterator[Held]:
        """Yield everything the user holds, except the boundary, which gives nothing."""
        for name in self.groups_of.get(fold(user.name), ()):
            yield from self.of_group(self.live.groups[fold(name)])
        yield from self.direct(user)

    def of_group(self, group: LiveGroup) -> Iterator[Held]:
        """Yield what the members of a group hold through it."""
        for arn in sorted(group.policies or ()):
            yield Held(self.managed(arn), self.document(arn), group.name)
        for name, document in sorted((group.inline or {}).items()):
            yield Held(PolicyName(name, "inline", owner=f"group/{group.name}"), document, group.name)
        if group.policies is None or group.inline is None:
            yield Held(_unread(f"group/{group.name}"), None, group.name)

    def direct(self, user: LiveUser) -> Iterator[Held]:
        """Yield what the user holds without a group."""
        for arn in sorted(user.policies or ()):
            yield Held(self.managed(arn), self.document(arn))
        for name, document in sorted((user.inline or {}).items()):
            yield Held(PolicyName(name, "inline", owner=f"user/{user.name}"), document)
        if user.policies is None or user.inline is None:
            yield Held(_unread(f"user/{user.name}"), None)

    def managed(self, arn: str) -> PolicyName:
        """Return the name of a managed policy, with its version where that is known."""
        known = self.live.policies.get(arn)
        return PolicyName(
            short(arn).partition(":")[2], "managed", arn, "", known.default_version if known else ""
        )

    def document(self, arn: str) -> Any:
        """Return the document of a managed policy; None where it was not read."""
        known = self.live.policies.get(arn)
        return known.document if known else None


def _unread(owner: str) -> PolicyName:
    return PolicyName("policies that could not be read", "inline", owner=owner)
