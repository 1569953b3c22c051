"""Rules that judge a plan: one file a rule, with its setting. `RULES` names them all.

A rule blocks only when the plan creates or worsens what it forbids. What was there before is a warning.
How to add one: docs/guardrails.md.
"""

from typing import Any

from iamgroups.guardrails import (
    conflicts,
    containment,
    forbidden_policies,
    keep_caller,
    max_group_deletes,
    max_removals,
    min_members,
    only_in,
    owned_documents,
    protected_groups,
)
from iamgroups.guardrails.context import Context, RolePolicies
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.planning.note import Finding
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState

RULES: tuple[Guardrail[Any], ...] = (
    max_removals.GUARDRAIL,
    max_group_deletes.GUARDRAIL,
    protected_groups.GUARDRAIL,
    min_members.GUARDRAIL,
    forbidden_policies.GUARDRAIL,
    only_in.GUARDRAIL,
    conflicts.GUARDRAIL,
    keep_caller.GUARDRAIL,
    containment.GUARDRAIL,
    owned_documents.GUARDRAIL,
)
NAMES = tuple(rule.name for rule in RULES)


def judge(
    plan: Plan, config: Config, live: LiveState, role_policies: RolePolicies | None = None
) -> tuple[Finding, ...]:
    """Return what every rule says of the plan, blocking findings first; the same inputs, the same order.

    `role_policies` is asked only when the caller is a role and the plan changes owned policies.
    """
    context = Context(plan, config, live, role_policies)
    found = {finding for rule in RULES for finding in rule.judge(context, rule.setting(config))}
    return tuple(sorted(found, key=lambda f: (not f.blocking, NAMES.index(f.rule), f.message, f.subjects)))


__all__ = ["NAMES", "RULES", "RolePolicies", "judge"]
