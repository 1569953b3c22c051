"""What IAM accepts as a name, a path or a policy ARN, and how it compares them.

Source: botocore's service model for IAM (`iam/2010-05-08/service-2.json`) and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import re
from fnmatch import fnmatchcase
from typing import NamedTuple

# Of groups, users and policies, inline ones too.
NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,128}", re.ASCII)
PATH = re.compile(r"/|/[!-\x7f]{1,510}/", re.ASCII)
ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
POLICY_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):iam::(?P<owner>[0-9]{12}|aws):policy(?P<path>/(?:[!-.0-~]+/)*)"
    r"(?P<name>[A-Za-z0-9_+=,.@-]{1,128})",
    re.ASCII,
)
_DIGITS = re.compile(r"([0-9]+)", re.ASCII)
# Attached by AWS itself or by incident responders; iamgroups never detaches them.
NEVER_DETACHED = re.compile(r"AWSDenyAll|AWSCompromisedKeyQuarantine.*", re.ASCII)


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name is the pattern, or fits it as a glob; case does not count."""
    wanted, name = fold(pattern), fold(name)
    return wanted == name or fnmatchcase(name, wanted)


def fold(name: str) -> str:
    """Return the key under which IAM finds a name: names are unique ignoring case."""
    return name.lower()


def natural(name: str) -> tuple[tuple[str | int, ...], str]:
    """Return a key that sorts names as people count: `dev2` before `dev10`."""
    parts = _DIGITS.split(fold(name))
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), name


def same_name(name: str, other: str) -> bool:
    """Tell whether IAM takes two names, or the ARNs made of them, for the same."""
    return fold(name) == fold(other)


class PolicyArn(NamedTuple):
    """The parts of a managed policy's ARN; `owner` is an account id, or `aws`."""

    partition: str
    owner: str
    path: str
    name: str

    @property
    def short(self) -> str:
        """Return the reference people read: `aws:Name` or `local:Name`."""
        return f"{'aws' if self.owner == 'aws' else 'local'}:{self.name}"

    def __str__(self) -> str:
        return f"arn:{self.partition}:iam::{self.owner}:policy{self.path}{self.name}"


def parse_policy_arn(arn: str) -> PolicyArn | None:
    """Split a managed policy's ARN; None when it is not one (20 to 2048 characters)."""
    match = POLICY_ARN.fullmatch(arn)
    if match is None or not 20 <= len(arn) <= 2048:
        return None
    return PolicyArn(match["partition"], match["owner"], match["path"], match["name"])


def short(arn: str) -> str:
    """Return `aws:Name` or `local:Name` for a policy ARN; names are unique per owner whatever the path."""
    return f"{'aws' if is_aws_managed(arn) else 'local'}:{arn.rpartition('/')[2]}"


def policy_name(policy: str) -> str:
    """Return how people call a policy, given its ARN or the address of an inline policy.

    `aws:Name`, `local:Name` or `inline P of group G`.
    """
    if not policy.startswith("inline/"):
        return short(policy)
    _, kind, holder, name = policy.split("/")
    return f"inline {name} of {kind} {holder}"


def is_aws_managed(arn: str) -> bool:
    """Tell whether a policy's ARN is one of AWS's own and not of an account."""
    # A path may hold colons: the first six parts alone are the ARN's.
    return arn.split(":", 5)[4:5] == ["aws"]


def never_detached(arn: str) -> bool:
    """Tell whether this is an AWS managed policy that stops somebody and is not ours to take off."""
    parts = parse_policy_arn(arn)
    return parts is not None and parts.owner == "aws" and NEVER_DETACHED.fullmatch(parts.name) is not None


def spellings(arn: str) -> tuple[str, ...]:
    """Return the ways to write a managed policy: ARN, `aws:Name`, `local:[path/]Name`."""
    parts = parse_policy_arn(arn)
    if parts is None:
        return arn, short(arn)
    owner = "aws" if parts.owner == "aws" else "local"
    whole = f"{parts.path}{parts.name}"
    return arn, parts.short, parts.name, f"{owner}:{whole}", f"{owner}:{whole.lstrip('/')}"
