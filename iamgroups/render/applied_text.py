"""What became of an apply, as text and as Markdown. Must not leave out a failure."""

from collections.abc import Iterator, Sequence

from iamgroups.planning import Change
from iamgroups.render import wording
from iamgroups.render.human import paint
from iamgroups.render.lines import SHOWN
from iamgroups.render.markdown import BUDGET, fence
from iamgroups.results.applied import Applied, Outcome

STOPPED = {
    "signal": "Stopped by a signal",
    "lock": "Stopped: the lock was lost",
    "credentials": "Stopped: the credentials have expired",
    "journal": "Stopped: the journal cannot be written",
}


def human(applied: Applied, color: bool = False) -> str:
    """Return what was done, and everything that was not."""
    return paint(_lines(applied, SHOWN * 100), color)


def markdown(applied: Applied) -> str:
    """Return the same for a comment or a step's summary."""
    title = "applied" if applied.exit_code == 0 else "apply did not finish"
    return f"### iamgroups: {title}\n\n{fence(_lines(applied, SHOWN * 10), BUDGET - 2_000)}\n"


def _lines(applied: Applied, most: int) -> Iterator[str]:
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
