"""A managed policy is attached to a user, outside any group. Address: `direct/U/P`."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from iamgroups.state.call import Call, Reread
from iamgroups.state.kind import Fact, Kind, Text
from iamgroups.state.live import LiveState, among
from iamgroups.state.names import same_name, short


@dataclass(frozen=True, slots=True)
class Direct(Fact):
    """A managed policy is attached directly to a user. The files only end this; `undo` makes it again."""

    user: str
    arn: str

    kind: ClassVar = Kind(
        name="direct",
        nouns=("direct policy", "direct policies"),
        address=Text("direct/{user}/{policy}"),
        owner=Text("user/{user}"),
        label=Text("{policy}"),
        names=(Text("user/{user}"),),
        there=Text("{policy} is attached to {user} directly"),
        missing=Text("{policy} is not attached to {user} directly"),
        actions=("create", "delete"),
        lock=Text("user/{user}"),
    )

    @property
    def policy(self) -> str:
        """Return the policy as `aws:Name` or `local:Name`."""
        return short(self.arn)

    def create(self) -> Call:
        """Return AttachUserPolicy."""
        return Call("AttachUserPolicy", {"UserName": self.user, "PolicyArn": self.arn})

    def delete(self) -> Call:
        """Return DetachUserPolicy."""
        return Call("DetachUserPolicy", {"UserName": self.user, "PolicyArn": self.arn})

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look through the direct policies of the user."""
        fits = partial(same_name, self.arn)
        params = {"UserName": self.user}
        return (Reread("ListAttachedUserPolicies", params, ("PolicyArn",), fits, each="AttachedPolicies"),)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the user has this policy."""
        user = live.user(self.user)
        return user is not None and among(self.arn, user.policies)
