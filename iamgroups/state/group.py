"""A group exists. Address: `group/G`."""

from typing import NamedTuple

from iamgroups.state.call import Call


class GroupFact(NamedTuple):
    """A group exists at a path."""

    name: str
    path: str

    @property
    def address(self) -> str:
        """Return `group/G`."""
        return f"group/{self.name}"

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
