"""forbidden_policies: policies no group may hold. Must not mind one that a plan takes away."""

from collections.abc import Iterator

from iamgroups.guardrails.holdings import Ban, held_against, unread
from iamgroups.guardrails.situation import Situation
from iamgroups.planning import Finding

RULE = "forbidden_policies"


def judge(situation: Situation) -> Iterator[Finding]:
    """Yield a finding for every group that holds, or would hold, a forbidden policy."""
    patterns = situation.config.guardrails.forbidden_policies
    for pattern in patterns:
        yield from held_against(Ban(RULE, pattern, "which is forbidden", lambda group: False), situation)
    if patterns:
        yield from unread(RULE, situation, patterns[0].position)
