"""What comes first for IAM's own sake, for duties kept apart, and for Deny. Must not know the promise."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamgroups.planning.access import Edge
from iamgroups.planning.change import Change
from iamgroups.planning.documents import has_deny
from iamgroups.planning.holdings import Holdings
from iamgroups.state import (
    Attachment,
    Direct,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.config import Config
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.state.names import fold, never_detached


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


def conflicts(config: Config, holdings: Holdings) -> Iterator[Edge]:
    """Yield: nobody joins a group of a `conflicts` set before they left the others of that set.

    A group that moves is meant by either name; holdings know it by one of them.
    """
    moved = [{fold(move.source), fold(move.to)} for move in config.moved]
    for names in config.guardrails.conflicts:
        apart = {fold(name.pattern) for name in names}
        apart = apart.union(*(both for both in moved if both & apart))
        for joins, join in holdings.joins.items():
            if fold(joins.group) not in apart:
                continue
            for group in holdings.left.get(joins.user, ()):
                if fold(group) in apart and group != joins.group:
                    yield holdings.leaves[Membership(group, joins.user)], join


def deny_first(changes: Sequence[Change], live: LiveState) -> Iterator[Edge]:
    """Yield: per group and user, a policy with a Deny statement goes on first and comes off last."""
    by_holder: dict[str, list[tuple[int, Change]]] = {}
    for index, change in enumerate(changes):
        fact = change.fact
        if isinstance(fact, Attachment | Membership):
            by_holder.setdefault(f"group/{fact.group}", []).append((index, change))
        elif isinstance(fact, Direct):
            by_holder.setdefault(f"user/{fact.user}", []).append((index, change))
    for _, ours in sorted(by_holder.items()):
        denies = {i for i, change in ours if _denies(change, live.policies)}
        for deny in sorted(denies):
            on = changes[deny].action == "create"
            for index, change in ours:
                if index not in denies and (change.action == "create") == on:
                    yield (deny, index) if on else (index, deny)


def undecided(changes: Iterable[Change]) -> frozenset[str]:
    """Return the customer managed ARNs whose document decides an order: several changes on one holder."""
    by_holder: dict[tuple[str, str], set[str]] = {}
    for change in changes:
        fact = change.fact
        if isinstance(fact, Attachment):
            by_holder.setdefault((f"group/{fact.group}", change.action), set()).add(fact.arn)
        elif isinstance(fact, Direct):
            by_holder.setdefault((f"user/{fact.user}", change.action), set()).add(fact.arn)
    several = (arns for arns in by_holder.values() if len(arns) > 1)
    return frozenset(arn for arns in several for arn in arns if "::aws:" not in arn)


def _denies(change: Change, policies: Mapping[str, LivePolicy]) -> bool:
    fact = change.fact
    if not isinstance(fact, Attachment | Direct):
        return False
    known = policies.get(fact.arn)
    return never_detached(fact.arn) or (known is not None and has_deny(known.document))
