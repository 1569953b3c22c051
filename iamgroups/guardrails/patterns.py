"""Match the names and patterns of `guardrails` against groups and policies. Must not know the rules."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from iamgroups.state.names import fold, parse_policy_arn, short


def matches(pattern: str, names: Iterable[str]) -> bool:
    """Tell whether one of the names is the pattern, or fits it as a glob; case does not count."""
    wanted = fold(pattern)
    return any(wanted == name or fnmatchcase(name, wanted) for name in map(fold, names))


def policies_matching(pattern: str, arns: Iterable[str]) -> frozenset[str]:
    """Return those that a name, an ARN, `aws:Name`, `local:[path/]Name` or a glob of these names."""
    return frozenset(arn for arn in arns if matches(pattern, _spellings(arn)))


def _spellings(arn: str) -> tuple[str, ...]:
    parts = parse_policy_arn(arn)
    if parts is None:
        return arn, short(arn)
    owner = "aws" if parts.owner == "aws" else "local"
    return arn, parts.short, parts.name, f"{owner}:{parts.path.lstrip('/')}{parts.name}"
