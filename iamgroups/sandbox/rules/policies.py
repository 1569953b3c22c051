"""Customer managed policies and their versions.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iamgroups.policy.size import size
from iamgroups.sandbox.documents import Document, accepted
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Policy, Version
from iamgroups.sandbox.rules.operation import Operation, Params, listing, within
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


def create_policy(store: Store, params: Params) -> dict[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html."""
    name, path = params["PolicyName"], params.get("Path", "/")
    if any(fold(policy.name) == fold(name) for policy in store.policies.values()):
        raise IamError(
            "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed."
        )
    within(store, "PoliciesQuota", len(store.policies) + 1, "PoliciesPerAccount")
    _one_more_version(store)
    now = store.clock()
    version = Version("v1", now, _document(store, params))
    policy = Policy(
        name=name,
        path=path,
        id=store.new_id("ANPA"),
        arn=store.arn("policy", path, name),
        created=now,
        updated=now,
        default="v1",
        versions=(version,),
        description=params.get("Description", ""),
        tags=tuple((tag["Key"], tag["Value"]) for tag in params.get("Tags", ())),
    )
    store.put(policy)
    return {"Policy": brief(policy, 0, 0)}


def delete_policy(store: Store, params: Params) -> dict[str, Any]:
    """Delete a policy that nothing holds and that has its default version only."""
    policy = _own(store, params)
    if any(arn == policy.arn for arn, _ in store.attachments()):
        raise IamError("DeleteConflict", "Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise IamError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's "
            "versions. The default version is deleted with the policy.",
        )
    del store.policies[policy.arn]
    return {}


def create_policy_version(store: Store, params: Params) -> dict[str, Any]:
    """Add a version; LimitExceeded at five."""
    policy = _own(store, params)
    limit = store.quotas["VersionsPerPolicyQuota"]
    if len(policy.versions) >= limit:
        raise IamError(
            "LimitExceeded",
            f"A managed policy can have up to {limit} versions. "
            "Before you create a new version, you must delete an existing version.",
        )
    _one_more_version(store)
    version = Version(f"v{policy.made + 1}", store.clock(), _document(store, params))
    default = version.id if params.get("SetAsDefault") else policy.default
    policy = replace(
        policy,
        versions=(*policy.versions, version),
        made=policy.made + 1,
        default=default,
        updated=store.clock(),
    )
    store.put(policy)
    answer = version_answer(policy, version)
    del answer["Document"]
    return {"PolicyVersion": answer}


def delete_policy_version(store: Store, params: Params) -> dict[str, Any]:
    """Delete a version that is not the default."""
    policy = _own(store, params)
    version = _version(policy, params["VersionId"])
    if version.id == policy.default:
        raise IamError("DeleteConflict", "Cannot delete the default version of a policy.")
    store.put(replace(policy, versions=tuple(other for other in policy.versions if other.id != version.id)))
    return {}


def set_default_policy_version(store: Store, params: Params) -> dict[str, Any]:
    """Make a version the one that counts."""
    policy = _own(store, params)
    version = _version(policy, params["VersionId"])
    store.put(replace(policy, default=version.id, updated=store.clock()))
    return {}


def get_policy(store: Store, params: Params) -> dict[str, Any]:
    """Answer one policy, AWS's own too, with its counts."""
    policy = store.policy(params["PolicyArn"])
    holders = [holder for arn, holder in store.attachments() if arn == policy.arn]
    bounds = sum(holder.boundary for holder in holders)
    answer = brief(policy, len(holders) - bounds, bounds)
    if policy.description:
        answer["Description"] = policy.description
    answer["Tags"] = [{"Key": key, "Value": value} for key, value in policy.tags]
    return {"Policy": answer}


def get_policy_version(store: Store, params: Params) -> dict[str, Any]:
    """Answer one version with its document."""
    policy = store.policy(params["PolicyArn"])
    return {"PolicyVersion": version_answer(policy, _version(policy, params["VersionId"]))}


def list_policy_versions(store: Store, params: Params) -> dict[str, Any]:
    """Answer one page of versions, newest first, without documents."""
    policy = store.policy(params["PolicyArn"])
    entries = []
    for place, version in enumerate(reversed(policy.versions)):
        answer = version_answer(policy, version)
        del answer["Document"]
        entries.append((f"{place:03}", answer))
    return listing(store, params, "Versions", entries)


def brief(policy: Policy, attached: int, bounds: int) -> dict[str, Any]:
    """Return the API's `Policy` as ListPolicies answers it: without description."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default,
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": bounds,
        "IsAttachable": policy.attachable,
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
    }


def version_answer(policy: Policy, version: Version) -> dict[str, Any]:
    """Return the API's `PolicyVersion`."""
    return {
        "Document": version.document,
        "VersionId": version.id,
        "IsDefaultVersion": version.id == policy.default,
        "CreateDate": version.created,
    }


def _own(store: Store, params: Params) -> Policy:
    policy = store.policy(params["PolicyArn"])
    if policy.arn not in store.policies:
        raise IamError("AccessDenied", f"The policy {policy.arn} belongs to AWS and cannot be changed.")
    return policy


def _version(policy: Policy, id: str) -> Version:
    version = policy.version(id)
    if version is None:
        raise IamError(
            "NoSuchEntity", f"Policy {policy.arn} version {id} does not exist or is not attachable."
        )
    return version


def _one_more_version(store: Store) -> None:
    in_use = sum(len(policy.versions) for policy in store.policies.values())
    within(store, "PolicyVersionsInUseQuota", in_use + 1, "PolicyVersionsInUse")


def _document(store: Store, params: Params) -> Document:
    document = accepted(params["PolicyDocument"], "managed", store.partition)
    within(store, "PolicySizeQuota", size(document.text), "PolicySize")
    return document


OPERATIONS: Mapping[str, Operation] = {
    "CreatePolicy": create_policy,
    "DeletePolicy": delete_policy,
    "CreatePolicyVersion": create_policy_version,
    "DeletePolicyVersion": delete_policy_version,
    "SetDefaultPolicyVersion": set_default_policy_version,
    "GetPolicy": get_policy,
    "GetPolicyVersion": get_policy_version,
    "ListPolicyVersions": list_policy_versions,
}
