"""Which resources AWS accepts in a policy document.

The messages were recorded from AWS by the authors of moto, https://github.com/getmoto/moto
(tests/test_iam/test_iam_policies.py). ARN formats of a service:
https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Sequence

from iamgroups.policy.grammar.refusal import LEGACY, Refusal, shown

PARTITIONS = (
    *("aws", "aws-cn", "aws-us-gov", "aws-eusc"),
    *("aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"),
)

# Those that AWS names in its answer; the others are newer, and AWS managed policies hold them.
_IAM_KINDS = (
    *("user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/"),
    *("policy/", "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/"),
)
_MORE_IAM_KINDS = ("role-template/", "assumed-role/", "delegation-request/")

# What S3 has in one region of one account; a bucket's ARN has neither.
_REGIONAL_IN_S3 = (
    *("accesspoint/", "access-grants/", "async-request/"),
    *("job/", "storage-lens/", "storage-lens-group/"),
)

_NOT_AN_ARN_HINT = "write an ARN or *"
_ARN_HINT = "an ARN is arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; a bucket's is arn:aws:s3:::NAME"


def refuse_resource(resource: str, partition: str | None) -> Refusal | None:
    """Return why AWS refuses a resource; `partition` is the account's, None where it is not known."""
    if resource == "*":
        return None
    parts = resource.split(":", 5)
    if len(parts) == 1:
        return _not_an_arn(resource)
    if refusal := _partition(resource, parts, partition):
        return refusal
    if parts[0] != "arn":
        return _not_an_arn(resource)
    return _service(resource, parts) or _legacy(resource, parts)


def _not_an_arn(resource: str) -> Refusal:
    return Refusal(
        f"{shown(resource)} is not a resource",
        f'Resource {resource} must be in ARN format or "*".',
        _NOT_AN_ARN_HINT,
    )


def _partition(resource: str, parts: Sequence[str], wanted: str | None) -> Refusal | None:
    found = parts[1]
    if found == "*" or found == (wanted or found) in PARTITIONS:
        return None
    rest = list(parts[2:]) if any(parts[2:]) else []
    completed = ":".join(["arn", found, *rest, *["*"] * (4 - len(rest))])
    answer = f'Partition "{found}" is not valid for resource "{completed}".'
    if parts[0] != "arn":
        return Refusal(f"{shown(resource)} is not a resource", answer, _NOT_AN_ARN_HINT)
    if found in PARTITIONS:
        message = f"{shown(resource)} is of partition {found}, the account of {wanted}"
        hint = f"write arn:{wanted}:..., or arn:*:... where the document serves several partitions"
        return Refusal(message, answer, hint)
    message = f"partition {shown(found)} of {shown(resource)} does not exist"
    if set(found) & set("*?$"):
        return Refusal(message, answer, "write arn:*:... where the document serves several partitions")
    hint = f"the partitions are {', '.join(PARTITIONS[:4])} and those of isolated regions"
    return Refusal(message, answer, hint)


def _service(resource: str, parts: Sequence[str]) -> Refusal | None:
    service, region, account, name = (*parts[2:], *["*"] * (6 - len(parts)))
    if set(service) & set("*?") or len(parts) == 2:
        return Refusal(
            f"{shown(resource)} must name one service",
            "Resource vendor must be fully qualified and cannot contain regexes.",
            "a wildcard is not accepted in the service of an ARN",
        )
    if service == "s3" and region and not (len(parts) == 6 and account and _is_regional(name)):
        return Refusal(
            f"{shown(resource)} has a region, and an S3 bucket's ARN has none",
            f"Resource {resource} can not contain region information.",
            "write arn:aws:s3:::NAME, or arn:aws:s3:::NAME/* for its objects",
        )
    return _iam(resource, region, name) if service == "iam" else None


def _is_regional(name: str) -> bool:
    """Tell whether a name in S3, which may hold wildcards, can be that of something in a region."""
    literal = name.split("*", maxsplit=1)[0].split("?", maxsplit=1)[0].split("${", maxsplit=1)[0]
    return name.startswith(_REGIONAL_IN_S3) or (
        literal != name and any(kind.startswith(literal) for kind in _REGIONAL_IN_S3)
    )


def _iam(resource: str, region: str, name: str) -> Refusal | None:
    if region:
        return Refusal(
            f"{shown(resource)} has a region, and IAM has none",
            f"IAM resource {resource} cannot contain region information.",
            "write arn:aws:iam::ACCOUNT:...",
        )
    if name in ("*", "root") or name.startswith(_IAM_KINDS + _MORE_IAM_KINDS):
        return None
    kinds = ", ".join(_IAM_KINDS)
    return Refusal(
        f"{shown(resource)} does not say what kind of IAM resource it is",
        f'IAM resource path must either be "*" or start with {kinds}.',
        f"write one of {kinds} before the name",
    )


def _legacy(resource: str, parts: Sequence[str]) -> Refusal | None:
    """Refuse an ARN that leaves out a part, or its service; AWS adds `*` to one that merely ends early."""
    if parts[2] and (len(parts) == 6 or "::" not in resource):
        return None
    what = f"has {len(parts)} parts of 6" if parts[2] else "has no service"
    return Refusal(f"{shown(resource)} {what}", LEGACY, _ARN_HINT)
