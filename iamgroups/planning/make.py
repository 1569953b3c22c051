"""Put a plan together: what differs, what else must be known, in which order. Must not do I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from iamgroups.errors import Problem
from iamgroups.planning.access import Edge, promise
from iamgroups.planning.change import Change
from iamgroups.planning.compromise import Compromise, compromise
from iamgroups.planning.desired import Desired, read
from iamgroups.planning.direct import direct_policies
from iamgroups.planning.graph import cyclic_edges, order, reaches, successors
from iamgroups.planning.groups import deletions, group_changes, undeletable, unreadable
from iamgroups.planning.holdings import Holdings
from iamgroups.planning.missing import Missing
from iamgroups.planning.note import Moment, Note
from iamgroups.planning.notes import all_notes
from iamgroups.planning.owned import OwnedPolicies, owned_policies
from iamgroups.planning.plan import Plan
from iamgroups.planning.precedence import conflicts, deny_first, structural, undecided
from iamgroups.planning.quotas import quotas
from iamgroups.planning.references import Resolver
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
from iamgroups.state.live import LiveState

# Removals go first wherever the promise leaves a choice: nobody keeps lost rights for longer than needed.
RANKS: Mapping[tuple[type, str], int] = {
    (Membership, "delete"): 0,
    (Attachment, "delete"): 1,
    (InlineGroup, "delete"): 2,
    (PolicyVersionFact, "delete"): 3,
    (PolicyFact, "create"): 4,
    (PolicyFact, "update"): 5,
    (GroupFact, "create"): 6,
    (Attachment, "create"): 7,
    (Membership, "create"): 8,
    (Direct, "delete"): 9,
    (GroupFact, "delete"): 10,
    (PolicyFact, "delete"): 11,
    (GroupFact, "update"): 12,
}
PREFERENCES_CHECKED = 2000


@dataclass(frozen=True)
class _Draft:
    """The differences, unordered, with everything said and asked along the way."""

    changes: tuple[Change, ...]
    desired: Desired
    owned: OwnedPolicies
    notes: tuple[Note, ...]
    missing: Missing


def make_plan(config: Config, live: LiveState, today: date) -> Plan:
    """Return the plan for this configuration on this account on this day (UTC).

    While `plan.missing` is truthy something still has to be read; the plan is not final then.
    """
    draft = _draft(config, live, today)
    if draft.missing:
        return Plan(live.account, config.digest, missing=draft.missing)
    changes = draft.changes
    holdings = Holdings(live, changes)
    wanted = promise(holdings)
    apart = frozenset(conflicts(config, holdings))
    within = quotas(changes, holdings, live, wanted.kept, apart)
    settled = compromise(frozenset([*structural(changes), *apart, *within.edges]), wanted)
    edges = _with_preferences(settled.edges, [*within.preferences, *deny_first(changes, live)])
    problems = [*draft.desired.problems, *draft.owned.problems, *within.problems, *undeletable(config, live)]
    return Plan(
        account=live.account,
        config_digest=config.digest,
        changes=_in_order(changes, edges),
        moments=_moments(settled),
        notes=_sorted_notes([*draft.notes, *all_notes(config, draft.desired, live, changes, holdings)]),
        problems=_sorted_problems([*problems, *unreadable(config, draft.desired, live)]),
        ids=_ids(changes, live),
    )


def _draft(config: Config, live: LiveState, today: date) -> _Draft:
    resolver = Resolver(config, live)
    desired = read(config, live, today, resolver)
    direct = direct_policies(config, desired, live, resolver)
    changes = [*group_changes(config, desired), *deletions(config, desired, live), *direct.changes]
    owned = owned_policies(config, live, resolver, changes)
    changes += owned.changes
    changes.sort(key=_rank)
    notes = (*desired.notes, *direct.notes, *owned.notes)
    return _Draft(tuple(changes), desired, owned, notes, _missing(config, live, desired, owned, changes))


def _rank(change: Change) -> tuple[int, str]:
    return RANKS[type(change.fact), change.action], change.address


def _missing(
    config: Config, live: LiveState, desired: Desired, owned: OwnedPolicies, changes: Iterable[Change]
) -> Missing:
    """Return what to read next, and nothing that was asked for and denied."""
    resolver = Resolver(config, live)
    local_refs = {spec for spec in desired.unproved if resolver.is_local(spec)}
    owns = config.policies or any(entry.kind == "policy" for entry in config.removed)
    listable = "iam:ListPolicies" not in live.denied
    if (local_refs or owns) and not live.local_listed and listable:
        return Missing(local=True, aws=desired.unproved - local_refs if not live.aws_listed else frozenset())
    aws = desired.unproved - local_refs
    if aws and not live.aws_listed and listable:
        return Missing(aws=aws)
    unread = {arn for arn in undecided(changes) if _unread(live, arn)}
    documents = owned.documents | (unread if "iam:GetPolicyVersion" not in live.denied else set())
    return Missing(
        details=frozenset(owned.details), documents=frozenset(documents), versions=frozenset(owned.versions)
    )


def _unread(live: LiveState, arn: str) -> bool:
    known = live.policies.get(arn)
    return arn in live.held_arns if known is None else known.document is None


def _with_preferences(edges: frozenset[Edge], preferences: Sequence[Edge]) -> frozenset[Edge]:
    """Add the preferences that close no cycle; all at once where that works, else one by one."""
    if not cyclic_edges(edges.union(preferences)):
        return edges.union(preferences)
    after = successors(edges)
    result = set(edges)
    for first, then in preferences[:PREFERENCES_CHECKED]:
        if not reaches(after, then, first):
            after.setdefault(first, []).append(then)
            result.add((first, then))
    return frozenset(result)


def _in_order(changes: Sequence[Change], edges: Iterable[Edge]) -> tuple[Change, ...]:
    needs: dict[int, list[int]] = {}
    for first, then in edges:
        needs.setdefault(then, []).append(first)
    addresses = [change.address for change in changes]
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}

    def waiting(index: int) -> Change:
        if index not in needs:
            return changes[index]
        waits = tuple(sorted(addresses[first] for first in needs[index]))
        return replace(changes[index], needs=shared.setdefault(waits, waits))

    return tuple(waiting(index) for index in order([_rank(change) for change in changes], edges))


def _moments(settled: Compromise) -> tuple[Moment, ...]:
    lost = [Moment("loss", user, arn) for user, arn in settled.lost]
    return tuple(sorted([*lost, *(Moment("excess", user, arn) for user, arn in settled.excess)]))


def _sorted_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    levels = {"warning": 0, "info": 1}
    return tuple(
        sorted(set(notes), key=lambda note: (levels[note.level], note.code, note.subject, note.message))
    )


def _sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(set(problems), key=lambda problem: (problem.position or ("", 0, 0), problem.message)))


def _ids(changes: Iterable[Change], live: LiveState) -> dict[str, str]:
    """Return the unique ids of every live group and user the changes name; a re-created one differs."""
    ids: dict[str, str] = {}
    for name in {name for change in changes for name in change.names}:
        kind, _, bare = name.partition("/")
        thing = live.group(bare) if kind == "group" else live.user(bare)
        if thing is not None:
            ids[name] = thing.id
    return dict(sorted(ids.items()))
