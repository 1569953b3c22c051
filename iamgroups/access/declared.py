"""What the files say of access: the line that makes somebody hold something, and what they give for good."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from iamgroups.errors import Position
from iamgroups.state import Attachment, Fact, GroupFact, Membership
from iamgroups.state.config import Config, GroupDecl, Member
from iamgroups.state.names import fold, short
from iamgroups.state.term import is_lasting


@dataclass(frozen=True)
class Declared:
    """The declared groups; none without a configuration."""

    config: Config | None = None

    @cached_property
    def groups(self) -> Mapping[str, GroupDecl]:
        """Return folded name -> declared group, by name."""
        declared = self.config.groups if self.config else ()
        return {fold(group.name): group for group in sorted(declared, key=lambda group: group.name)}

    def line(self, fact: Fact) -> Position | None:
        """Return the line that declares a group, a membership or an attachment."""
        return self._lines.get(fold(fact.address))

    def cover(self, user: str, arn: str) -> tuple[GroupDecl, Member] | None:
        """Return the first group that gives a user this policy for good, and the entry that puts them in it.

        A policy goes by its name, never by its document: a document can change tomorrow.
        """
        policy = fold(short(arn))
        for group, entry in self._entries.get(fold(user), ()):
            if policy in self._gives[fold(group.name)]:
                return group, entry
        return None

    @cached_property
    def _lines(self) -> Mapping[str, Position]:
        lines = (line for group in self.groups.values() for line in _lines(group))
        return {fold(address): position for address, position in lines}

    @cached_property
    def _entries(self) -> Mapping[str, list[tuple[GroupDecl, Member]]]:
        """Folded user -> the groups they are in for good, with the entries that say so."""
        found: dict[str, list[tuple[GroupDecl, Member]]] = {}
        for group in self.groups.values():
            for member in filter(is_lasting, group.members or ()):
                found.setdefault(fold(member.user), []).append((group, member))
        return found

    @cached_property
    def _gives(self) -> Mapping[str, frozenset[str]]:
        """Folded group -> the policies it has for good, folded."""
        return {
            key: frozenset(fold(_short(ref.spec)) for ref in filter(is_lasting, group.policies or ()))
            for key, group in self.groups.items()
        }


def _lines(group: GroupDecl) -> Iterator[tuple[str, Position]]:
    yield GroupFact(group.name, "").address, group.position
    for ref in group.policies or ():
        yield Attachment.kind.address.fill({"group": group.name, "policy": _short(ref.spec)}), ref.position
    for member in group.members or ():
        yield Membership(group.name, member.user).address, member.position


def _short(spec: str) -> str:
    """Return `aws:Name` or `local:Name` for a reference; names are unique per owner whatever the path."""
    owner, _, rest = spec.partition(":")
    return short(spec) if owner == "arn" else f"{owner}:{rest.rpartition('/')[2]}"
