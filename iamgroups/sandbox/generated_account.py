"""Accounts of a given size for benchmarks and tests: the same arguments give the same account.

Must draw from nothing but its seed.
"""

from random import Random

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.aws_managed import aws_managed_policies


def generate(
    groups: int, users: int, policies_per_group: int = 5, groups_per_user: int = 5, seed: int = 0
) -> StrictIam:
    """Return an account of groups `group-0000`... and users `user-00000`..., each in some of the groups."""
    quotas = {
        "GroupsQuota": max(300, groups),
        "UsersQuota": max(5000, users),
        "GroupsPerUserQuota": max(10, groups_per_user),
        "AttachedPoliciesPerGroupQuota": max(10, policies_per_group),
    }
    iam = StrictIam(quotas=quotas)
    random = Random(seed)
    arns = sorted(policy.arn for policy in aws_managed_policies().values() if policy.path == "/")
    names = [f"group-{number:04}" for number in range(groups)]
    for group in names:
        iam.call("CreateGroup", {"GroupName": group})
        for arn in random.sample(arns, policies_per_group):
            iam.call("AttachGroupPolicy", {"GroupName": group, "PolicyArn": arn})
    for number in range(users):
        user = f"user-{number:05}"
        iam.call("CreateUser", {"UserName": user})
        for group in random.sample(names, min(groups_per_user, groups)):
            iam.call("AddUserToGroup", {"GroupName": group, "UserName": user})
    return iam
