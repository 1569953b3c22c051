"""What comes first for IAM's own sake, for duties kept apart, and for Deny. Must not know the promise."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamgroups.planning.holdings import Holdings
from iamgroups.planning.order.promise import Edge
from iamgroups.policy.statements import has_deny
from iamgroups.state import (
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.state.names import fold, is_aws_managed, never_detached


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
    for names in config.guardrails.get("conflicts", ()):
        apart = {fold(name.pattern) for name in names}
        apart = apart.union(*(both for both in moved if both & apart))
        for joins, join in holdings.joins.items():
            if fold(joins.group) not in apart:
                continue
            for group in holdings.left.get(joins.user, ()):
                if fold(group) in apart and group != joins.group:
                    yield holdings.leaves[Membership(group, joins.user)], join


def deny_first(changes: Sequence[Change], live: LiveState) -> Iterator[Edge]:
    """Yield: per group and user, a policy with a Deny statement goes on first and comes off last.

    A policy that this plan makes, or gives another document, counts as what it becomes too.
    """
    by_holder: dict[str, list[tuple[int, Change]]] = {}
    written: dict[str, int] = {}
    for index, change in enumerate(changes):
        if isinstance(change.fact, PolicyFact) and change.action != "delete":
            written[change.fact.arn] = index
        for holder in _holders(change):
            by_holder.setdefault(holder, []).append((index, change))
    becomes = {arn: changes[index].fact for arn, index in written.items()}
    for _, ours in sorted(by_holder.items()):
        denies = {i for i, change in ours if _denies(change, live.policies, becomes)}
        for deny in sorted(denies):
            on, fact = changes[deny].action == "create", changes[deny].fact
            if on and isinstance(fact, Attachment) and fact.arn in written:
                yield written[fact.arn], deny
            for index, change in ours:
                if index not in denies and (change.action == "create") == on:
                    yield (deny, index) if on else (index, deny)


def undecided(changes: Iterable[Change]) -> frozenset[str]:
    """Return the customer managed ARNs whose document decides an order: several changes on one holder."""
    by_holder: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        for holder in _holders(change):
            by_holder.setdefault((holder, change.action), []).append(change)
    several = (change.fact for ours in by_holder.values() if len(ours) > 1 for change in ours)
    arns = {fact.arn for fact in several if isinstance(fact, Attachment | Direct)}
    return frozenset(arn for arn in arns if not is_aws_managed(arn))


def _holders(change: Change) -> tuple[str, ...]:
    """Return the group or user whose policies the change brings, takes or passes on; none for others."""
    fact = change.fact
    if isinstance(fact, Attachment | Membership):
        return (f"group/{fact.group}",)
    return (f"user/{fact.user}",) if isinstance(fact, Direct) else ()


def _denies(change: Change, policies: Mapping[str, LivePolicy], becomes: Mapping[str, Fact]) -> bool:
    fact = change.fact
    if not isinstance(fact, Attachment | Direct):
        return False
    known, new = policies.get(fact.arn), becomes.get(fact.arn)
    return (
        never_detached(fact.arn)
        or (known is not None and has_deny(known.document))
        or (isinstance(new, PolicyFact) and has_deny(json.loads(new.document)))
    )
