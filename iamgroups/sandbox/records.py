"""What one account holds, as frozen records: a write replaces the whole record.

Frozen, so that a copy of an account is a copy of four dicts, and what was answered for a record once
(`detail`) stays right for as long as the record is the same.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from iamgroups.sandbox.documents import Document


class Answer(dict[str, Any]):
    """Part of an answer that may be given again: `xml` is how it was rendered. Treat as read-only."""

    __slots__ = ("xml",)

    def __init__(self, value: Mapping[str, Any]) -> None:
        super().__init__(value)
        self.xml: str | None = None


class Version(NamedTuple):
    """One version of a managed policy."""

    id: str
    created: datetime
    document: Document


@dataclass(frozen=True)
class Group:
    """A group. `members` are user names, `attached` policy ARNs, in the order they came."""

    name: str
    path: str
    id: str
    arn: str
    created: datetime
    members: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    inline: Mapping[str, Document] = field(default_factory=dict)

    @cached_property
    def brief(self) -> Answer:
        """Return the API's `Group`."""
        return Answer(_identity("Group", self))

    @cached_property
    def detail(self) -> Answer:
        """Return the API's `GroupDetail`."""
        return Answer(
            {
                **_identity("Group", self),
                "GroupPolicyList": _inline(self.inline),
                "AttachedManagedPolicies": attached_policies(self.attached),
            }
        )


@dataclass(frozen=True)
class User:
    """A user. `groups` are group names as spelled now, `keys` access key ids."""

    name: str
    path: str
    id: str
    arn: str
    created: datetime
    groups: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    inline: Mapping[str, Document] = field(default_factory=dict)
    boundary: str | None = None
    keys: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    @cached_property
    def brief(self) -> Answer:
        """Return the API's `User` as ListUsers answers it: without tags and boundary."""
        return Answer(_identity("User", self))

    @cached_property
    def detail(self) -> Answer:
        """Return the API's `UserDetail`."""
        return Answer(
            {
                **_identity("User", self),
                # IAM leaves this one list out when it is empty.
                **({"UserPolicyList": _inline(self.inline)} if self.inline else {}),
                "GroupList": list(self.groups),
                "AttachedManagedPolicies": attached_policies(self.attached),
                **extras(self),
            }
        )


@dataclass(frozen=True)
class Role:
    """A role; `trust` says who may assume it."""

    name: str
    path: str
    id: str
    arn: str
    created: datetime
    trust: Document
    attached: tuple[str, ...] = ()
    inline: Mapping[str, Document] = field(default_factory=dict)
    boundary: str | None = None
    tags: tuple[tuple[str, str], ...] = ()

    @cached_property
    def brief(self) -> Answer:
        """Return the API's `Role`."""
        return Answer({**_identity("Role", self), "AssumeRolePolicyDocument": self.trust})

    @cached_property
    def detail(self) -> Answer:
        """Return the API's `RoleDetail`."""
        return Answer(
            {
                **self.brief,
                "InstanceProfileList": [],
                "RolePolicyList": _inline(self.inline),
                "AttachedManagedPolicies": attached_policies(self.attached),
                **extras(self),
            }
        )


@dataclass(frozen=True)
class Policy:
    """A managed policy. `versions` in the order they were made; `made` counts those ever made."""

    name: str
    path: str
    id: str
    arn: str
    created: datetime
    updated: datetime
    default: str
    versions: tuple[Version, ...]
    attachable: bool = True
    description: str = ""
    made: int = 1
    tags: tuple[tuple[str, str], ...] = ()

    def version(self, id: str) -> Version | None:
        """Return the version with this id."""
        return next((version for version in self.versions if version.id == id), None)


def attached_policies(arns: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the API's list of `AttachedPolicy`."""
    return [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]


def extras(record: User | Role) -> dict[str, Any]:
    """Return what only the detailed calls answer: boundary and tags."""
    found: dict[str, Any] = {}
    if record.boundary:
        found["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": record.boundary,
        }
    if record.tags:
        found["Tags"] = [{"Key": key, "Value": value} for key, value in record.tags]
    return found


def unique_id(prefix: str, seed: str) -> str:
    """Return an id of IAM's shape (AIDA..., AGPA..., ANPA..., AROA...), 21 characters; same seed, same id."""
    digest = hashlib.sha256(f"{prefix}/{seed}".encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:17]


def _identity(kind: str, record: Group | User | Role) -> dict[str, Any]:
    return {
        "Path": record.path,
        f"{kind}Name": record.name,
        f"{kind}Id": record.id,
        "Arn": record.arn,
        "CreateDate": record.created,
    }


def _inline(documents: Mapping[str, Document]) -> list[dict[str, Any]]:
    return [{"PolicyName": name, "PolicyDocument": document} for name, document in documents.items()]
