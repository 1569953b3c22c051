"""What became of each change so far, told to the journal and to whoever watches."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from iamgroups.applying.decision import Attempt
from iamgroups.applying.journal import Journal
from iamgroups.applying.workers import Answer, Unsent
from iamgroups.results.applied import Outcome
from iamgroups.state import Call
from iamgroups.state.change import Change
from iamgroups.state.failure import CallFailed


class ApplyProgress(NamedTuple):
    """Counts of changes. `waiting` says in words why the apply waits, "" while it does not."""

    finished: int
    total: int
    failed: int
    skipped: int
    in_flight: int
    waiting: str


Report = Callable[[ApplyProgress], None]


class Outcomes:
    """The outcomes of a plan's changes by position; every entry is also a line of the journal."""

    def __init__(
        self, changes: Sequence[Change], journal: Journal, report: Report, ending: Mapping[str, Any]
    ) -> None:
        """Begin with nothing sent. `ending`: address of an inline policy that ends -> its document."""
        self._ending = ending
        self._changes = changes
        self._journal = journal
        self._report = report
        self._outcomes: list[Outcome | None] = [None] * len(changes)
        self._failed = self._skipped = 0
        self.left = len(changes)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return one outcome per change; what has none was not started."""
        pairs = zip(self._changes, self._outcomes, strict=True)
        return tuple(outcome or Outcome(change, "not_started") for change, outcome in pairs)

    def sending(self, attempt: Attempt, call: Call) -> None:
        """Note a write before it is sent."""
        change = attempt.change
        record = {
            "event": "attempt",
            "address": change.address,
            "attempt": attempt.count,
            "operation": call.operation,
            "params": dict(call.params),
        }
        if (was := change.replaced) is not None:
            document = {"document": self._ending[change.address]} if change.address in self._ending else {}
            record["replaced"] = {"kind": was.kind.name, **was.values, **document}
        self._journal.write(record)

    def answer(self, attempt: Attempt, answer: Answer) -> None:
        """Note what came of an attempt, or of a look."""
        record: dict[str, object] = {"event": "answer", "address": attempt.change.address}
        if attempt.look:
            record["event"] = "look"
        else:
            record["attempt"] = attempt.count
        match answer:
            case CallFailed():
                record |= {"answer": answer.failure.value, "code": answer.code, "message": answer.message}
            case bool():
                record["answer"] = "shows" if answer else "does not show"
            case Unsent():
                record["answer"] = "not sent"
            case _:
                record["answer"] = "ok"
        self._journal.write(record)

    def settle(self, index: int, outcome: Outcome) -> None:
        """Note what became of a change."""
        self._outcomes[index] = outcome
        self.left -= 1
        self._failed += outcome.status in ("failed", "unknown")
        self._skipped += outcome.status == "skipped"
        told = {name: value for name, value in outcome._asdict().items() if value and name != "change"}
        self._journal.write({"event": "settled", "address": outcome.change.address, **told})

    def skip(self, index: int, because: str) -> None:
        """Note that a change is not sent, because the change at an address did not succeed."""
        self.settle(index, Outcome(self._changes[index], "skipped", because=because))

    def tell(self, in_flight: int, waiting: str) -> None:
        """Report how far we are."""
        total = len(self._outcomes)
        self._report(ApplyProgress(total - self.left, total, self._failed, self._skipped, in_flight, waiting))
