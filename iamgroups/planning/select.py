"""Choose part of a plan: some groups, what expired, or what was saved, with everything it waits for.

The part is arranged anew, because it is what will run: the access promise is kept, and its exceptions
announced, between before and after the part.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Set
from dataclasses import replace

from iamgroups.errors import Problem
from iamgroups.planning.note import Note
from iamgroups.planning.order.arrange import arrange
from iamgroups.planning.plan import Plan
from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold
from iamgroups.state.term import Timing

WORDS: Mapping[Timing, str] = {"": "", "expired": "what has expired", "due": "what is due"}


def select_part(
    plan: Plan,
    config: Config,
    live: LiveState,
    *,
    groups: Collection[str] = (),
    excluded: Collection[str] = (),
    time: Timing = "",
) -> Plan:
    """Return the changes of these groups (ignoring case; none: of all) and, transitively, all they wait for.

    `excluded`: groups of which nothing is done, and nothing that waits for their changes.
    `time`: of these only what time asks for: "expired" ends, "due" begins or ends.
    """
    wanted, others = {fold(name) for name in groups}, {fold(name) for name in excluded}
    theirs = {change.address for change in plan.changes if not others.isdisjoint(_groups_of(change))}
    waiting = _waiting_for(plan, theirs)
    asked = {
        change.address
        for change in plan.changes
        if _is_asked(change, time) and (not wanted or not wanted.isdisjoint(_groups_of(change)))
    }
    part = _part(plan, config, live, asked - theirs - waiting.keys())
    notes = [_left_out(plan.by_address[one], need) for one, need in waiting.items() if one in asked]
    part = replace(part, only=_only(groups, excluded, time), notes=(*part.notes, *notes))
    return _without_others_problems(part, frozenset() if time else _whole(plan, wanted, others))


def _waiting_for(plan: Plan, theirs: Collection[str]) -> Mapping[str, str]:
    """Return each other change that cannot be made without these, with the one it waits for."""
    found: dict[str, str] = {}
    for change in plan.changes:  # in an order in which what is needed comes first
        need = next((need for need in change.needs if need in theirs or need in found), "")
        if need and change.address not in theirs:
            found[change.address] = need
    return found


def _left_out(change: Change, need: str) -> Note:
    message = f"left out, because it depends on {need}: {change.sentence}"
    return Note("left-out", change.address, message, change.position)


def _whole(plan: Plan, wanted: Set[str], others: Set[str]) -> Set[str]:
    """Return the folded addresses that are wanted whole: of these groups, or of all but the others."""
    if wanted:
        return {f"group/{name}" for name in wanted - others}
    about = {fold(address) for problem in plan.problems for address in problem.about} if others else set()
    return about - {f"group/{name}" for name in others}


def _is_asked(change: Change, time: Timing) -> bool:
    if time == "":
        return True
    return change.due is not None and (time == "due" or change.action == "delete")


def _only(groups: Collection[str], excluded: Collection[str], time: Timing) -> str:
    of = " of ".join(filter(None, [WORDS[time], _named(groups)]))
    return f"{of or 'what is'} outside {_named(excluded)}" if excluded else of


def _named(groups: Collection[str]) -> str:
    return f"{'group' if len(groups) == 1 else 'groups'} {', '.join(groups)}" if groups else ""


def _groups_of(change: Change) -> set[str]:
    """Return the group's name before and after the plan, folded; empty for what belongs to no group."""
    parts = [name.partition("/") for name in (*change.names, change.address)]
    named = {rest for kind, _, rest in parts if kind == "group"}
    named |= {change.fact.group} if isinstance(change.fact, Attachment | Membership | InlineGroup) else set()
    return {fold(name) for name in named}


def select_addresses(plan: Plan, config: Config, live: LiveState, addresses: Container[str]) -> Plan:
    """Return the changes at these addresses, and all they wait for."""
    asked = {change.address for change in plan.changes if change.address in addresses}
    return _without_others_problems(_part(plan, config, live, asked), frozenset())


def _without_others_problems(part: Plan, whole: Set[str]) -> Plan:
    """Turn the problems that the part does not touch into warnings. `whole`: folded addresses wanted whole.

    A name that the account does not have concerns only groups that are wanted whole: nothing is done to it.
    """
    touched = {*whole}.union(*(_touched(change) for change in part.changes))
    kept: list[Problem] = []
    others: list[Note] = []
    for problem in part.problems:
        about = {fold(address) for address in problem.about}
        if not about or about & (whole if problem.missing else touched):
            kept.append(problem)
        else:
            message = f"{problem.message}: not part of this plan"
            others.append(Note("unresolved", problem.missing or problem.about[0], message, problem.position))
    return replace(part, problems=tuple(kept), notes=(*part.notes, *others))


def _touched(change: Change) -> set[str]:
    """Return the folded addresses of the change and of every group, user and policy it is about."""
    fact = change.fact
    policies = {f"policy/{fact.arn.rpartition('/')[2]}"} if isinstance(fact, Attachment | Direct) else set()
    groups = {f"group/{name}" for name in _groups_of(change)}
    return {fold(address) for address in {change.address, *change.names, *policies, *groups}}


def _part(plan: Plan, config: Config, live: LiveState, asked: set[str]) -> Plan:
    work, taken = list(asked), set(asked)
    while work:
        for need in plan.by_address[work.pop()].needs:
            if need not in taken:
                taken.add(need)
                work.append(need)
    if len(taken) == len(plan.changes):
        return replace(plan, came_along=tuple(sorted(taken - asked)))
    arranged = arrange(config, live, (change for change in plan.changes if change.address in taken))
    named = {name for change in arranged.changes for name in change.names}
    return replace(
        plan,
        changes=arranged.changes,
        moments=arranged.moments,
        notes=tuple(_still_true(plan.notes, (c for c in plan.changes if c.address not in taken))),
        problems=(*plan.problems, *arranged.problems),
        ids={name: id_ for name, id_ in plan.ids.items() if name in named},
        came_along=tuple(sorted(taken - asked)),
    )


def _still_true(notes: Iterable[Note], left_out: Iterable[Change]) -> Iterator[Note]:
    """Yield the notes that do not rest on a change that was left out."""
    untrue = {(code, fold(subject)) for change in left_out for code, subject in _notes_on(change)}
    return (note for note in notes if (note.code, fold(note.subject)) not in untrue)


def _notes_on(change: Change) -> Iterator[tuple[str, str]]:
    """Yield code and subject of the notes that are true only together with this change."""
    fact = change.fact
    if isinstance(fact, PolicyFact):
        yield "policy-reach", change.address
        yield "adopted", change.address
    if isinstance(fact, GroupFact):
        yield "lost-arn", change.address
    if isinstance(fact, Membership | Direct):
        yield "offboarded-but-holds", f"user/{fact.user}"
    if isinstance(fact, Attachment | Direct):
        yield "deprecated", change.address
        yield "still-held", f"policy/{fact.arn.rpartition('/')[2]}"
