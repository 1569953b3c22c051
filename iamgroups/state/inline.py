"""An inline policy of a group or a user: `inline/group/G/P`, `inline/user/U/P`. Never created by us."""

from typing import NamedTuple

from iamgroups.state.call import Call


class InlineGroup(NamedTuple):
    """A group has an inline policy."""

    group: str
    policy: str

    @property
    def address(self) -> str:
        """Return `inline/group/G/P`."""
        return f"inline/group/{self.group}/{self.policy}"

    def delete(self) -> Call:
        """Return DeleteGroupPolicy."""
        return Call("DeleteGroupPolicy", {"GroupName": self.group, "PolicyName": self.policy})


class InlineUser(NamedTuple):
    """A user has an inline policy; only ever reported."""

    user: str
    policy: str

    @property
    def address(self) -> str:
        """Return `inline/user/U/P`."""
        return f"inline/user/{self.user}/{self.policy}"
