"""A customer managed policy the configuration owns, and its versions.

Addresses: `policy/P`, and `policy/P/vN` for a version that goes.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from iamgroups.policy.meaning import meaning, same
from iamgroups.state.call import Call, Reread, Told
from iamgroups.state.kind import Fact, Kind, Text
from iamgroups.state.live import LiveState

# The tag that says which configuration made a policy: groups cannot be tagged, policies can.
OWNER_TAG = "managed-by"


@dataclass(frozen=True, slots=True)
class PolicyFact(Fact):
    """A customer managed policy with its default document, as compact JSON text.

    `made_by` is the owner that a new policy is tagged with.
    """

    name: str
    path: str
    arn: str
    document: str
    description: str = ""
    made_by: str = ""

    kind: ClassVar = Kind(
        name="policy",
        nouns=("policy document", "policy documents"),
        address=Text("policy/{name}"),
        owner=Text("policy/{name}"),
        label=Text("{name}"),
        names=(),
        there=Text("policy {name} exists"),
        missing=Text("policy {name} does not exist"),
        actions=("create", "update", "delete"),
        lock=Text("{arn}"),
        makes=Text("{arn}"),
        versioned=True,
    )

    @property
    def meaning(self) -> list[Any]:
        """Return the fact with what its document means."""
        try:
            document = meaning(json.loads(self.document))
        except ValueError:  # a saved plan is untrusted input
            document = self.document
        return [self.name, self.path, self.arn, "", self.description, document]

    def create(self) -> Call:
        """Return CreatePolicy; IAM takes a description at creation only."""
        params: dict[str, Any] = {
            "PolicyName": self.name,
            "Path": self.path,
            "PolicyDocument": self.document,
            "Tags": [{"Key": OWNER_TAG, "Value": self.made_by}],
        }
        if self.description:
            params["Description"] = self.description
        return Call("CreatePolicy", params)

    def update(self, before: "PolicyFact") -> Call:
        """Return CreatePolicyVersion, which becomes the default at once."""
        return Call(
            "CreatePolicyVersion",
            {"PolicyArn": self.arn, "PolicyDocument": self.document, "SetAsDefault": True},
        )

    def delete(self) -> Call:
        """Return DeletePolicy; IAM refuses while anything holds it or another version exists."""
        return Call("DeletePolicy", {"PolicyArn": self.arn})

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look at the policy, and at its default document where the fact has one."""
        exists = Reread("GetPolicy", {"PolicyArn": self.arn})
        if not self.document:
            return (exists,)
        params = {"PolicyArn": self.arn, "VersionId": Told(("Policy", "DefaultVersionId"))}
        fits = partial(same, json.loads(self.document))
        return exists, Reread("GetPolicyVersion", params, ("PolicyVersion", "Document"), fits)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the policy exists, with `exactly` also its document; it may not have been read."""
        policy = live.policies.get(self.arn)
        if policy is None:
            return False if live.local_listed else None
        if not exactly:
            return True
        return None if policy.document is None else same(policy.document, json.loads(self.document))

    def changed(self, before: "PolicyFact") -> str:
        """Return that the document is another one."""
        return f"policy {self.name} has another document"

    def differences(self, before: "PolicyFact") -> tuple[str, ...]:
        """Return the lines by which the document differs from an earlier one. Raises: ValueError."""
        from iamgroups.policy.difference import differences

        return differences(json.loads(before.document), json.loads(self.document))


@dataclass(frozen=True, slots=True)
class PolicyVersionFact(Fact):
    """A version of a customer managed policy that is not the default."""

    name: str
    arn: str
    version: str

    kind: ClassVar = Kind(
        name="policy-version",
        nouns=("policy version", "policy versions"),
        address=Text("policy/{name}/{version}"),
        owner=Text("policy/{name}"),
        label=Text("{name} {version}"),
        names=(),
        there=Text("policy {name}/{version} exists"),
        missing=Text("policy {name}/{version} does not exist"),
        actions=("delete",),
        lock=Text("{arn}"),
    )

    def delete(self) -> Call:
        """Return DeletePolicyVersion."""
        return Call("DeletePolicyVersion", {"PolicyArn": self.arn, "VersionId": self.version})

    def rereads(self) -> tuple[Reread, ...]:
        """Return a look at the version."""
        return (Reread("GetPolicyVersion", {"PolicyArn": self.arn, "VersionId": self.version}),)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether the policy has the version; False where versions were not listed.

        They are listed only where a plan needs them. Otherwise IAM's answer has to do.
        """
        policy = live.policies.get(self.arn)
        if policy is None:
            return False if live.local_listed else None
        return policy.versions is not None and self.version in policy.versions
