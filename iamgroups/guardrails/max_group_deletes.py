"""max_group_deletes: no plan deletes more groups than agreed."""

from collections.abc import Iterator

from iamgroups.guardrails.context import Context, addresses, ended, positions
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import counted, listed
from iamgroups.planning.note import Finding
from iamgroups.state import GroupFact

RULE = "max_group_deletes"


def judge(context: Context, limit: int) -> Iterator[Finding]:
    """Yield one finding when the plan deletes too many groups."""
    deletes = ended(context.plan.changes, GroupFact)
    if len(deletes) > limit:
        names = listed(change.fact.label for change in deletes)
        message = f"deletes {counted(len(deletes), 'group')}, at most {limit} at once: {names}"
        yield Finding(RULE, message, True, addresses(deletes), positions(deletes))


GUARDRAIL = Guardrail(
    RULE,
    judge,
    {
        "description": "How many groups one plan may delete.",
        "type": "integer",
        "minimum": 0,
        "default": 1,
    },
)
