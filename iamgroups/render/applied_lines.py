"""Lines that say what became of an apply: everything that was not done, then counts."""

from collections.abc import Iterator, Sequence

from iamgroups.render import wording
from iamgroups.render.plan_lines import SHOWN
from iamgroups.results.applied import Applied, Outcome
from iamgroups.state.change import Change

STOPPED = {
    "signal": "Stopped by a signal",
    "lock": "Stopped: the lock was lost",
    "credentials": "Stopped: the credentials have expired",
    "journal": "Stopped: the journal cannot be written",
}


def lines(applied: Applied, most: int) -> Iterator[str]:
    """Yield the report; `most` changes of each kind."""
    yield wording.account(applied.plan.account)
    for title, outcomes in (
        ("Failed", applied.having("failed")),
        ("Skipped, because what they wait for did not succeed", applied.having("skipped")),
        ("Unknown: sent, and no answer came", applied.having("unknown")),
        ("Taken by IAM, and does not show", applied.not_showing),
    ):
        yield from _block(title, outcomes, most)
    yield from _left("Not started", [outcome.change for outcome in applied.having("not_started")])
    yield from _left("Left: wanted by now, and not in the saved plan", applied.left)
    yield ""
    said = [STOPPED.get(applied.stopped, applied.stopped), applied.detail.rstrip(".")]
    if any(said):
        yield f"{': '.join(filter(None, said))}."
    if applied.stopped == "credentials":
        yield "Renew them, then plan and apply again: it goes on where this stopped."
    made = wording.tally(applied.made)
    yield f"Applied: {', '.join(made)}." if made else "Nothing was changed."


def total(applied: Applied) -> str:
    """Return in one line what was made, and how many changes were not."""
    told = wording.tally(applied.made)
    counts = [
        (applied.counts["failed"], "failed"),
        (applied.counts["skipped"], "skipped"),
        (applied.counts["unknown"], "without an answer"),
        (applied.counts["not_started"], "not started"),
        (len(applied.not_showing), "not visible"),
    ]
    told += [f"{number:,} {word}" for number, word in counts if number]
    told += ["not proved"] if applied.unproved else []
    told += [STOPPED[applied.stopped].lower()] if applied.stopped else []
    return ", ".join(told) or "no changes"


def _block(title: str, outcomes: Sequence[Outcome], most: int) -> Iterator[str]:
    if outcomes:
        yield from ("", f"{title} ({len(outcomes):,})")
        yield from (f"  {_line(outcome)}" for outcome in outcomes[:most])
    if len(outcomes) > most:
        yield f"  and {len(outcomes) - most:,} more"


def _line(outcome: Outcome) -> str:
    why = f"{outcome.code}: {outcome.message}" if outcome.code else outcome.message or outcome.because
    return wording.located(outcome.change) + (f": {why}" if why else "")


def _left(title: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        yield from ("", f"{title}: {', '.join(wording.tally(changes))}")
        yield from (f"  {wording.located(change)}" for change in changes[:SHOWN])
    if len(changes) > SHOWN:
        yield f"  and {len(changes) - SHOWN:,} more"
