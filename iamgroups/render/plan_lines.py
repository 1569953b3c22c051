"""Lines that a terminal and a pull request share: one fact, one line, the same words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from iamgroups.planning.note import Finding, Note
from iamgroups.render import wording
from iamgroups.results.review import Review
from iamgroups.state import Kind
from iamgroups.state.change import Change
from iamgroups.state.names import policy_name
from iamgroups.state.nouns import count

if TYPE_CHECKING:
    from iamgroups.access.effects import Keep, PersonEffect

MANY = 400  # a plan of more changes is collapsed
SHOWN = 10  # of one kind, when collapsed
PEOPLE = 100  # lines about people, when collapsed
DIFFERENCES = 40  # lines for one document
AT_ONCE = ("contained", "unknown-member")  # the codes of what is reported and never folded
WIDTH = 48  # what stands in the first column before the second moves right


def quota(review: Review) -> int | None:
    """Return how many lines one run of like changes may take; None when every change is listed."""
    if len(review.plan.changes) <= MANY:
        return None
    blocks = [*review.groups.values(), *review.direct.values()]
    runs = sum(1 for block in blocks for _ in groupby(block, _run))
    return min(SHOWN, MANY // max(1, runs))


def folded(review: Review, quota: int | None, of_people: int | None) -> bool:
    """Tell whether these lines leave out a change, a person or a note under the quotas they were given."""
    kinds = Counter((note.level, note.code) for note in review.plan.notes if not _is_left_alone(note))
    return (
        max(kinds.values(), default=0) > SHOWN
        or _overflows([*review.policies.values(), *review.groups.values()], quota)
        or _overflows(review.direct.values(), of_people)
        or (of_people is not None and _people_overflow(review))
    )


def _overflows(blocks: Iterable[Sequence[Change]], quota: int | None) -> bool:
    if quota is None:
        return False
    return any(len(list(run)) > quota + 1 for block in blocks for _, run in groupby(block, _run))


def _people_overflow(review: Review) -> bool:
    several = max(map(len, review.alike.values()), default=0)
    return several > SHOWN or max(len(review.direct), len(review.alike)) > PEOPLE


def policies(review: Review, indent: str, quota: int | None) -> Iterator[str]:
    """Yield the changes of owned policies, and under a new version how its document differs."""
    for changes in review.policies.values():
        updates = [change for change in changes if change.action == "update"]
        yield from of_changes([change for change in changes if change not in updates], indent, quota)
        for change in updates:
            yield from of_changes([change], indent, quota)
            yield from _document(change, indent + "    ")


def _document(change: Change, indent: str) -> Iterator[str]:
    try:
        found = change.fact.differences(change.before) if change.before else ()
    except ValueError:  # a saved plan is untrusted input; apply never takes a document from it
        found = ("the documents cannot be compared: they are not JSON",)
    yield from (f"{indent}{line}" for line in found[:DIFFERENCES])
    if len(found) > DIFFERENCES:
        yield f"{indent}and {len(found) - DIFFERENCES:,} more differences"


def groups(review: Review, quota: int | None) -> Iterator[str]:
    """Yield every group with its changes under it."""
    for name, changes in review.groups.items():
        yield from group(name, changes, quota)


def group(name: str, changes: Sequence[Change], quota: int | None) -> Iterator[str]:
    """Yield a group with its changes under it."""
    own = changes[0] if changes[0].fact.is_owner else None
    yield f"  {_title(name, own)}"
    yield from of_changes(changes[1:] if own else changes, "    ", quota)


def _title(name: str, own: Change | None) -> str:
    if own is None:
        return name
    details = own.fact.kind.details
    words = (details.of(own.fact) if details else "", own.why, wording.where([own.position]))
    return "  ".join([f"{own.symbol} {name}", *filter(None, words)])


def of_changes(changes: Sequence[Change], indent: str, quota: int | None) -> Iterator[str]:
    """Yield a line per change; of a long run of like changes the first and a count."""
    shown: list[tuple[str, str]] = []
    for (_, kind), run in groupby(changes, _run):
        like = list(run)
        fits = quota is None or len(like) <= quota + 1
        shown += [_cells(change) for change in (like if fits else like[:quota])]
        if not fits:
            rest = len(like) - (quota or 0)
            noun = kind.nouns[rest > 1]
            shown.append((f"{like[0].symbol} {rest:,} {'more ' if quota else ''}{noun}", ""))
    width = min(WIDTH, max((len(label) for label, _ in shown), default=0))
    for label, words in shown:
        yield f"{indent}{label:<{width}}  {words}".rstrip()


def _run(change: Change) -> tuple[str, Kind]:
    return change.action, change.fact.kind


def _cells(change: Change) -> tuple[str, str]:
    words = (wording.where([change.position]), change.why)
    return wording.label(change), "  ".join(filter(None, words))


def people(review: Review, quota: int | None) -> Iterator[str]:
    """Yield what each person gains and loses, and the direct policies that go; like effects together.

    Of many the first, whoever loses something before whoever only gains, and a count.
    """
    direct, alike = [*review.direct.items()], [*review.alike.items()]
    shown = max(len(direct), len(alike)) if quota is None else PEOPLE
    if len(alike) > shown:
        alike.sort(key=lambda entry: not entry[0].loses)
    for user, changes in direct[:shown]:
        effect = review.effect_of.get(user)
        words = _effect(effect, False) if effect else "holds the same policies as before"
        yield f"  {user}: {words}"
        yield from of_changes(changes, "    ", quota)
    for like, users in alike[:shown]:
        names = wording.people(users, len(users) if quota is None else SHOWN)
        yield f"  {names}: {_effect(like, len(users) > 1)}"
    rest = len(direct[shown:]) + sum(len(users) for _, users in alike[shown:])
    if rest:
        yield f"  and {count(rest, 'more person', 'more people')}"


def _effect(effect: "PersonEffect", several: bool) -> str:
    end = "" if several else "s"
    parts = [(f"gain{end}", effect.gains), (f"lose{end}", effect.loses)]
    words = [f"{verb} {wording.policies(policies)}" for verb, policies in parts if policies]
    return "; ".join([*words, *(f"keep{end} {_kept(keep)}" for keep in effect.keeps)])


def _kept(keep: "Keep") -> str:
    """Return `ops-all: was inline, now local:ops-all`."""
    is_inline = keep.was.startswith("inline/")
    name = keep.was.rpartition("/")[2] if is_inline else policy_name(keep.was)
    return f"{name}{': was inline,' if is_inline else ','} now {wording.policies(keep.now)}"


def moments(review: Review, full: bool = False) -> Iterator[str]:
    """Yield the announced exceptions to the access promise; `full` names everybody."""
    for (kind, policy), alike in wording.alike_moments(review.plan.moments).items():
        users, until = [moment.user for moment in alike], [moment.until for moment in alike]
        yield wording.moment(kind, users, policy, until, len(review.plan.moments) if full else SHOWN)


def only(review: Review) -> Iterator[str]:
    """Yield what the plan was restricted to."""
    if review.plan.only:
        yield f"Only {review.plan.only}: whatever else differs is left out"


def came_along(review: Review) -> str:
    """Return what was not selected and is done because the selected changes wait for it."""
    return f"Came along, because the selected changes wait for it: {', '.join(review.plan.came_along)}"


def notes(found: Iterable[Note], most: int | None = SHOWN) -> Iterator[str]:
    """Yield notes by kind; `most` of each kind (None: all) and a count."""
    for code, run in groupby(sorted(found, key=lambda note: note.code), lambda note: note.code):
        like = list(run)
        for note in like[:most]:
            told = note.message if most is None else wording.shortened(note.message)
            yield f"  {told}" + (f"  {note.position}" if note.position else "")
        if most is not None and len(like) > most:
            yield f"  and {len(like) - most:,} more of this kind ({code})"


def of_this_plan(review: Review, level: str) -> list[Note]:
    """Return the notes of a level on what this plan causes, or on what should be looked at now."""
    return [note for note in review.plan.notes if note.level == level and not _is_left_alone(note)]


def left_alone(review: Review, full: bool) -> Iterator[str]:
    """Yield what no file declares and the plan leaves as it is: in one line, or with `full` each."""
    found = [note for note in review.plan.notes if _is_left_alone(note)]
    if not found:
        return
    nouns = [wording.noun_of(note.subject) for note in found]
    kinds = ", ".join(count(nouns.count(each), *each) for each in dict.fromkeys(nouns))
    accepted = sum(note.accepted for note in found)
    aside = f" ({accepted:,} accepted)" if accepted else ""
    end = "" if full else "; `-v` lists them"
    yield f"No file declares, and the plan leaves alone: {kinds}{aside}{end}"
    for note in found if full else ():
        words = (note.message, str(note.position or ""), "accepted" if note.accepted else "")
        yield f"  {'  '.join(filter(None, words))}"


def _is_left_alone(note: Note) -> bool:
    return note.reported and note.code not in AT_ONCE


def findings(found: Iterable[Finding], full: bool = False) -> Iterator[str]:
    """Yield what the guardrails say, where to change it and how to go on all the same."""
    for finding in found:
        told = finding.message if full else wording.shortened(finding.message)
        standing = wording.standing(finding)
        yield f"{'!' if standing == 'blocked' else ' '} {standing}: {finding.rule}: {told}"
        places = wording.where(finding.positions[: None if full else SHOWN])
        if places:
            yield f"    {places}"
        if standing == "blocked":
            yield f"    to apply it all the same: --allow {finding.rule}"
