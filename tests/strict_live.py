"""Between a LiveState and the strict in-memory IAM, without HTTP: for property tests."""

from dataclasses import replace

from iamgroups.sandbox.account import StrictIam
from iamgroups.state.live import LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import fold, parse_policy_arn
from tests.accounts import ACCOUNT

QUOTA_KEYS = ("GroupsQuota", "GroupsPerUserQuota", "AttachedPoliciesPerGroupQuota", "VersionsPerPolicyQuota")
ANY_DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'


def seeded(live: LiveState) -> StrictIam:
    """Build the account; the policies it knows are customer managed ones."""
    iam = StrictIam(live.account.id, quotas={key: live.quotas[key] for key in QUOTA_KEYS})
    for arn in live.policies:
        parts = parse_policy_arn(arn)
        assert parts is not None and parts.owner != "aws", "seed with local: policies"
        iam.call(
            "CreatePolicy", {"PolicyName": parts.name, "Path": parts.path, "PolicyDocument": ANY_DOCUMENT}
        )
    for user in live.users.values():
        iam.call("CreateUser", {"UserName": user.name, "Path": user.path})
        for arn in user.policies or ():
            iam.call("AttachUserPolicy", {"UserName": user.name, "PolicyArn": arn})
    for group in live.groups.values():
        iam.call("CreateGroup", {"GroupName": group.name, "Path": group.path})
        for name in group.members or ():
            iam.call("AddUserToGroup", {"GroupName": group.name, "UserName": name})
        for arn in group.policies or ():
            iam.call("AttachGroupPolicy", {"GroupName": group.name, "PolicyArn": arn})
    return iam


def live_of(iam: StrictIam, like: LiveState) -> LiveState:
    """Read the account whole; `like` lends the quotas."""
    whole = iam.call("GetAccountAuthorizationDetails", {"MaxItems": 1000})
    assert not whole["IsTruncated"]
    facts = iam.facts()
    members: dict[str, set[str]] = {}
    for name, user in facts.memberships:
        members.setdefault(name, set()).add(user)
    groups = {
        fold(told["GroupName"]): LiveGroup(
            told["GroupName"],
            told["Path"],
            told["GroupId"],
            told["Arn"],
            frozenset(held["PolicyArn"] for held in told.get("AttachedManagedPolicies", ())),
            frozenset(members.get(told["GroupName"], ())),
        )
        for told in whole["GroupDetailList"]
    }
    users = {
        fold(told["UserName"]): LiveUser(
            told["UserName"],
            told["Path"],
            told["UserId"],
            told["Arn"],
            frozenset(held["PolicyArn"] for held in told.get("AttachedManagedPolicies", ())),
        )
        for told in whole["UserDetailList"]
    }
    local = iam.call("ListPolicies", {"Scope": "Local", "MaxItems": 1000})["Policies"]
    documents = {arn: policy.document for arn, policy in like.policies.items()}
    policies = {told["Arn"]: LivePolicy(told["Arn"], document=documents[told["Arn"]]) for told in local}
    return replace(like, account=ACCOUNT, groups=groups, users=users, policies=policies)
