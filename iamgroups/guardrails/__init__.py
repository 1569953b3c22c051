"""Rules that judge a plan: one file a rule, with its setting. `RULES` names them all.

A rule blocks only when the plan creates or worsens what it forbids. What was there before is a warning.
How to add one: docs/guardrails.md.
"""

from typing import TYPE_CHECKING, Any

from iamgroups.guardrails import (
    conflicts,
    containment,
    forbidden_access,
    forbidden_policies,
    keep_caller,
    max_group_deletes,
    max_removals,
    min_members,
    no_escalation,
    only_in,
    protected_groups,
)
from iamgroups.guardrails.context import Context, RolePolicies
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.planning.note import Finding
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState

if TYPE_CHECKING:
    from iamgroups.access.delta import AccessDelta

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
    forbidden_access.GUARDRAIL,
    no_escalation.GUARDRAIL,
)
NAMES = tuple(rule.name for rule in RULES)


def judge(
    plan: Plan,
    config: Config,
    live: LiveState,
    role_policies: RolePolicies | None = None,
    delta: "AccessDelta | None" = None,
) -> tuple[Finding, ...]:
    """Return what every rule says of the plan, blocking findings first; the same inputs, the same order.

    `role_policies` is asked only when the caller is a role and the plan changes owned policies. `delta` is
    what the plan gives and takes in actions; the rules on access need it (`ask_access`).
    """
    context = Context(plan, config, live, role_policies, delta)
    found = {finding for rule in RULES for finding in rule.judge(context, rule.setting(config))}
    return tuple(sorted(found, key=lambda f: (not f.blocking, NAMES.index(f.rule), f.message, f.subjects)))


def ask_access(config: Config) -> bool:
    """Tell whether a rule of the configuration judges what people gain in actions."""
    return any(config.guardrails.get(name) for name in (forbidden_access.RULE, no_escalation.RULE))


__all__ = ["NAMES", "RULES", "RolePolicies", "ask_access", "judge"]
