"""The permissions one configuration needs, and no more. Pure.

Resource types and condition keys:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from iamgroups.guardrails import keep_caller
from iamgroups.state.config import Config, PolicyRef
from iamgroups.state.names import fold

Command = Literal["plan", "apply", "drift"]
NEVER_DETACHED = ("AWSDenyAll", "AWSCompromisedKeyQuarantine*")
CONTENTS = ("AddUserToGroup", "DeleteGroupPolicy", "RemoveUserFromGroup")
# What apply looks up when an answer was lost; on any path, for what is gone has none.
CHECKS = (
    "GetGroup",
    "GetGroupPolicy",
    "ListAttachedGroupPolicies",
    "ListAttachedUserPolicies",
    "ListGroupsForUser",
)


class Permission(NamedTuple):
    """One statement: actions on resources; `policies` are what iam:PolicyARN must be like, or not like."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    policies: tuple[str, ...] = ()
    operator: Literal["ArnLike", "ArnNotLike"] = "ArnLike"

    def statement(self) -> dict[str, Any]:
        """Return it as IAM's policy grammar wants it."""
        statement: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        if self.policies:
            statement["Condition"] = {self.operator: {"iam:PolicyARN": list(self.policies)}}
        return statement


def grants(
    config: Config, command: Command, exact: bool = False, partition: str = "aws"
) -> tuple[Permission, ...]:
    """Return what the command needs for this configuration, in a stable order.

    Groups are `group<settings.path>*` and those declared elsewhere; listed one by one where the path is "/",
    or with `exact`. What is listed may stand at any path: names are unique whatever the path.
    """
    needs = _Needs(config, f"arn:{partition}:iam::", exact)
    found = [*needs.reading()]
    if command != "drift":
        found += needs.own_role()
    if command == "apply":
        found += [needs.checking(), *needs.groups(), *needs.users(), *needs.owned(), *needs.lock(partition)]
    return tuple(grant for grant in found if grant.actions and grant.resources)


@dataclass(frozen=True)
class _Needs:
    config: Config
    prefix: str
    exact: bool

    def reading(self) -> Iterator[Permission]:
        """Yield the same for every configuration: a role that only reads need not change with it."""
        yield _permission(
            "ReadAccount", ["GetAccountAuthorizationDetails", "GetAccountSummary", "ListPolicies"], ["*"]
        )
        policies = [f"{self.prefix}aws:policy/*", self.arn("policy/*")]
        yield _permission("ReadPolicies", ["GetPolicy", "GetPolicyVersion", "ListPolicyVersions"], policies)

    def own_role(self) -> Iterator[Permission]:
        """Yield what keep_caller needs: it asks what the role holds when owned policies change."""
        if (self.owned_arns or self.removed("policy")) and keep_caller.GUARDRAIL.setting(self.config):
            yield _permission("ReadOwnRole", ["ListAttachedRolePolicies"], [self.arn("role/*")])

    def checking(self) -> Permission:
        return _permission("CheckWrites", CHECKS, [self.arn("group/*"), self.arn("user/*")])

    def groups(self) -> Iterator[Permission]:
        declared, settings = self.config.groups, self.config.settings
        removing = self.by_path or self.removed("group") or settings.undeclared_groups == "delete"
        moving = self.by_path or self.config.moved or any(group.path for group in declared)
        actions = {"CreateGroup"}
        actions |= {"UpdateGroup"} if moving else set()
        actions |= {"DeleteGroup", *CONTENTS} if removing else set()
        if any(group.members is not None for group in declared):
            actions |= {"AddUserToGroup", "RemoveUserFromGroup"}
        modes = {settings.inline_policies, *(group.inline_policies for group in declared)}
        if modes & {"delete", "convert"}:
            actions |= {"DeleteGroupPolicy"}
        yield _permission("ManageGroups", actions, self.group_arns)
        if removing or any(group.policies is not None for group in declared):
            yield self.detaching("DetachFromGroups", "DetachGroupPolicy", self.group_arns)
        attachable = self.policy_arns(ref for group in declared for ref in group.policies or ())
        if attachable:
            yield _permission("AttachDeclared", ["AttachGroupPolicy"], self.group_arns, attachable)

    def users(self) -> Iterator[Permission]:
        members = {member.user for group in self.config.groups for member in group.members or ()}
        arns = self.named("user", members) if self.exact else [self.arn("user/*")]
        mode = self.config.settings.direct_policies
        if mode == "detach_all":
            yield self.detaching("DetachDirect", "DetachUserPolicy", arns)
        covers = self.policy_arns(ref for group in self.config.groups for ref in group.policies or ())
        if mode == "detach_covered" and covers:
            yield _permission("DetachCovered", ["DetachUserPolicy"], arns, covers)

    def detaching(self, sid: str, action: str, resources: Iterable[str]) -> Permission:
        """Return the detaching of every policy but those that are never detached."""
        kept = [f"{self.prefix}aws:policy/{name}" for name in NEVER_DETACHED]
        return _permission(sid, [action], resources, kept)._replace(operator="ArnNotLike")

    def owned(self) -> Iterator[Permission]:
        actions = ["CreatePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "TagPolicy"]
        yield _permission("WriteOwnPolicies", actions, self.owned_arns)
        gone = self.named("policy", self.removed("policy"))
        yield _permission("DeletePolicies", ["DeletePolicy", "DeletePolicyVersion"], gone)

    def lock(self, partition: str) -> Iterator[Permission]:
        place = self.config.settings.lock.removeprefix("s3://")
        if place:
            actions = ("s3:GetObject", "s3:PutObject")
            yield Permission("Lock", actions, (f"arn:{partition}:s3:::{place}",))

    @property
    def by_path(self) -> bool:
        return not self.exact and self.config.settings.path != "/"

    @cached_property
    def group_arns(self) -> list[str]:
        settings = self.config.settings
        named = {group.name for group in self.config.groups}
        named |= {move.source for move in self.config.moved}
        named |= self.removed("group")
        if not self.by_path:
            whole = [f"group{settings.path}*"] if settings.undeclared_groups == "delete" else []
            return [*map(self.arn, whole), *self.named("group", named)]
        elsewhere = {
            group.name
            for group in self.config.groups
            if group.path is not None and not group.path.startswith(settings.path)
        }
        elsewhere |= self.removed("group")
        return [self.arn(f"group{settings.path}*"), *self.named("group", elsewhere)]

    def removed(self, kind: str) -> set[str]:
        return {entry.name for entry in self.config.removed if entry.kind == kind}

    @cached_property
    def owned_arns(self) -> list[str]:
        return sorted(self.arn(f"policy{decl.path}{decl.name}") for decl in self.config.policies)

    def policy_arns(self, refs: Iterable[PolicyRef]) -> list[str]:
        owned = {fold(decl.name): f"policy{decl.path}{decl.name}" for decl in self.config.policies}
        found: list[str] = []
        for spec in sorted({ref.spec for ref in refs}):
            owner, _, name = spec.partition(":")
            if owner == "arn":
                found.append(spec)
            elif owner == "aws":
                found += [f"{self.prefix}aws:policy/{name}", f"{self.prefix}aws:policy/*/{name}"]
            elif fold(name.rpartition("/")[2]) in owned:
                found.append(self.arn(owned[fold(name.rpartition("/")[2])]))
            elif "/" in name:
                found.append(self.arn(f"policy/{name.lstrip('/')}"))
            else:
                found += self.named("policy", [name])
        return found

    def named(self, kind: str, names: Iterable[str]) -> list[str]:
        """Return the two ARNs that name one group, user or policy whatever its path."""
        return [self.arn(f"{kind}{path}{name}") for name in sorted(set(names)) for path in ("/", "/*/")]

    def arn(self, resource: str) -> str:
        return f"{self.prefix}{self.config.account_id}:{resource}"


def _permission(
    sid: str, actions: Iterable[str], resources: Iterable[str], policies: Iterable[str] = ()
) -> Permission:
    named = tuple(f"iam:{action}" for action in sorted(set(actions)))
    return Permission(sid, named, tuple(dict.fromkeys(resources)), tuple(dict.fromkeys(policies)))


def documents(wanted: Iterable[Permission], limit: int = 6144) -> tuple[Mapping[str, Any], ...]:
    """Pack grants into policy documents of at most `limit` characters without white space, in order."""
    from iamgroups.policy.packing import pack

    return pack([grant.statement() for grant in wanted], limit)
