"""Lines that say how the account differs from the files."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from iamgroups.planning.drift import Difference, Drift, tally
from iamgroups.planning.note import Note
from iamgroups.render import wording
from iamgroups.render.plan_lines import SHOWN
from iamgroups.state.nouns import count

if TYPE_CHECKING:
    from iamgroups.access.levels import Rise

SYMBOLS = {"missing": "+", "extra": "-", "changed": "~", "broken": "!"}
UNPLANNED = "!"
KEEP = "`iamgroups adopt ADDRESS`, or for a time `iamgroups accept ADDRESS --reason WHY --until DAY`"
ACTIONS = 5  # of what rose in a document, more are counted
LINES = 400  # more differences than this are cut short, with counts


def lines(found: Drift, full: bool = False) -> Iterator[str]:
    """Yield what differs, what is new first. `full` lists what is accepted too, and cuts nothing.

    The symbols are those of the plan that would mend it, and `!` where no plan does.
    """
    yield from (wording.account(found.account), "")
    for block in _blocks(found, full):
        yield from (*block, "")
    yield total(found)


def total(found: Drift) -> str:
    """Return the line that sums up what `drift` fails for, and what it does not."""
    if found.problems:
        return "Cannot compare: the configuration does not fit the account."
    parts = [f"{count} {kind}" for kind, count in tally(found.new).items()]
    aside = f" ({len(found.accepted)} accepted)" if found.accepted else ""
    return f"Drift: {', '.join(parts)}{aside}." if parts else f"No drift{aside}."


def _blocks(found: Drift, full: bool) -> Iterator[list[str]]:
    if found.new:
        yield [f"New ({len(found.new):,})", *_differences(found.new, None if full else LINES)]
        yield [f"To keep something, by its address: {KEEP}"]
    if found.accepted and full:
        yield [f"Accepted ({len(found.accepted):,})", *_differences(found.accepted, None)]
    elif found.accepted:
        yield [f"Accepted: {_kinds(found.accepted)}. `iamgroups drift -v` lists them."]
    if found.notes:
        yield ["Warnings", *_notes(found.notes, None if full else max(SHOWN, LINES // 4))]
    if found.remarks:
        yield ["Accepted entries to tidy", *(f"  {said}  {where}" for said, where in found.remarks)]
    if found.problems:
        yield ["Problems", *(f"  {line}" for problem in found.problems for line in str(problem).splitlines())]


def _kinds(differences: Sequence[Difference]) -> str:
    nouns = [wording.noun_of(one.address) for one in differences]
    return ", ".join(count(nouns.count(each), *each) for each in dict.fromkeys(nouns))


def _differences(differences: Sequence[Difference], quota: int | None) -> Iterator[str]:
    """Yield each person, group and policy with what differs about it under it."""
    for owner, run in groupby(differences[:quota], lambda one: one.owner):
        yield f"  {owner.removeprefix('user/').replace('/', ' ', 1)}"
        for one in run:
            told = one.message if quota is None else wording.shortened(one.message)
            words = (told, one.address, wording.where([one.position]), _accepted(one))
            symbol = SYMBOLS[one.kind] if one.planned or one.kind == "missing" else UNPLANNED
            yield f"    {symbol} {'  '.join(filter(None, words))}"
            yield from (f"        {line}" for line in one.details)
            if one.rise:
                yield from (f"        {line}" for line in rise(one.rise, ACTIONS if quota else None))
    yield from _rest(len(differences), quota)


def rise(found: "Rise", shown: int | None) -> Iterator[str]:
    """Yield what rose in a document, a line an access level; `shown` names at most in each."""
    for level in found.levels:
        if level in found.gained:
            yield f"{level}: {_some(found.gained[level], shown)}"
        if level in found.freed:
            yield f"{level}, now without a limit: {_some(found.freed[level], shown)}"
    if found.ways:
        yield f"new {'way' if len(found.ways) == 1 else 'ways'} to escalate: {_some(found.ways, shown)}"
    if found.unlisted:
        yield f"level not known, not in AWS's list of {found.date}: {_some(found.unlisted, shown)}"


def _some(names: Sequence[str], shown: int | None) -> str:
    rest = len(names) - shown if shown else 0
    return ", ".join([*names[:shown], *([f"{rest:,} more"] if rest > 0 else [])])


def _accepted(one: Difference) -> str:
    if one.accepted is None:
        return ""
    until = f" until {one.accepted.until}" if one.accepted.until else ""
    return f"accepted{until}" + (f": {one.accepted.reason}" if one.accepted.reason else "")


def _notes(notes: Sequence[Note], quota: int | None) -> Iterator[str]:
    for note in notes[:quota]:
        yield f"    {'  '.join(filter(None, (note.message, wording.where([note.position]))))}"
    yield from _rest(len(notes), quota)


def _rest(number: int, quota: int | None) -> Iterator[str]:
    if quota is not None and number > quota:
        yield f"    and {number - quota:,} more (`iamgroups drift -v` lists all)"
