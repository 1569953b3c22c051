"""Rules that judge a plan. One file per rule; `RULES` names them all. Must not change the plan.

A rule blocks only when the plan creates or worsens what it forbids; what was there before is a warning.
How to add one: docs/guardrails.md.
"""

from collections.abc import Callable, Iterator, Mapping

from iamgroups.guardrails import (
    conflicts,
    forbidden_policies,
    keep_caller,
    max_group_deletes,
    max_removals,
    min_members,
    only_in,
    owned_documents,
    protected_groups,
)
from iamgroups.guardrails.situation import RolePolicies, Situation
from iamgroups.planning import Finding, Plan
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState

RULES: Mapping[str, Callable[[Situation], Iterator[Finding]]] = {
    max_removals.RULE: max_removals.judge,
    max_group_deletes.RULE: max_group_deletes.judge,
    protected_groups.RULE: protected_groups.judge,
    min_members.RULE: min_members.judge,
    forbidden_policies.RULE: forbidden_policies.judge,
    only_in.RULE: only_in.judge,
    conflicts.RULE: conflicts.judge,
    keep_caller.RULE: keep_caller.judge,
    owned_documents.RULE: owned_documents.judge,
}


def judge(
    plan: Plan, config: Config, live: LiveState, role_policies: RolePolicies | None = None
) -> tuple[Finding, ...]:
    """Return what every rule says of the plan, blocking findings first; the same inputs, the same order.

    `role_policies` is asked only when the caller is a role and the plan changes owned policies.
    """
    situation = Situation(plan, config, live, role_policies)
    order = {rule: place for place, rule in enumerate(RULES)}
    found = {finding for rule in RULES.values() for finding in rule(situation)}
    return tuple(sorted(found, key=lambda f: (not f.blocking, order[f.rule], f.message, f.subjects)))


__all__ = ["RULES", "RolePolicies", "judge"]
