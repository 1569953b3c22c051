"""containment: what incident response put on people stays. A plan leaves out what would take it away.

With `--allow containment` the plan holds it, and this finding says whose and what. The setting is
`settings.containment`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from iamgroups.guardrails.context import Context, addresses, positions
from iamgroups.guardrails.guardrail import Guardrail
from iamgroups.guardrails.lists import listed
from iamgroups.planning.containment import Containment
from iamgroups.planning.note import Finding
from iamgroups.state.change import Change

RULE = "containment"


def judge(context: Context, _: Any) -> Iterator[Finding]:
    """Yield what the plan takes from people who are contained."""
    containment = Containment(context.config, context.live)
    held_back = containment.held_back(context.plan.changes)
    taken = [change for change in context.plan.changes if change.address in held_back]
    if taken:
        people = {user for change in taken for user in _people(change, containment)}
        whom = f"takes containment from {listed(people)}" if people else "takes containment away"
        message = f"{whom}: {listed(addresses(taken))}"
        yield Finding(RULE, message, True, addresses(taken), positions(taken))


def _people(change: Change, containment: Containment) -> Iterable[str]:
    """Return the person of a change, or everybody in its group."""
    group = containment.group_of(change)
    user = change.fact.values.get("user")
    return [user] if user else (group.members or ()) if group else ()


GUARDRAIL = Guardrail(RULE, judge)
