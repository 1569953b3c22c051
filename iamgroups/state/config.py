"""Config: what the YAML declares, every value with its position.

Teams and policy sets are already expanded; names are as written. A `None` where a list is expected means the
key is absent ("not managed"), which is never the same as an empty list.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from iamgroups.errors import Position
from iamgroups.policy.template import filled
from iamgroups.state.names import matches
from iamgroups.state.term import Time

Management = Literal["exclusive", "additive"]
InlineMode = Literal["ignore", "report", "delete", "convert"]
# Attached by AWS itself or by incident responders: no plan takes them from anybody unasked.
CONTAINMENT = ("aws:AWSDenyAll", "aws:AWSCompromisedKeyQuarantine*")
PolicySpec = str  # a full ARN, `aws:Name` or `local:[path/]Name`


class PolicyRef(NamedTuple):
    """A policy reference as written. `via` names the policy set it came through, "" when written out.

    `starts` and `expires`: see `state.term`; a group's own references alone have them.
    """

    spec: PolicySpec
    position: Position
    via: str = ""
    starts: Time | None = None
    expires: Time | None = None


class Member(NamedTuple):
    """One person in one group, for a time where it has `starts` or `expires`: see `state.term`.

    `via` names the team, "" when written out. `position` is the line that
    names the person; for a team, the line in the team.
    """

    user: str
    position: Position
    expires: Time | None = None
    reason: str = ""
    pending: bool = False
    via: str = ""
    starts: Time | None = None


@dataclass(frozen=True, slots=True)
class GroupDecl:
    """A declared group, its policies and people once each. `path` is None unless the group itself sets it.

    `spared`: globs of users who stay in an exclusive group although no file lists them. `inline_policies`:
    in the place of the setting.
    """

    name: str
    position: Position
    description: str = ""
    path: str | None = None
    policies: tuple[PolicyRef, ...] | None = None
    members: tuple[Member, ...] | None = None
    membership: Management = "exclusive"
    spared: tuple[str, ...] = ()
    attachments: Management = "exclusive"
    inline_policies: InlineMode | None = None
    members_position: Position | None = None
    policies_position: Position | None = None

    def keeps(self, user: str) -> bool:
        """Tell whether a member whom no file lists stays."""
        return self.membership == "additive" or any(matches(glob, user) for glob in self.spared)


@dataclass(frozen=True, slots=True)
class PolicyDecl:
    """A customer managed policy the configuration owns; `document` is the parsed JSON.

    `partitions`: each partition that its resources name, with the first place that does. `template`: the
    JSON text of a document that is filled in for each account, "" for any other; `document` is then as
    the partition `aws` has it.
    """

    name: str
    position: Position
    document: Any
    path: str = "/"
    description: str = ""
    adopt: bool = False
    partitions: tuple[tuple[str, Position], ...] = ()
    template: str = ""

    def document_for(self, account_id: str, partition: str) -> Any:
        """Return the document as an account has it."""
        return json.loads(filled(self.template, account_id, partition)) if self.template else self.document


@dataclass(frozen=True, slots=True)
class UserDecl:
    """An exception: policies this user keeps directly."""

    name: str
    position: Position
    keep_direct: tuple[PolicyRef, ...]
    reason: str


class Moved(NamedTuple):
    """A rename of a group."""

    source: str
    to: str
    position: Position


class Removed(NamedTuple):
    """A group or an owned policy that has to go. `adopt`: a policy even when another owner made it."""

    kind: Literal["group", "policy"]
    name: str
    position: Position
    reason: str = ""
    adopt: bool = False


class Accepted(NamedTuple):
    """Something that no file declares and that drift does not fail for.

    `match` is an address or a glob of addresses, `until` the last day, UTC. `document` is the digest of the
    only policy document it holds for, "sha256:..."; "" for any.
    """

    match: str
    position: Position
    reason: str = ""
    until: date | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """`settings`, with its defaults.

    `direct_ignored` and `inline_ignored`: patterns of the users and groups whose own policies are left out.
    """

    path: str = "/"
    undeclared_groups: Literal["ignore", "report", "delete"] = "report"
    direct_policies: Literal["ignore", "report", "detach_covered", "detach_all"] = "detach_covered"
    direct_ignored: tuple[str, ...] = ()
    inline_policies: InlineMode = "report"
    owner: str = "iamgroups"
    containment: tuple[str, ...] = CONTAINMENT
    inline_ignored: tuple[str, ...] = ()
    unknown_members: Literal["refuse", "warn"] = "refuse"
    lock: str = ""
    position: Position | None = None


class NamePattern(NamedTuple):
    """A name or pattern in a guardrail, with its position."""

    pattern: str
    position: Position


Names = tuple[NamePattern, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """The merged configuration. Groups, policies and users keep the order of the files.

    `roles`: plan, apply or drift -> the name or ARN of the role to assume for it.
    `guardrails`: name -> its setting as written or by default, as the rule's own file reads it.
    `digest` is of what the configuration and its documents mean, not of their bytes: sha256, hex.
    """

    root: str
    account_id: str
    groups: tuple[GroupDecl, ...] = ()
    policies: tuple[PolicyDecl, ...] = ()
    users: tuple[UserDecl, ...] = ()
    moved: tuple[Moved, ...] = ()
    removed: tuple[Removed, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    guardrails: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[tuple[str, Position], ...] = ()
    digest: str = ""
