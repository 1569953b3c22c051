"""forbidden_policies: policies no group may hold."""

from collections.abc import Iterator

from iamgroups.guardrails.banned_policies import Ban, held_against, unread
from iamgroups.guardrails.context import Context
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.planning.note import Finding
from iamgroups.state.config import Names

RULE = "forbidden_policies"


def judge(context: Context, patterns: Names) -> Iterator[Finding]:
    """Yield a finding for every group that holds, or would hold, a forbidden policy."""
    for pattern in patterns:
        yield from held_against(Ban(RULE, pattern, "which is forbidden", lambda group: False), context)
    if patterns:
        yield from unread(RULE, context, patterns[0].position)


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Policies, or patterns, that nobody may gain.",
        "type": "array",
        "default": [],
        "examples": [["aws:IAMFullAccess"]],
        "items": {"$ref": "#/definitions/policy_pattern"},
    },
)
