"""An inline policy of a group or a user: `inline/group/G/P`, `inline/user/U/P`."""

from dataclasses import dataclass
from typing import ClassVar

from iamgroups.state.call import Call, Reread
from iamgroups.state.kind import Fact, Kind, Text
from iamgroups.state.live import LiveState, among


@dataclass(frozen=True, slots=True)
class InlineGroup(Fact):
    """A group has an inline policy. The files only end this; `undo` makes it again.

    `document` is compact JSON text where it is to be made, else "".
    """

    group: str
    policy: str
    document: str = ""

    kind: ClassVar = Kind(
        name="inline-group",
        nouns=("inline policy", "inline policies"),
        address=Text("inline/group/{group}/{policy}"),
        owner=Text("group/{group}"),
        label=Text("{policy}"),
        names=(Text("group/{group}"),),
        there=Text("group {group} has the inline policy {policy}"),
        missing=Text("group {group} does not have the inline policy {policy}"),
        actions=("create", "delete"),
    )

    def create(self) -> Call:
        """Return PutGroupPolicy."""
        params = {"GroupName": self.group, "PolicyName": self.policy, "PolicyDocument": self.document}
        return Call("PutGroupPolicy", params)

    def delete(self) -> Call:
        """Return DeleteGroupPolicy."""
        return Call("DeleteGroupPolicy", {"GroupName": self.group, "PolicyName": self.policy})

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look at the inline policy."""
        return (Reread("GetGroupPolicy", {"GroupName": self.group, "PolicyName": self.policy}),)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the group has an inline policy of this name."""
        group = live.group(self.group)
        return group is not None and among(self.policy, group.inline)


@dataclass(frozen=True, slots=True)
class InlineUser(Fact):
    """A user has an inline policy; only ever reported."""

    user: str
    policy: str

    kind: ClassVar = Kind(
        name="inline-user",
        nouns=("inline policy", "inline policies"),
        address=Text("inline/user/{user}/{policy}"),
        owner=Text("user/{user}"),
        label=Text("{policy}"),
        names=(Text("user/{user}"),),
        there=Text("{user} has the inline policy {policy}"),
        missing=Text("{user} does not have the inline policy {policy}"),
        actions=(),
    )

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look at the inline policy."""
        return (Reread("GetUserPolicy", {"UserName": self.user, "PolicyName": self.policy}),)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the user has an inline policy of this name."""
        user = live.user(self.user)
        return user is not None and among(self.policy, user.inline)
