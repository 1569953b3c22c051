"""A customer managed policy the configuration owns, and its versions.

Addresses: `policy/P`, and `policy/P/vN` for a version that goes.
"""

from typing import Any, NamedTuple

from iamgroups.state.call import Call

# The mark of a policy this tool created: groups cannot be tagged, policies can.
OWNER_TAG = ("managed-by", "iamgroups")


class PolicyFact(NamedTuple):
    """A customer managed policy with its default document, as compact JSON text."""

    name: str
    path: str
    arn: str
    document: str
    description: str = ""

    @property
    def address(self) -> str:
        """Return `policy/P`."""
        return f"policy/{self.name}"

    def create(self) -> Call:
        """Return CreatePolicy; IAM takes a description at creation only."""
        params: dict[str, Any] = {
            "PolicyName": self.name,
            "Path": self.path,
            "PolicyDocument": self.document,
            "Tags": [{"Key": OWNER_TAG[0], "Value": OWNER_TAG[1]}],
        }
        if self.description:
            params["Description"] = self.description
        return Call("CreatePolicy", params)

    def update(self) -> Call:
        """Return CreatePolicyVersion, which becomes the default at once."""
        return Call(
            "CreatePolicyVersion",
            {"PolicyArn": self.arn, "PolicyDocument": self.document, "SetAsDefault": True},
        )

    def delete(self) -> Call:
        """Return DeletePolicy; IAM refuses while anything holds it or another version exists."""
        return Call("DeletePolicy", {"PolicyArn": self.arn})


class PolicyVersionFact(NamedTuple):
    """A version of a customer managed policy that is not the default."""

    name: str
    arn: str
    version: str

    @property
    def address(self) -> str:
        """Return `policy/P/vN`."""
        return f"policy/{self.name}/{self.version}"

    def delete(self) -> Call:
        """Return DeletePolicyVersion."""
        return Call("DeletePolicyVersion", {"PolicyArn": self.arn, "VersionId": self.version})
