"""Choose part of a plan: one group, or what expired, with everything it waits for. Must not reorder it."""

from collections.abc import Callable, Collection
from dataclasses import replace

from iamgroups.planning.change import Change
from iamgroups.planning.plan import Plan
from iamgroups.state import Attachment, InlineGroup, Membership
from iamgroups.state.names import fold


def select_groups(plan: Plan, groups: Collection[str]) -> Plan:
    """Return the changes of these groups (names ignoring case) and, transitively, all they wait for."""
    wanted = {fold(name) for name in groups}
    return _select(plan, lambda change: not wanted.isdisjoint(_groups_of(change)))


def _groups_of(change: Change) -> set[str]:
    """Return the group's name before and after the plan, folded; empty for what belongs to no group."""
    parts = [name.partition("/") for name in (*change.names, change.address)]
    named = {rest for kind, _, rest in parts if kind == "group"}
    named |= {change.fact.group} if isinstance(change.fact, Attachment | Membership | InlineGroup) else set()
    return {fold(name) for name in named}


def select_expired(plan: Plan) -> Plan:
    """Return the memberships that end because their day is over, and all they wait for."""
    return _select(plan, lambda change: change.expired)


def select_addresses(plan: Plan, addresses: Collection[str]) -> Plan:
    """Return the changes at these addresses, and all they wait for."""
    wanted = frozenset(addresses)
    return _select(plan, lambda change: change.address in wanted)


def _select(plan: Plan, wanted: Callable[[Change], bool]) -> Plan:
    asked = {change.address for change in plan.changes if wanted(change)}
    work, taken = list(asked), set(asked)
    while work:
        for need in plan.by_address[work.pop()].needs:
            if need not in taken:
                taken.add(need)
                work.append(need)
    changes = tuple(change for change in plan.changes if change.address in taken)
    named = {name for change in changes for name in change.names}
    return replace(
        plan,
        changes=changes,
        ids={name: id_ for name, id_ in plan.ids.items() if name in named},
        came_along=tuple(sorted(taken - asked)),
    )
