"""Match the names and patterns of `guardrails` against groups and policies."""

from collections.abc import Iterable

from iamgroups.state.names import matches, spellings


def named(pattern: str, names: Iterable[str]) -> bool:
    """Tell whether one of the names is meant by the pattern."""
    return any(matches(pattern, name) for name in names)


def policies_matching(pattern: str, arns: Iterable[str]) -> frozenset[str]:
    """Return those that a name, an ARN, `aws:Name`, `local:[path/]Name` or a glob of these names."""
    return frozenset(arn for arn in arns if named(pattern, spellings(arn)))
