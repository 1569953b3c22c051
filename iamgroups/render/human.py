"""A plan as text for a terminal. Must not wrap a line: an ARN is copied whole or not at all."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from iamgroups.planning import Change, Finding, Note
from iamgroups.render import wording
from iamgroups.render.review import Review
from iamgroups.state import GroupFact

LINES = 400  # a plan of more lines is collapsed
SHOWN = 10  # of one kind, when collapsed
COLORS = {"+": "\x1b[32m", "-": "\x1b[31m", "~": "\x1b[33m", "!": "\x1b[1;31m"}
RESET = "\x1b[0m"


def plan(review: Review, color: bool = False, full: bool = False) -> str:
    """Return the plan for a reader; `full` lists every change however many there are."""
    lines = [wording.account(review.plan.account), ""]
    for block in _blocks(review, None if full else _quota(review)):
        lines += [*block, ""]
    lines.append(totals(review))
    return paint(lines, color)


def paint(lines: Iterable[str], color: bool) -> str:
    """Join lines, neutralised; coloured by their symbol where wanted."""
    safe = (wording.clean(line) for line in lines)
    return "\n".join(map(_colored, safe) if color else safe) + "\n"


def totals(review: Review) -> str:
    """Return the last line: what would be done, and the digest."""
    changes = review.plan.changes
    if not changes:
        return "No changes: the account is what the configuration says."
    return f"Plan: {', '.join(wording.tally(changes))}.  Digest: {review.plan.digest}"


def _colored(line: str) -> str:
    start = COLORS.get(line.lstrip()[:1])
    return f"{start}{line}{RESET}" if start else line


def _quota(review: Review) -> int | None:
    """Return how many lines one run of like changes may take, None when all fit."""
    changes = review.plan.changes
    if len(changes) <= LINES:
        return None
    blocks = [*review.groups.values(), *review.direct.values()]
    runs = sum(1 for block in blocks for _ in groupby(block, _run))
    return min(SHOWN, LINES // runs)


def _blocks(review: Review, quota: int | None) -> Iterator[list[str]]:
    if review.policies:
        yield ["Policies", *_sections(review.policies.values(), quota)]
    if review.groups:
        yield ["Groups", *_groups(review, quota)]
    if review.effects or review.direct:
        yield ["People", *_people(review, quota)]
    if review.plan.moments:
        yield list(_moments(review))
    if review.plan.came_along:
        yield [f"Came along, because the selected changes wait for it: {', '.join(review.plan.came_along)}"]
    for level, title in (("info", "Notes"), ("warning", "Warnings")):
        notes = [note for note in review.plan.notes if note.level == level]
        if notes:
            yield [title, *_notes(notes)]
    if review.findings:
        yield ["Guardrails", *(line for finding in review.findings for line in _finding(finding))]


def _groups(review: Review, quota: int | None) -> Iterator[str]:
    for name, changes in review.groups.items():
        own = changes[0] if isinstance(changes[0].fact, GroupFact) else None
        yield f"  {_group_title(name, own)}"
        yield from _lines(changes[1:] if own else changes, "    ", quota)


def _group_title(name: str, own: Change | None) -> str:
    if own is None:
        return name
    assert isinstance(own.fact, GroupFact)
    words = "  ".join(
        part for part in (f"at {own.fact.path}", own.why, wording.where([own.position])) if part
    )
    return f"{own.symbol} {name}  {words}"


def _sections(blocks: Iterable[Sequence[Change]], quota: int | None) -> Iterator[str]:
    for changes in blocks:
        yield from _lines(changes, "  ", quota)


def _lines(changes: Sequence[Change], indent: str, quota: int | None) -> Iterator[str]:
    """Yield a line per change, or for a long run of like changes the first and a count."""
    shown: list[tuple[str, str]] = []
    for (_, kind), run in groupby(changes, _run):
        like = list(run)
        fits = quota is None or len(like) <= quota + 1
        shown += [_cells(change) for change in (like if fits else like[:quota])]
        if not fits:
            rest = len(like) - (quota or 0)
            word = "more " if quota else ""
            noun = wording.NOUNS[kind][rest > 1]
            shown.append((f"{like[0].symbol} {rest:,} {word}{noun}", ""))
    width = min(48, max((len(label) for label, _ in shown), default=0))
    for label, rest_of_line in shown:
        yield f"{indent}{label:<{width}}  {rest_of_line}".rstrip()


def _run(change: Change) -> tuple[str, type]:
    return change.action, type(change.fact)


def _cells(change: Change) -> tuple[str, str]:
    words = (wording.where([change.position]), change.why)
    return wording.label(change), "  ".join(word for word in words if word)


def _people(review: Review, quota: int | None) -> Iterator[str]:
    for user, changes in review.direct.items():
        effect = review.effect_of.get(user)
        words = _effect_words(effect.gains, effect.loses, False) if effect else "keeps the same policies"
        yield f"  {user}: {words}"
        yield from _lines(changes, "    ", quota)
    for effect, users in review.alike.items():
        names = wording.people(users, len(users) if quota is None else SHOWN)
        yield f"  {names}: {_effect_words(effect.gains, effect.loses, len(users) > 1)}"


def _effect_words(gains: Sequence[str], loses: Sequence[str], several: bool) -> str:
    end = "" if several else "s"
    parts = [(f"gain{end}", gains), (f"lose{end}", loses)]
    return "; ".join(f"{verb} {wording.shorts(arns)}" for verb, arns in parts if arns)


def _moments(review: Review) -> Iterator[str]:
    for (kind, arn, because), users in wording.alike_moments(review.plan.moments).items():
        names = wording.people(users, SHOWN)
        reason = f" ({because})" if because else ""
        yield f"{wording.moment(kind, names, len(users) > 1, arn)}{reason}"


def _notes(notes: Sequence[Note]) -> Iterator[str]:
    for _, run in groupby(sorted(notes, key=lambda note: note.code), lambda note: note.code):
        like = list(run)
        for note in like[:SHOWN]:
            yield f"  {note.message}" + (f"  {note.position}" if note.position else "")
        if len(like) > SHOWN:
            yield f"  and {len(like) - SHOWN:,} more of this kind ({like[0].code})"


def _finding(finding: Finding) -> Iterator[str]:
    standing = wording.standing(finding)
    yield f"  {'!' if standing == 'blocked' else ' '} {standing}: {finding.rule}: {finding.message}"
    places = wording.where(finding.positions[:SHOWN])
    if places:
        yield f"      {places}"
    if standing == "blocked":
        yield f"      to apply it all the same: --allow {finding.rule}"
