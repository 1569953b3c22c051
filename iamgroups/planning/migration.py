"""The account once the proposed groups are made and the direct policies that groups give are gone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from iamgroups.planning.suggest import Suggestion
from iamgroups.state.live import LiveGroup, LiveState, LiveUser
from iamgroups.state.names import fold, never_detached, parse_policy_arn


def migrated(live: LiveState, found: Suggestion, declared: Collection[str]) -> LiveState:
    """Return the account after the first plan, with `detach_covered`.

    `declared`: the groups that the files name besides the proposed ones. What they give is covered, too.
    """
    groups = dict(live.groups)
    for proposal in found.proposals:
        new = LiveGroup(proposal.name, "/", "", "", frozenset(proposal.policies))
        group = groups.get(fold(proposal.name), new)
        groups[fold(proposal.name)] = replace(
            group, members=(group.members or frozenset()).union(proposal.members)
        )
    named = {fold(name) for name in declared} | {fold(proposal.name) for proposal in found.proposals}
    given = _given(groups[key] for key in sorted(named))
    users = {key: _without(user, given.get(key, frozenset())) for key, user in live.users.items()}
    return replace(live, groups=groups, users=users)


def direct_policies(live: LiveState) -> int:
    """Return how many direct policies all users hold together."""
    return sum(len(user.policies or ()) for user in live.users.values())


def _given(groups: Iterable[LiveGroup]) -> Mapping[str, set[str]]:
    """Return folded user -> what the groups give them."""
    given: dict[str, set[str]] = {}
    for group in groups:
        for member in group.members or ():
            given.setdefault(fold(member), set()).update(filter(_is_declared, group.policies or ()))
    return given


def _is_declared(arn: str) -> bool:
    """Tell whether a file can name a policy, and a plan may take it from somebody."""
    return parse_policy_arn(arn) is not None and not never_detached(arn)


def _without(user: LiveUser, given: Collection[str]) -> LiveUser:
    return user if user.policies is None else replace(user, policies=user.policies.difference(given))
