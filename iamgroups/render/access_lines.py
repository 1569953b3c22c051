"""The Access section of a plan as lines: what people gain and lose in actions."""

from collections.abc import Iterator, Sequence

from iamgroups.access.causes import Cause
from iamgroups.access.delta import AccessDelta, Row, Shift, Tally
from iamgroups.access.escalation import Way
from iamgroups.render import condition_words
from iamgroups.state.names import short
from iamgroups.state.nouns import count

ROWS = 10
PEOPLE = 5
NAMES = 5
SHORT_LEVELS = {"Permissions management": "Permissions"}
_BECOME = {
    "narrowed": "narrowed",
    "widened": "widened",
    "moved": "with other limits",
    "conditional": "become conditional",
    "freed": "lose a condition",
}


def section(delta: AccessDelta, full: bool = False) -> Iterator[str]:
    """Yield the section, its heading first; ten rows at most unless `full`."""
    yield heading(delta)
    shown = delta.rows if full else delta.rows[:ROWS]
    for row in shown:
        yield from _row(row, delta, full)
    rest = sum(len(row.people) for row in delta.rows[len(shown) :])
    if rest:
        yield f"  and {people_word(rest, 'more ')} (-v)"
    for policy in delta.unread:
        yield f"  {policy} could not be read: what it gives is not counted"


def heading(delta: AccessDelta) -> str:
    """Return how many people become administrators, gain and lose."""
    counts = [
        (_count(delta, lambda row: row.administrator == "becomes"), "becomes", "become", " ADMINISTRATOR"),
        (_count(delta, gains), "gains", "gain", ""),
        (_count(delta, loses), "loses", "lose", ""),
        (_count(delta, _only_limits), "keeps", "keep", " actions with other limits"),
        (_count(delta, lambda row: row.unread_gained), "gets", "get", " what could not be read"),
    ]
    told = [f"{people_word(n)} {one if n == 1 else many}{rest}" for n, one, many, rest in counts if n]
    if told:
        return f"Access: {', '.join(told)}"
    if delta.rows:
        return "Access: cannot be told"
    kept = len(delta.same)
    also = f"; {people_word(kept)} keep{'s' if kept == 1 else ''} it by another way" if kept else ""
    return f"Access: nobody gains or loses an action{also}"


def gains(row: Row) -> bool:
    """Tell whether people gain actions without becoming administrators."""
    return bool(row.gained.count or row.ways_gained) and row.administrator != "becomes"


def loses(row: Row) -> bool:
    """Tell whether people lose actions."""
    return bool(row.lost.count)


def _only_limits(row: Row) -> bool:
    return bool(row.shifts) and not gains(row) and not loses(row) and not row.administrator


def _count(delta: AccessDelta, wanted: object) -> int:
    assert callable(wanted)
    return sum(len(row.people) for row in delta.rows if wanted(row))


def people_word(count: int, more: str = "") -> str:
    """Return `1 person`, `3 people`."""
    return f"{count:,} {more}{'person' if count == 1 else 'people'}"


def names(people: Sequence[str], shown: int = PEOPLE) -> str:
    """Return `alice, bob, 12 more`."""
    rest = len(people) - shown
    return ", ".join(people[:shown]) + (f", {rest:,} more" if rest > 0 else "")


def _row(row: Row, delta: AccessDelta, full: bool) -> Iterator[str]:
    yield f"  {names(row.people, len(row.people) if full else PEOPLE)}"
    for cause in row.causes:
        yield f"    {because(cause)}"
    yield from (f"    {line}" for line in _more_lines(row, full))
    for boundary in row.boundaries:
        if row.gained.count or row.administrator:
            yield f"    boundary {short(boundary)} caps it"
    yield from (f"    {line}" for line in _what(row, delta, full))


def because(cause: Cause) -> str:
    """Return why somebody's access changes, with the line that asks for it."""
    where = f"   {cause.position}" if cause.position else ""
    if cause.kind in ("joins", "leaves"):
        return f"{cause.kind} {cause.subject}{where}"
    if cause.kind == "policy":
        return f"new document of {cause.subject}{where}"
    if cause.kind == "direct":
        return f"direct {', '.join(cause.lost)} detached{where}"
    parts = [*(f"+ {policy}" for policy in cause.gained), *(f"- {policy}" for policy in cause.lost)]
    return f"group {cause.subject}   {', '.join(parts)}{where}"


def _more_lines(row: Row, full: bool) -> Iterator[str]:
    """Yield the lines that ask for the same for other people of the row."""
    shown = {cause.position for cause in row.causes}
    more = sorted({line for lines in row.lines.values() for line in lines} - shown)
    if more and full:
        yield f"also on {', '.join(map(str, more))}"
    elif more:
        yield f"and on {count(len(more), 'more line', 'more lines')} (-v)"


def _what(row: Row, delta: AccessDelta, full: bool) -> Iterator[str]:
    if row.administrator == "becomes":
        yield f"+ everything ({delta.actions:,} actions, {delta.services} services), every way to escalate"
    elif row.gained.count:
        limits = condition_words.scopes(row.limits)
        yield f"+{_tally(row.gained, full)}" + (f"   only {limits}" if limits else "")
        yield from _privilege(row, full)
    if row.unread_gained:
        yield f"? and what could not be read: {_some(row.unread_gained, full)}"
    if row.denied:
        yield f"  were denied by {', '.join(row.denied)}; allowed by {', '.join(row.had)} all along"
    if row.lost.count:
        whole = f"everything ({row.lost.count:,} actions)" if row.lost.everything else ""
        yield f"- {whole}" if whole else f"-{_tally(row.lost, full)}"
        if row.lost.privileged:
            yield f"  no longer manages permissions: {_some(row.lost.privileged, full)}"
    for shift in row.shifts:
        yield _shift(shift, full)
    for way in row.ways_gained if full else row.ways_gained[:NAMES]:
        yield f"! CAN ESCALATE{'  possibly,' if way.possibly else ' '} {way.method.id}: {way.method.how}"
    if len(row.ways_gained) > NAMES and not full:
        yield f"! and {len(row.ways_gained) - NAMES} more ways to escalate (-v)"
    if row.ways_lost:
        yield f"  can no longer escalate: {_some([way.method.id for way in row.ways_lost], full)}"


def _privilege(row: Row, full: bool) -> Iterator[str]:
    if row.gained.privileged:
        yield f"  manages permissions: {_some(row.gained.privileged, full)}"
    elif not row.ways_gained and not row.unread_gained:
        yield "  nothing privileged"
    if row.own_only:
        yield f"  {_some(row.own_only, full)}: own user only"


def _shift(shift: Shift, full: bool) -> str:
    count = shift.actions.count
    noun = "action" if count == 1 else "actions"
    named = _some(shift.actions.names, full) if shift.actions.names else pairs(shift.actions.services[:NAMES])
    if shift.kind == "conditional":
        return (
            f"~ {count:,} {noun} become conditional: denied {condition_words.scopes(shift.after)}   {named}"
        )
    if shift.kind == "freed":
        return f"~ {count:,} {noun} no longer denied {condition_words.scopes(shift.before)}   {named}"
    before = condition_words.scopes(shift.before).removeprefix("on ") or "everywhere"
    after = condition_words.scopes(shift.after).removeprefix("on ") or "everywhere"
    return f"~ {count:,} {noun} {_BECOME[shift.kind]}   {named}   from {before} to {after}"


def _tally(tally: Tally, full: bool) -> str:
    services = tally.services if full else tally.services[:NAMES]
    rest = len(tally.services) - len(services)
    more = f", {rest} more services" if rest else ""
    noun = "action" if tally.count == 1 else "actions"
    named = f"   {', '.join(tally.names)}" if tally.count <= 3 else ""
    return f"{tally.count:,} {noun}   {pairs(services)}{more}   {pairs(tally.levels)}{named}"


def pairs(found: Sequence[tuple[str, int]]) -> str:
    """Return `s3 83, iam 2`."""
    return ", ".join(f"{SHORT_LEVELS.get(name, name)} {number:,}" for name, number in found)


def _some(found: Sequence[str], full: bool) -> str:
    return ", ".join(found) if full else names(found, NAMES)


def table(delta: AccessDelta) -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of a summary: who, gains, loses, what is privileged."""
    for row in delta.rows[:ROWS]:
        everything = row.administrator == "becomes"
        limited = ", with limits" if row.limits else ""
        gained = "everything" if everything else f"{row.gained.count:,}{limited}" if row.gained.count else ""
        changed = [f"{shift.actions.count:,} {_BECOME[shift.kind]}" for shift in row.shifts]
        lost = [f"{row.lost.count:,}"] if row.lost.count else []
        yield names(row.people), gained, "; ".join([*lost, *changed]), _privileged(row)


def _privileged(row: Row) -> str:
    if row.administrator:
        return "administrator" if row.administrator == "becomes" else "no longer administrator"
    if row.ways_gained:
        may = "may escalate" if all(way.possibly for way in row.ways_gained) else "can escalate"
        return f"{may}: {_methods(row.ways_gained)}"
    unread = f"not read: {names(row.unread_gained, 2)}" if row.unread_gained else ""
    return "; ".join(filter(None, [names(row.gained.privileged, 3), unread]))


def _methods(ways: Sequence[Way]) -> str:
    rest = len(ways) - 1
    return ways[0].method.id + (f", {rest} more" if rest else "")
