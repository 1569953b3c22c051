"""One account's records, found by name without regard to case."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from iamgroups.sandbox.aws_managed import aws_managed_policies
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Group, Policy, Role, User, unique_id
from iamgroups.state.names import fold, parse_policy_arn

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html, a standard account's values.
QUOTAS: Mapping[str, int] = MappingProxyType(
    {
        "AccessKeysPerUserQuota": 2,
        "AttachedPoliciesPerGroupQuota": 10,
        "AttachedPoliciesPerRoleQuota": 10,
        "AttachedPoliciesPerUserQuota": 10,
        "GroupPolicySizeQuota": 5120,
        "GroupsPerUserQuota": 10,
        "GroupsQuota": 300,
        "PoliciesQuota": 1500,
        "PolicySizeQuota": 6144,
        "PolicyVersionsInUseQuota": 10000,
        "RolePolicySizeQuota": 10240,
        "RolesQuota": 1000,
        "UserPolicySizeQuota": 2048,
        "UsersQuota": 5000,
        "VersionsPerPolicyQuota": 5,
    }
)
Record = TypeVar("Record")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Facts(NamedTuple):
    """What an account comes to: (group, user), (group, policy ARN) and (user, policy ARN) pairs."""

    memberships: frozenset[tuple[str, str]]
    attachments: frozenset[tuple[str, str]]
    direct: frozenset[tuple[str, str]]


class Holder(NamedTuple):
    """Who a managed policy is attached to, or whom it bounds."""

    kind: str
    record: Group | User | Role
    boundary: bool = False


class Store:
    """The records of one account, keyed by `fold(name)` (policies: by ARN).

    `seeded` holds the AWS managed policies that a seed described. `page_size`: entries asked for -> entries
    answered, since pages may be shorter than asked.
    """

    def __init__(
        self,
        account_id: str,
        partition: str = "aws",
        quotas: Mapping[str, int] | None = None,
        page_size: Callable[[int], int] = lambda asked: asked,
        clock: Callable[[], datetime] = lambda: EPOCH,
    ) -> None:
        self.account_id = account_id
        self.partition = partition
        self.quotas = {**QUOTAS, **(quotas or {})}
        self.page_size = page_size
        self.clock = clock
        self.groups: dict[str, Group] = {}
        self.users: dict[str, User] = {}
        self.roles: dict[str, Role] = {}
        self.policies: dict[str, Policy] = {}
        self.seeded: Mapping[str, Policy] = {}
        self.made = 0

    def copy(self) -> "Store":
        """Return a store that changes on its own; costs one copy of each dict."""
        other = Store(self.account_id, self.partition, self.quotas, self.page_size, self.clock)
        other.groups = dict(self.groups)
        other.users = dict(self.users)
        other.roles = dict(self.roles)
        other.policies = dict(self.policies)
        other.seeded = self.seeded
        other.made = self.made
        return other

    def new_id(self, prefix: str) -> str:
        """Return the next id of this account; the same calls give the same ids."""
        self.made += 1
        return unique_id(prefix, f"{self.account_id}/{self.made}")

    def arn(self, kind: str, path: str, name: str) -> str:
        """Return the ARN of something of this account."""
        return f"arn:{self.partition}:iam::{self.account_id}:{kind}{path}{name}"

    def group(self, name: str) -> Group:
        """Return the group of this name; raises IamError NoSuchEntity."""
        return _found(self.groups.get(fold(name)), "group", name)

    def user(self, name: str) -> User:
        """Return the user of this name; raises IamError NoSuchEntity."""
        return _found(self.users.get(fold(name)), "user", name)

    def role(self, name: str) -> Role:
        """Return the role of this name; raises IamError NoSuchEntity."""
        return _found(self.roles.get(fold(name)), "role", name)

    def policy(self, arn: str) -> Policy:
        """Return the managed policy of this ARN; raises IamError NoSuchEntity or ValidationError."""
        parts = parse_policy_arn(arn)
        if parts is None:
            raise IamError("ValidationError", f"ARN {arn} is not valid.")
        policy = self.policies.get(arn)
        if policy is None and parts.owner == "aws":
            policy = self.seeded.get(arn) or aws_managed_policies(self.partition).get(arn)
        if policy is None:
            raise IamError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
        return policy

    def aws_policies(self) -> Mapping[str, Policy]:
        """Return ARN -> AWS managed policy, as a seed tells them before moto's data does."""
        return {**aws_managed_policies(self.partition), **self.seeded}

    def put(self, record: Group | User | Role | Policy) -> None:
        """Put a record in the place of the one with its name (policy: its ARN)."""
        match record:
            case Group():
                self.groups[fold(record.name)] = record
            case User():
                self.users[fold(record.name)] = record
            case Role():
                self.roles[fold(record.name)] = record
            case Policy():
                self.policies[record.arn] = record

    def attachments(self) -> Iterator[tuple[str, Holder]]:
        """Yield every (policy ARN, holder), boundaries included: one pass over the account."""
        for group in self.groups.values():
            yield from ((arn, Holder("Group", group)) for arn in group.attached)
        for kind, records in (("User", self.users), ("Role", self.roles)):
            for record in records.values():
                yield from ((arn, Holder(kind, record)) for arn in record.attached)
                if record.boundary:
                    yield record.boundary, Holder(kind, record, boundary=True)

    def facts(self) -> Facts:
        """Return the pairs that decide who holds what."""
        groups, users = self.groups.values(), self.users.values()
        return Facts(
            frozenset((group.name, user) for group in groups for user in group.members),
            frozenset((group.name, arn) for group in groups for arn in group.attached),
            frozenset((user.name, arn) for user in users for arn in user.attached),
        )


def _found(record: Record | None, kind: str, name: str) -> Record:
    if record is None:
        raise IamError("NoSuchEntity", f"The {kind} with name {name} cannot be found.")
    return record
