"""What the files say of access: the line that makes somebody hold something, and what they give for good."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from iamgroups.errors import Position
from iamgroups.state import Attachment, Direct, Fact, GroupFact, Membership
from iamgroups.state.config import Accepted, Config, GroupDecl, Member, UserDecl
from iamgroups.state.names import fold, short
from iamgroups.state.term import Time, is_lasting


class Declaration(NamedTuple):
    """What a file says of a fact: on which line, why, and until when."""

    position: Position
    reason: str = ""
    expires: Time | None = None


def _accepts_nothing(address: str) -> Accepted | None:
    return None


@dataclass(frozen=True)
class Declared:
    """The declared groups; none without a configuration. `accepted` returns an address's entry there."""

    config: Config | None = None
    accepted: Callable[[str], Accepted | None] = _accepts_nothing

    @cached_property
    def groups(self) -> Mapping[str, GroupDecl]:
        """Return folded name -> declared group, by name."""
        declared = self.config.groups if self.config else ()
        return {fold(group.name): group for group in sorted(declared, key=lambda group: group.name)}

    def line(self, fact: Fact) -> Position | None:
        """Return the line that declares a group, a membership or an attachment."""
        found = self._declarations.get(fold(fact.address))
        return found.position if found else None

    def declaration(self, fact: Fact) -> Declaration | None:
        """Return what declares a fact, keeps a direct policy, or accepts what no file declares."""
        found = self._declarations.get(fold(fact.address))
        entry = None if found else self.accepted(fact.address)
        return Declaration(entry.position, entry.reason, entry.until) if entry else found

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
    def _declarations(self) -> Mapping[str, Declaration]:
        of_groups = (pair for group in self.groups.values() for pair in _of_group(group))
        users = self.config.users if self.config else ()
        of_users = (pair for user in users for pair in _of_user(user))
        return {fold(address): found for address, found in (*of_groups, *of_users)}

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


def _of_group(group: GroupDecl) -> Iterator[tuple[str, Declaration]]:
    yield GroupFact(group.name, "").address, Declaration(group.position)
    for ref in group.policies or ():
        address = Attachment.kind.address.fill({"group": group.name, "policy": _short(ref.spec)})
        yield address, Declaration(ref.position, expires=ref.expires)
    for member in group.members or ():
        address = Membership(group.name, member.user).address
        yield address, Declaration(member.position, member.reason, member.expires)


def _of_user(user: UserDecl) -> Iterator[tuple[str, Declaration]]:
    for ref in user.keep_direct:
        address = Direct.kind.address.fill({"user": user.name, "policy": _short(ref.spec)})
        yield address, Declaration(ref.position, user.reason)


def _short(spec: str) -> str:
    """Return `aws:Name` or `local:Name` for a reference; names are unique per owner whatever the path."""
    owner, _, rest = spec.partition(":")
    return short(spec) if owner == "arn" else f"{owner}:{rest.rpartition('/')[2]}"
