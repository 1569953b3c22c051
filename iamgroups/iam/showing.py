"""Re-read one fact, with the cheapest call that tells. Must not judge what its presence means."""

import json

from iamgroups.iam.transport import Params, Transport
from iamgroups.policy.meaning import same
from iamgroups.state import (
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    InlineUser,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.names import fold


def shows(transport: Transport, fact: Fact) -> bool:
    """Tell whether IAM has the fact: a group at its path, a policy with its document.

    A PolicyFact without a document shows when the policy exists.
    Raises: AccessDeniedError, CredentialsError, UnreachableError, AccountError.
    """
    match fact:
        case GroupFact():
            told = transport.ask("GetGroup", {"GroupName": fact.name, "MaxItems": 1})
            return told is not None and told["Group"]["Path"] == fact.path
        case Membership():
            pages = transport.pages("ListGroupsForUser", {"UserName": fact.user})
            return any(
                fold(told["GroupName"]) == fold(fact.group)
                for page in pages
                for told in page.get("Groups", ())
            )
        case Attachment():
            return _attached(transport, "ListAttachedGroupPolicies", {"GroupName": fact.group}, fact.arn)
        case Direct():
            return _attached(transport, "ListAttachedUserPolicies", {"UserName": fact.user}, fact.arn)
        case InlineGroup():
            params = {"GroupName": fact.group, "PolicyName": fact.policy}
            return transport.ask("GetGroupPolicy", params) is not None
        case InlineUser():
            params = {"UserName": fact.user, "PolicyName": fact.policy}
            return transport.ask("GetUserPolicy", params) is not None
        case PolicyFact():
            return _holds_document(transport, fact)
        case PolicyVersionFact():
            params = {"PolicyArn": fact.arn, "VersionId": fact.version}
            return transport.ask("GetPolicyVersion", params) is not None


def role_policies(transport: Transport, role: str) -> frozenset[str]:
    """Return the ARNs of the managed policies attached to a role. Raises: as `shows`."""
    pages = transport.pages("ListAttachedRolePolicies", {"RoleName": role})
    return frozenset(told["PolicyArn"] for page in pages for told in page.get("AttachedPolicies", ()))


def _attached(transport: Transport, operation: str, params: Params, arn: str) -> bool:
    pages = transport.pages(operation, params)
    return any(
        fold(told["PolicyArn"]) == fold(arn) for page in pages for told in page.get("AttachedPolicies", ())
    )


def _holds_document(transport: Transport, fact: PolicyFact) -> bool:
    policy = transport.ask("GetPolicy", {"PolicyArn": fact.arn})
    if policy is None or not fact.document:
        return policy is not None
    params = {"PolicyArn": fact.arn, "VersionId": policy["Policy"]["DefaultVersionId"]}
    version = transport.ask("GetPolicyVersion", params)
    return version is not None and same(version["PolicyVersion"]["Document"], json.loads(fact.document))
