"""What comes first whatever the promise says: for IAM's own sake, and for duties kept apart."""

from collections.abc import Iterable, Iterator, Sequence

from iamgroups.access import Access
from iamgroups.planning.order.graph import Edge
from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.names import fold


def structural(changes: Sequence[Change]) -> Iterator[Edge]:
    """Yield: a thing exists before it is used, is empty before it goes; a group is renamed after all else."""
    groups: dict[str, tuple[int, Change]] = {}
    policies: dict[str, tuple[int, Change]] = {}
    for index, change in enumerate(changes):
        if isinstance(change.fact, GroupFact):
            groups[change.fact.name] = (index, change)
        elif isinstance(change.fact, PolicyFact):
            policies[change.fact.arn] = (index, change)
    for index, change in enumerate(changes):
        fact = change.fact
        if isinstance(fact, Attachment | Membership | InlineGroup) and fact.group in groups:
            yield from _with_group(index, change, *groups[fact.group])
        if isinstance(fact, Attachment | Direct | PolicyVersionFact) and fact.arn in policies:
            yield from _with_policy(index, change, *policies[fact.arn])


def _with_policy(index: int, change: Change, policy_index: int, policy: Change) -> Iterator[Edge]:
    if change.action == "create" and policy.action == "create":
        yield policy_index, index
    elif change.action == "delete" and (
        policy.action == "delete" or isinstance(change.fact, PolicyVersionFact)
    ):
        yield index, policy_index


def _with_group(index: int, change: Change, group_index: int, group: Change) -> Iterator[Edge]:
    if group.action == "create":
        yield group_index, index
    elif group.action == "delete" or change.group_now:
        yield index, group_index


def conflicts(config: Config, access: Access) -> Iterator[Edge]:
    """Yield: nobody joins a group of a `conflicts` set before they left the others of that set.

    A group that moves is meant by either name; access knows it by one of them.
    """
    moved = [{fold(move.source), fold(move.to)} for move in config.moved]
    for names in config.guardrails.get("conflicts", ()):
        apart = {fold(name.pattern) for name in names}
        apart = apart.union(*(both for both in moved if both & apart))
        for joins, join in access.joins.items():
            if fold(joins.group) not in apart:
                continue
            for group in access.left.get(joins.user, ()):
                if fold(group) in apart and group != joins.group:
                    yield access.leaves[Membership(group, joins.user)], join


def together(changes: Sequence[Change], edges: Iterable[Edge]) -> Iterator[Edge]:
    """Yield: an old version goes once nothing else holds up the new one, or the end of the policy."""
    needs: dict[int, list[int]] = {}
    for first, then in edges:
        needs.setdefault(then, []).append(first)
    for firsts in needs.values():
        versions = [first for first in firsts if isinstance(changes[first].fact, PolicyVersionFact)]
        others = [first for first in firsts if first not in versions] if versions else []
        yield from ((other, version) for version in versions for other in others)
