"""A managed policy is attached to a group. Address: `attachment/G/P`, P as `aws:Name` or `local:Name`."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from iamgroups.state.call import Call, Reread
from iamgroups.state.kind import Fact, Kind, Text
from iamgroups.state.live import LiveState, among
from iamgroups.state.names import same_name, short


@dataclass(frozen=True, slots=True)
class Attachment(Fact):
    """A managed policy is attached to a group."""

    group: str
    arn: str

    kind: ClassVar = Kind(
        name="attachment",
        nouns=("policy", "policies"),
        address=Text("attachment/{group}/{policy}"),
        owner=Text("group/{group}"),
        label=Text("{policy}"),
        names=(Text("group/{group}"),),
        there=Text("{policy} is attached to {group}"),
        missing=Text("{policy} is not attached to {group}"),
        actions=("create", "delete"),
        # IAM answers ConcurrentModification to concurrent attaches and detaches on one group or user
        # (terraform-provider-aws issues 34371, 34378).
        lock=Text("group/{group}"),
    )

    @property
    def policy(self) -> str:
        """Return the policy as `aws:Name` or `local:Name`."""
        return short(self.arn)

    def create(self) -> Call:
        """Return AttachGroupPolicy."""
        return Call("AttachGroupPolicy", {"GroupName": self.group, "PolicyArn": self.arn})

    def delete(self) -> Call:
        """Return DetachGroupPolicy."""
        return Call("DetachGroupPolicy", {"GroupName": self.group, "PolicyArn": self.arn})

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look through the policies of the group."""
        fits = partial(same_name, self.arn)
        params = {"GroupName": self.group}
        return (Reread("ListAttachedGroupPolicies", params, ("PolicyArn",), fits, each="AttachedPolicies"),)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the group has this policy."""
        group = live.group(self.group)
        return group is not None and among(self.arn, group.policies)
