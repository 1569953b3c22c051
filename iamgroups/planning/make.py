"""Put a plan together: what differs, and what else must be known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from iamgroups.errors import Problem
from iamgroups.planning.accepted import Acceptance
from iamgroups.planning.arrangement import Arrangement
from iamgroups.planning.containment import Containment
from iamgroups.planning.desired import Desired, read
from iamgroups.planning.direct import direct_policies
from iamgroups.planning.groups import deletions, group_changes, unreadable
from iamgroups.planning.inline import inline_changes
from iamgroups.planning.note import Note
from iamgroups.planning.notes import all_notes
from iamgroups.planning.owned import OwnedPolicies, owned_policies
from iamgroups.planning.partitions import of_another_partition
from iamgroups.planning.plan import Plan
from iamgroups.planning.reading import unknown_twins, unread_documents
from iamgroups.planning.resolver import Resolver
from iamgroups.planning.to_read import ToRead
from iamgroups.state import Attachment, Direct
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.state.names import is_aws_managed
from iamgroups.state.term import Time, begin_of


@dataclass(frozen=True)
class _Draft:
    """The changes without an order, with the notes on them and what has still to be read."""

    changes: tuple[Change, ...]
    desired: Desired
    owned: OwnedPolicies
    notes: tuple[Note, ...]
    to_read: ToRead


def make_plan(config: Config, live: LiveState, now: Time) -> Plan:
    """Return the plan for this configuration on this account at this time; a day counts from its beginning.

    A plan with a `to_read` that is not empty has no changes yet: read that, and call again.
    """
    draft = _draft(config, live, begin_of(now))
    if draft.to_read:
        return Plan(live.account, config.digest, to_read=draft.to_read)
    arranged = _arranged(config, live, draft.changes)
    contained = {note.subject for note in draft.notes if note.code == "contained"}
    beside = all_notes(config, draft.desired, live, draft.changes, arranged.access)
    notes = [
        *(note for note in beside if note.subject not in contained),
        *unknown_twins(draft.changes, live),
    ]
    problems = [
        *draft.desired.problems,
        *draft.owned.problems,
        *arranged.problems,
        *of_another_partition(config, live.account),
        *unreadable(config, draft.desired, live),
    ]
    return Plan(
        account=live.account,
        config_digest=config.digest,
        changes=arranged.changes,
        moments=arranged.moments,
        notes=_sorted_notes(
            _accepted([*draft.notes, *notes], Acceptance(config.accepted, live, begin_of(now).date()))
        ),
        problems=_sorted_problems(problems),
        ids=_ids(draft.changes, live),
    )


def _arranged(config: Config, live: LiveState, changes: Sequence[Change]) -> Arrangement:
    """Order the changes. Most plans have none: they do not import what orders them."""
    if not changes:
        return Arrangement()
    from iamgroups.planning.order.arrange import arrange

    return arrange(config, live, changes)


def _draft(config: Config, live: LiveState, now: datetime) -> _Draft:
    resolver = Resolver(config, live)
    desired = read(config, live, now, resolver)
    direct = direct_policies(config, desired, live, resolver)
    changes = [
        *group_changes(config, desired),
        *inline_changes(config, desired, live, resolver),
        *deletions(config, desired, live),
        *direct.changes,
    ]
    held_back = Containment(config, live).held_back(changes)
    notes = [*desired.notes, *direct.notes, *_contained(changes, held_back)]
    changes = [change for change in changes if change.address not in held_back]
    owned = owned_policies(config, live, resolver, changes)
    changes += owned.changes
    notes += owned.notes
    return _Draft(
        tuple(changes), desired, owned, tuple(notes), _to_read(config, live, desired, owned, changes)
    )


def _contained(changes: Iterable[Change], held_back: Mapping[str, str]) -> Iterator[Note]:
    """Yield a note for each change that is left out because it would end a containment."""
    for change in changes:
        if message := held_back.get(change.address):
            words = f"{message}. To take it away: --allow containment"
            yield Note("contained", change.address, words, change.position, reported=True)


def _to_read(
    config: Config, live: LiveState, desired: Desired, owned: OwnedPolicies, changes: Sequence[Change]
) -> ToRead:
    """Return what to read next. What IAM has denied is not asked for again."""
    resolver = Resolver(config, live)
    unproved = frozenset(filter(resolver.is_of_partition, desired.unproved))
    local_refs = {spec for spec in unproved if resolver.is_local(spec)}
    owns = config.policies or any(entry.kind == "policy" for entry in config.removed)
    listable = "iam:ListPolicies" not in live.denied
    if (local_refs or owns) and not live.local_listed and listable:
        return ToRead(local=True, aws=unproved - local_refs if not live.aws_listed else frozenset())
    aws = (unproved - local_refs) | _unproved_attachable(changes, live)
    if aws and not live.aws_listed and listable:
        return ToRead(aws=aws)
    readable = not live.frozen and "iam:GetPolicyVersion" not in live.denied
    documents = owned.documents | (unread_documents(changes, live) if readable else frozenset())
    return ToRead(
        details=frozenset(owned.details), documents=frozenset(documents), versions=frozenset(owned.versions)
    )


def _unproved_attachable(changes: Iterable[Change], live: LiveState) -> frozenset[str]:
    """Return the AWS managed policies of these changes of which it is not known if one may attach them."""
    facts = (change.fact for change in changes)
    arns = {fact.arn for fact in facts if isinstance(fact, Attachment | Direct) and is_aws_managed(fact.arn)}
    return frozenset(arns - live.policies.keys())


def _accepted(notes: Iterable[Note], acceptance: Acceptance) -> Iterator[Note]:
    for note in notes:
        accepted = note.reported and acceptance.entry_for(note.subject) is not None
        yield replace(note, accepted=accepted) if accepted else note


def _sorted_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    levels = {"warning": 0, "info": 1}
    return tuple(
        sorted(set(notes), key=lambda note: (levels[note.level], note.code, note.subject, note.message))
    )


def _sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return each problem once, with all it is about: a line of a team counts for many groups."""
    found: dict[Problem, dict[str, None]] = {}
    for problem in problems:
        found.setdefault(problem._replace(about=()), {}).update(dict.fromkeys(problem.about))
    merged = (problem._replace(about=tuple(about)) for problem, about in found.items())
    return tuple(sorted(merged, key=lambda problem: (problem.position or ("", 0, 0), problem.message)))


def _ids(changes: Iterable[Change], live: LiveState) -> dict[str, str]:
    """Return `group/G` or `user/U` -> its unique id in IAM, by which `apply` notices a re-created one."""
    ids: dict[str, str] = {}
    for name in {name for change in changes for name in change.names}:
        kind, _, bare = name.partition("/")
        thing = live.group(bare) if kind == "group" else live.user(bare)
        if thing is not None:
            ids[name] = thing.id
    return dict(sorted(ids.items()))
