"""A managed policy is attached to a user, outside any group. Address: `direct/U/P`. Never created by us."""

from typing import NamedTuple

from iamgroups.state.call import Call
from iamgroups.state.names import short


class Direct(NamedTuple):
    """A managed policy is attached directly to a user."""

    user: str
    arn: str

    @property
    def address(self) -> str:
        """Return `direct/U/P`."""
        return f"direct/{self.user}/{short(self.arn)}"

    def delete(self) -> Call:
        """Return DetachUserPolicy."""
        return Call("DetachUserPolicy", {"UserName": self.user, "PolicyArn": self.arn})
