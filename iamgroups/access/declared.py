"""The lines of the files that make somebody hold something."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from iamgroups.errors import Position
from iamgroups.state.config import Config, GroupDecl, Member
from iamgroups.state.names import fold, short


@dataclass(frozen=True)
class Declared:
    """Where the files declare memberships and attachments; no file, no line."""

    config: Config | None = None

    def membership(self, group: str, user: str) -> Position | None:
        """Return the line that puts a user in a group."""
        member = self.member(group, user)
        return member.position if member else None

    def member(self, group: str, user: str) -> Member | None:
        """Return what the files say of a user in a group."""
        return self._members.get((fold(group), fold(user)))

    def attachment(self, group: str, arn: str) -> Position | None:
        """Return the line that attaches a managed policy to a group."""
        return self._policies.get((fold(group), fold(short(arn)))) if arn else None

    @cached_property
    def _members(self) -> Mapping[tuple[str, str], Member]:
        return {
            (fold(group.name), fold(member.user)): member
            for group in self._groups()
            for member in group.members or ()
        }

    @cached_property
    def _policies(self) -> Mapping[tuple[str, str], Position]:
        return {
            (fold(group.name), _label(ref.spec)): ref.position
            for group in self._groups()
            for ref in group.policies or ()
        }

    def _groups(self) -> Iterator[GroupDecl]:
        return iter(self.config.groups if self.config else ())


def _label(spec: str) -> str:
    owner, _, rest = spec.partition(":")
    return fold(short(spec) if owner == "arn" else f"{owner}:{rest.rpartition('/')[2]}")
