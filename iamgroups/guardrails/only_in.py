"""only_in: policies that only the groups named may hold."""

from collections.abc import Iterator, Mapping

from iamgroups.guardrails.banned_policies import Ban, held_against, unread
from iamgroups.guardrails.context import Context, Group
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.guardrails.patterns import named
from iamgroups.planning.note import Finding
from iamgroups.state.config import NamePattern, Names

RULE = "only_in"


def judge(context: Context, rules: Mapping[NamePattern, Names]) -> Iterator[Finding]:
    """Yield a finding for every other group that holds, or would hold, such a policy."""
    for pattern, groups in rules.items():
        yield from held_against(_ban(pattern, groups), context)
    for pattern in list(rules)[:1]:
        yield from unread(RULE, context, pattern.position)


def _ban(pattern: NamePattern, groups: Names) -> Ban:
    def excused(group: Group) -> bool:
        return any(named(wanted.pattern, group.names) for wanted in groups)

    places = listed(wanted.pattern for wanted in groups)
    words = f"which belongs in {places} only" if places else "which belongs in no group"
    return Ban(RULE, pattern, words, excused)


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "Policy, or pattern, to the only groups that may hold it.",
        "type": "object",
        "default": {},
        "examples": [{"aws:AdministratorAccess": ["break-glass"]}],
        "propertyNames": {"$ref": "#/definitions/policy_pattern"},
        "additionalProperties": {"type": "array", "items": {"$ref": "#/definitions/group_name"}},
    },
)
