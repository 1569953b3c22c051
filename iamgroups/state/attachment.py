"""A managed policy is attached to a group. Address: `attachment/G/P`, P as `aws:Name` or `local:Name`."""

from typing import NamedTuple

from iamgroups.state.call import Call
from iamgroups.state.names import short


class Attachment(NamedTuple):
    """A managed policy is attached to a group."""

    group: str
    arn: str

    @property
    def address(self) -> str:
        """Return `attachment/G/P`."""
        return f"attachment/{self.group}/{short(self.arn)}"

    def create(self) -> Call:
        """Return AttachGroupPolicy."""
        return Call("AttachGroupPolicy", {"GroupName": self.group, "PolicyArn": self.arn})

    def delete(self) -> Call:
        """Return DetachGroupPolicy."""
        return Call("DetachGroupPolicy", {"GroupName": self.group, "PolicyArn": self.arn})
