"""Groups that people's direct policies suggest. What is proposed gives nobody anything they do not hold."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from iamgroups.planning.mining import IsPrivileged, Mining, bits
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, matches

LEAST_MEMBERS, MOST_GROUPS = 3, 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A group, its policies (ARNs) and who should join it.

    `covers`: pairs of user and ARN that need no direct policy then. `exists`: the account
    has the group, and the people only join it.
    """

    name: str
    policies: tuple[str, ...]
    members: tuple[str, ...]
    covers: frozenset[tuple[str, str]]
    exists: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Proposals, the most useful first. `left`: user -> direct policies that no proposal covers.

    `privileged`: policies (ARNs) that were left out because they are privileged. `excluded`: users left out.
    """

    proposals: tuple[Proposal, ...]
    left: Mapping[str, tuple[str, ...]]
    privileged: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def nothing(_: Collection[str]) -> bool:
    """Call no policy privileged."""
    return False


def suggest(
    live: LiveState,
    *,
    least_members: int = LEAST_MEMBERS,
    most_groups: int = MOST_GROUPS,
    exclude: Collection[str] = (),
    join: Collection[str] | None = None,
    is_privileged: IsPrivileged = nothing,
) -> Suggestion:
    """Return groups for what people hold directly, existing groups first. The same account, the same answer.

    `exclude`: globs of users who are left out. `join`: the existing groups that people may join,
    None for all.
    """
    excluded = sorted(
        user.name for user in live.users.values() if any(matches(glob, user.name) for glob in exclude)
    )
    joinable = None if join is None else set(map(fold, join))
    existing = [group for key, group in sorted(live.groups.items()) if joinable is None or key in joinable]
    mining = Mining(live, frozenset(excluded), is_privileged)
    proposals = [
        _proposal(mining, group.name, policies, members, exists=True)
        for group, policies, members in mining.joins(existing)
    ]
    taken = {fold(group.name) for group in live.groups.values()}
    room = live.quotas.get("GroupsQuota", 300) - len(live.groups)
    for policies, members in mining.groups(least_members, min(most_groups, room)):
        name = _name(mining.arns_of(policies), taken)
        taken.add(fold(name))
        proposals.append(_proposal(mining, name, policies, members))
    left = {name: tuple(sorted(arns)) for name, arns in sorted(mining.uncovered.items()) if arns}
    return Suggestion(tuple(proposals), left, tuple(sorted(mining.privileged)), tuple(excluded))


def _proposal(mining: Mining, name: str, policies: int, members: int, exists: bool = False) -> Proposal:
    names = tuple(mining.people[person] for person in bits(members))
    return Proposal(name, tuple(mining.arns_of(policies)), names, mining.take(policies, members), exists)


def _name(arns: Sequence[str], taken: Collection[str]) -> str:
    """Return a name that nothing bears: of the policy, or of the first of several."""
    words = [re.sub(r"^(Amazon|AWS)(?=[A-Z])", "", arn.rpartition("/")[2]) for arn in arns]
    plain = [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", word.removesuffix("Access")).lower() for word in words]
    stem = plain[0] if len(plain) == 1 else f"{plain[0]}-and-{len(plain) - 1}-more"
    if len(plain) == 2:
        stem = f"{plain[0]}-and-{plain[1]}"
    stem = re.sub(r"[^a-z0-9+=,.@_-]", "-", stem)[:120]
    number, name = 1, stem
    while fold(name) in taken:
        number += 1
        name = f"{stem}-{number}"
    return name
