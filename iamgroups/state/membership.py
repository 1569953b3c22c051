"""A user is in a group. Address: `membership/G/U`."""

from typing import NamedTuple

from iamgroups.state.call import Call


class Membership(NamedTuple):
    """A user is in a group."""

    group: str
    user: str

    @property
    def address(self) -> str:
        """Return `membership/G/U`."""
        return f"membership/{self.group}/{self.user}"

    def create(self) -> Call:
        """Return AddUserToGroup."""
        return Call("AddUserToGroup", {"GroupName": self.group, "UserName": self.user})

    def delete(self) -> Call:
        """Return RemoveUserFromGroup."""
        return Call("RemoveUserFromGroup", {"GroupName": self.group, "UserName": self.user})
