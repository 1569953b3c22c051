"""A group exists. Address: `group/G`."""

from dataclasses import dataclass
from functools import partial
from operator import eq
from typing import ClassVar

from iamgroups.state.call import Call, Reread
from iamgroups.state.kind import Fact, Kind, Text
from iamgroups.state.live import LiveState


@dataclass(frozen=True, slots=True)
class GroupFact(Fact):
    """A group exists at a path."""

    name: str
    path: str

    kind: ClassVar = Kind(
        name="group",
        nouns=("group", "groups"),
        address=Text("group/{name}"),
        owner=Text("group/{name}"),
        label=Text("{name}"),
        names=(Text("group/{name}"),),
        there=Text("group {name} exists"),
        missing=Text("group {name} does not exist"),
        actions=("create", "update", "delete"),
        details=Text("at {path}"),
        makes=Text("group/{name}"),
    )

    def create(self) -> Call:
        """Return CreateGroup."""
        return Call("CreateGroup", {"Path": self.path, "GroupName": self.name})

    def update(self, before: "GroupFact") -> Call:
        """Return UpdateGroup: a rename, a move or both; members and policies stay."""
        params: dict[str, str] = {"GroupName": before.name}
        if before.path != self.path:
            params["NewPath"] = self.path
        if before.name != self.name:
            params["NewGroupName"] = self.name
        return Call("UpdateGroup", params)

    def delete(self) -> Call:
        """Return DeleteGroup; IAM refuses while the group holds anything (DeleteConflict)."""
        return Call("DeleteGroup", {"GroupName": self.name})

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look at the group's path."""
        params = {"GroupName": self.name, "MaxItems": 1}
        return (Reread("GetGroup", params, ("Group", "Path"), partial(eq, self.path)),)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the group exists, with `exactly` under this spelling and at this path."""
        group = live.group(self.name)
        return group is not None and (not exactly or (group.name, group.path) == (self.name, self.path))

    def changed(self, before: "GroupFact") -> str:
        """Return how the group is declared otherwise."""
        named = f" as {self.name}" if self.name != before.name else ""
        moved = f" at {self.path}, not at {before.path}" if self.path != before.path else ""
        return f"group {before.name} is declared{named}{moved}"
