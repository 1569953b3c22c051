"""Rules that judge a plan: one file a rule, with its setting. `RULES` names them all.

A rule blocks only when the plan creates or worsens what it forbids. What was there before is a warning.
How to add one: docs/guardrails.md.
"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from iamgroups.planning.note import Finding
from iamgroups.planning.plan import Plan
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState

if TYPE_CHECKING:
    from iamgroups.access.delta import AccessDelta
    from iamgroups.guardrails.context import RolePolicies
    from iamgroups.guardrails.guardrail import Guardrail

# Rule -> what it judges: changes alone, or also the account as it is, where the files set the rule.
# Each is a module here, and its GUARDRAIL. Only those that are asked are imported.
RULES: Mapping[str, Literal["changes", "account"]] = {
    "max_removals": "changes",
    "max_group_deletes": "changes",
    "protected_groups": "account",
    "min_members": "account",
    "forbidden_policies": "account",
    "only_in": "account",
    "conflicts": "account",
    "keep_caller": "changes",
    "containment": "changes",
    "forbidden_access": "changes",
    "no_escalation": "changes",
}
NAMES = tuple(RULES)
CONTAINMENT = "containment"
ON_ACCESS = ("forbidden_access", "no_escalation")


def rules(names: Iterable[str] = NAMES) -> "tuple[Guardrail[Any], ...]":
    """Return the rules with these names."""
    return tuple(import_module(f"{__name__}.{name}").GUARDRAIL for name in names)


def judge(
    plan: Plan,
    config: Config,
    live: LiveState,
    role_policies: "RolePolicies | None" = None,
    delta: "AccessDelta | None" = None,
) -> tuple[Finding, ...]:
    """Return what every rule says of the plan, blocking findings first; the same inputs, the same order.

    `role_policies` is asked only when the caller is a role and the plan changes owned policies. `delta` is
    what the plan gives and takes in actions; the rules on access need it (`ask_access`). Of a plan without
    changes it is what everybody has.
    """
    judged = [name for name in NAMES if RULES[name] == "account" or (delta and name in ON_ACCESS)]
    standing = [name for name in judged if config.guardrails.get(name)]
    asked = NAMES if plan.changes else standing
    if not asked:
        return ()
    from iamgroups.guardrails.context import Context

    context = Context(plan, config, live, role_policies, delta)
    found = {finding for rule in rules(asked) for finding in rule.judge(context, rule.setting(config))}
    return tuple(sorted(found, key=lambda f: (not f.blocking, NAMES.index(f.rule), f.message, f.subjects)))


def ask_access(config: Config) -> bool:
    """Tell whether a rule of the configuration judges what people gain in actions."""
    return any(config.guardrails.get(name) for name in ON_ACCESS)
