"""A user is in a group. Address: `membership/G/U`."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from iamgroups.state.call import Call, Reread
from iamgroups.state.kind import Fact, Kind, Text
from iamgroups.state.live import LiveState, among
from iamgroups.state.names import same_name


@dataclass(frozen=True, slots=True)
class Membership(Fact):
    """A user is in a group."""

    group: str
    user: str

    kind: ClassVar = Kind(
        name="membership",
        nouns=("member", "members"),
        address=Text("membership/{group}/{user}"),
        owner=Text("group/{group}"),
        label=Text("{user}"),
        names=(Text("group/{group}"), Text("user/{user}")),
        there=Text("{user} is in {group}"),
        missing=Text("{user} is not in {group}"),
        actions=("create", "delete"),
    )

    def create(self) -> Call:
        """Return AddUserToGroup."""
        return Call("AddUserToGroup", {"GroupName": self.group, "UserName": self.user})

    def delete(self) -> Call:
        """Return RemoveUserFromGroup."""
        return Call("RemoveUserFromGroup", {"GroupName": self.group, "UserName": self.user})

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look through the groups of the user."""
        fits = partial(same_name, self.group)
        return (Reread("ListGroupsForUser", {"UserName": self.user}, ("GroupName",), fits, each="Groups"),)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the group has this member."""
        group = live.group(self.group)
        return group is not None and among(self.user, group.members)
