"""What each person can do on one side of some changes; people with the same policies are worked out once."""

from collections.abc import Hashable, Iterator
from typing import Any

from iamgroups.access.powers import DocumentPowers, PowerReader, Powers, powers, united
from iamgroups.access.side import Held, Side
from iamgroups.state.live import LiveUser


class People:
    """The powers of users and groups on one side."""

    def __init__(self, side: Side, reader: PowerReader) -> None:
        self.side = side
        self._reader = reader
        self._groups: dict[str, DocumentPowers] = {}
        self._users: dict[Hashable, Powers] = {}

    def of(self, user: LiveUser) -> Powers:
        """Return what a user can do."""
        groups = self.side.groups_of(user.name)
        direct = tuple(self.side.direct(user))
        key = (groups, tuple((held.policy, id(held.document)) for held in direct), user.boundary)
        if key not in self._users:
            parts = (*map(self.group, groups), *(self._reader.read(held.document) for held in direct))
            boundary = self.boundary(user)
            self._users[key] = powers(united(parts), boundary) if boundary else Powers(parts)
        return self._users[key]

    def boundary(self, user: LiveUser) -> DocumentPowers | None:
        """Return what a user's boundary allows; None without a boundary."""
        return self._reader.read(self.side.document(user.boundary)) if user.boundary else None

    def group(self, name: str) -> DocumentPowers:
        """Return what the members of a group have by it."""
        if name not in self._groups:
            held = self.side.of_group(name)
            self._groups[name] = self._reader.read_all(each.document for each in held)
        return self._groups[name]

    def unread(self, user: LiveUser) -> Iterator[Held]:
        """Yield the policies of a user that could not be read."""
        if self.of(user).unread:
            yield from (held for held in self.side.of_user(user) if self.read(held.document).unread)

    def read(self, document: Any) -> DocumentPowers:
        """Return what one document allows."""
        return self._reader.read(document)
