"""Meets every call with the rules of one file."""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.chaos.consistency import Overlap, Stale, Unborn
from iamgroups.sandbox.chaos.faults import ConcurrentChange, Fault, Interference, Lose, Refuse, Slow, Throttle
from iamgroups.sandbox.chaos.selector import Selector
from iamgroups.sandbox.request_log import LoggedRequest

FAULTS: Mapping[str, Callable[[Mapping[str, Any]], Fault]] = {
    "change": ConcurrentChange,
    "error": Refuse,
    "overlap": Overlap,
    "reset": Lose,
    "silence": Lose,
    "slow": Slow,
    "stale": Stale,
    "throttle": Throttle,
    "unborn": Unborn,
}


class Chaos:
    """Rules and what they have counted so far. Safe to use from several threads."""

    def __init__(self, rules: Sequence[Mapping[str, Any]] = (), seed: int = 0) -> None:
        """Take rules as `schemas/chaos.schema.json` has them; they are not checked here."""
        self._rules = [
            (rule["fault"], Selector(rule, f"{seed}/{place}"), FAULTS[rule["fault"]](rule))
            for place, rule in enumerate(rules)
        ]
        self._lock = Lock()

    def meet(self, entry: LoggedRequest, account: StrictIam) -> Interference:
        """Return what happens to a call, and note in `entry.faults` which rules it met."""
        interference = Interference()
        with self._lock:
            for name, selector, fault in self._rules:
                if selector.picks(entry) and fault.meet(entry, account, interference):
                    entry.faults.append(name)
                if interference.end is not None:
                    break
        return interference

    def writing(self, entry: LoggedRequest, account: StrictIam) -> None:
        """Tell the rules of a write that is about to be done."""
        with self._lock:
            for _, _, fault in self._rules:
                fault.writing(entry, account)
