"""Whether the Action of a statement includes an action.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from iamgroups.policy.matching import matches, parse
from iamgroups.policy.truth import Truth


def action_matches(pattern: str, action: str) -> Truth:
    """Tell whether a pattern includes an action; case is ignored, and the service has no wildcards.

    A pattern with a wildcard in its service is unknown where it could match: AWS documents none.
    """
    if pattern == "*":
        return True
    folded = pattern.lower()
    if "*" not in folded and "?" not in folded:
        return folded == action.lower()
    if not matches(parse(folded, variables=False), action.lower()):
        return False
    service = folded.partition(":")[0]
    return None if "*" in service or "?" in service else True
