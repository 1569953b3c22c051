"""LiveState: what IAM says of one account, as plain data.

Everything is spelled as IAM spells it. `None` where a value is expected means *unknown* (a permission was
missing), which is never the same as empty.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from iamgroups.state.names import fold

OnRead = Callable[[str], None]  # is told, from any thread, how far the reading of an account is


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are talking to, from sts:GetCallerIdentity.

    `endpoint` is the IAM endpoint when it is not AWS's own, else "".
    """

    id: str
    partition: str
    caller_arn: str
    caller_id: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class LiveGroup:
    """A group: attached policy ARNs, member names, inline policy name -> document (a dict)."""

    name: str
    path: str
    id: str
    arn: str
    policies: frozenset[str] | None = frozenset()
    members: frozenset[str] | None = frozenset()
    inline: Mapping[str, Any] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveUser:
    """A user: directly attached policy ARNs, inline policy name -> document (a dict).

    `boundary` is the ARN of the permissions boundary; `tags` are key -> value.
    """

    name: str
    path: str
    id: str
    arn: str
    policies: frozenset[str] | None = frozenset()
    inline: Mapping[str, Any] | None = field(default_factory=dict)
    boundary: str | None = None
    tags: Mapping[str, str] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """A managed policy proved to exist.

    `holders` counts groups, users and roles it is attached to, plus permissions boundaries; None when not
    read. `document` is the default version's document when it was read; `versions` the ids of every version
    (`v1`...) with the default first when they were listed; `tags` and `description` GetPolicy's, None when
    not read.
    """

    arn: str
    attachable: bool = True
    default_version: str = ""
    holders: int | None = None
    document: Any | None = None
    versions: tuple[str, ...] | None = None
    tags: Mapping[str, str] | None = None
    description: str | None = None


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, GetAccountSummary's key names.
DOCUMENTED_QUOTAS: Mapping[str, int] = {
    "GroupsQuota": 300,
    "GroupsPerUserQuota": 10,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "PoliciesQuota": 1500,
    "PolicySizeQuota": 6144,
    "VersionsPerPolicyQuota": 5,
    "UsersQuota": 5000,
}


@dataclass(frozen=True)
class LiveState:
    """One account, read whole.

    `groups` and `users` are keyed by `fold(name)`; `policies` by ARN and holds what was proved to exist.
    `local_listed` / `aws_listed`: all customer / AWS managed policies are in `policies`.
    `quotas` are GetAccountSummary's; `quotas_known` is False when they are the documented defaults.
    `denied`: what could not be read, as IAM actions ("iam:ListUserPolicies").
    `frozen`: it comes from a file. A document of AWS that is not in it cannot be read.
    """

    account: Account
    groups: Mapping[str, LiveGroup]
    users: Mapping[str, LiveUser]
    policies: Mapping[str, LivePolicy] = field(default_factory=dict)
    local_listed: bool = False
    aws_listed: bool = False
    quotas: Mapping[str, int] = field(default_factory=lambda: DOCUMENTED_QUOTAS)
    quotas_known: bool = True
    denied: tuple[str, ...] = ()
    frozen: bool = False

    @cached_property
    def groups_of(self) -> Mapping[str, frozenset[str]]:
        """User name -> names of the groups they are in, as far as members are known."""
        found: dict[str, set[str]] = {}
        for group in self.groups.values():
            for user in group.members or ():
                found.setdefault(user, set()).add(group.name)
        return {user: frozenset(groups) for user, groups in found.items()}

    @cached_property
    def held_arns(self) -> frozenset[str]:
        """ARNs of every managed policy some group or user holds: proof that they exist."""
        arns: set[str] = set()
        for group in self.groups.values():
            arns.update(group.policies or ())
        for user in self.users.values():
            arns.update(user.policies or ())
        return frozenset(arns)

    def group(self, name: str) -> LiveGroup | None:
        """Return the group IAM finds under this name, ignoring case."""
        return self.groups.get(fold(name))

    def user(self, name: str) -> LiveUser | None:
        """Return the user IAM finds under this name, ignoring case."""
        return self.users.get(fold(name))


def among(name: str, names: Iterable[str] | None) -> bool | None:
    """Tell whether a name is one of these; None when they are unknown."""
    return None if names is None else name in names
