"""max_group_deletes: no plan deletes more groups than agreed. Must not count renames."""

from collections.abc import Iterator

from iamgroups.guardrails.situation import Situation, addresses, positions
from iamgroups.guardrails.wording import counted, listed
from iamgroups.planning import Finding
from iamgroups.state import GroupFact

RULE = "max_group_deletes"


def judge(situation: Situation) -> Iterator[Finding]:
    """Yield one finding when the plan deletes too many groups."""
    limit = situation.config.guardrails.max_group_deletes
    deletes = [c for c in situation.plan.changes if c.action == "delete" and isinstance(c.fact, GroupFact)]
    if len(deletes) > limit:
        names = listed(change.fact.name for change in deletes if isinstance(change.fact, GroupFact))
        message = f"deletes {counted(len(deletes), 'group')}, at most {limit} at once: {names}"
        yield Finding(RULE, message, True, addresses(deletes), positions(deletes))
