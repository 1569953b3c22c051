"""Lines that say how the account differs from the files."""

from collections.abc import Iterable, Iterator, Sequence

from iamgroups.planning.drift import Difference, Drift
from iamgroups.planning.note import Note
from iamgroups.render import wording
from iamgroups.render.plan_lines import SHOWN

TITLES = {
    "missing": ("+", "Missing from the account"),
    "extra": ("-", "Extra in the account"),
    "changed": ("~", "Changed in the account"),
}
LINES = 400  # more differences than this are cut short, with counts


def lines(found: Drift, full: bool = False) -> Iterator[str]:
    """Yield what drifted; the symbols are those of the plan that would mend it. `full` cuts nothing."""
    yield from (wording.account(found.account), "")
    for block in _blocks(found, None if full else LINES):
        yield from (*block, "")
    yield total(found)


def total(found: Drift) -> str:
    """Return the line that sums up what `drift` fails for, and what it does not."""
    if found.problems:
        return "Cannot compare: the configuration does not fit the account."
    kinds = [one.kind for one in found.differences if not one.known]
    parts = [f"{kinds.count(kind)} {kind}" for kind in TITLES if kind in kinds]
    noted = [note for note in found.noted if note.subject not in found.excused]
    known = len(found.differences) - len(kinds) + len(found.noted) - len(noted)
    if found.strict and noted:
        parts.append(f"{len(noted)} only reported (--strict)")
    rest = [f"{known} known"] if known else []
    rest += [f"{len(noted)} only reported"] if noted and not found.strict else []
    aside = f" ({', '.join(rest)})" if rest else ""
    return f"Drift: {', '.join(parts)}{aside}." if parts else f"No drift{aside}."


def _blocks(found: Drift, quota: int | None) -> Iterator[list[str]]:
    for kind, (symbol, title) in TITLES.items():
        differences = [one for one in found.differences if one.kind == kind]
        if differences:
            yield [f"{title} ({len(differences):,})", *_differences(differences, symbol, quota)]
    if found.noted:
        yield ["Only reported: no plan changes these", *_notes(found.noted, found.excused, quota)]
    if found.notes:
        yield ["Warnings", *_notes(found.notes, frozenset(), quota)]
    if found.remarks:
        yield ["Known drift to tidy", *(f"  {said}  {where}" for said, where in found.remarks)]
    if found.problems:
        yield ["Problems", *(f"  {line}" for problem in found.problems for line in str(problem).splitlines())]


def _differences(differences: Sequence[Difference], symbol: str, quota: int | None) -> Iterator[str]:
    for one in differences[:quota]:
        words = [one.message, wording.where([one.position]), _known(one)]
        yield f"  {symbol} {'  '.join(filter(None, words))}"
        yield from (f"      {line}" for line in one.details)
    yield from _rest(len(differences), quota)


def _known(one: Difference) -> str:
    if one.known is None:
        return ""
    until = f" until {one.known.until}" if one.known.until else ""
    return f"known{until}" + (f": {one.known.reason}" if one.known.reason else "")


def _notes(notes: Sequence[Note], excused: Iterable[str], quota: int | None) -> Iterator[str]:
    shown = None if quota is None else max(SHOWN, quota // 4)
    for note in notes[:shown]:
        words = [note.message, wording.where([note.position]), "known" if note.subject in excused else ""]
        yield f"    {'  '.join(filter(None, words))}"
    yield from _rest(len(notes), shown)


def _rest(number: int, quota: int | None) -> Iterator[str]:
    if quota is not None and number > quota:
        yield f"    and {number - quota:,} more (`iamgroups drift -v` lists all)"
