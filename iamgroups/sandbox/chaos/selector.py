"""Which calls a rule meets."""

import json
from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from random import Random
from typing import Any

from iamgroups.sandbox.request_log import LoggedRequest


class Selector:
    """Counts the calls it is shown, and picks some. Same seed and calls, same picks."""

    def __init__(self, rule: Mapping[str, Any], seed: str) -> None:
        self._rule = rule
        self._seed = seed
        self._matching = 0
        self._picked = 0
        self._repeats: Counter[str] = Counter()

    def picks(self, entry: LoggedRequest) -> bool:
        """Tell whether the rule meets this call; to be asked once for every call."""
        if not self._matches(entry):
            return False
        self._matching += 1
        rule = self._rule
        if not rule.get("from", 1) <= self._matching <= rule.get("to", self._matching):
            return False
        if self._matching not in rule.get("nth", (self._matching,)):
            return False
        if self._picked >= rule.get("times", self._picked + 1) or not self._drawn(entry):
            return False
        self._picked += 1
        return True

    def _matches(self, entry: LoggedRequest) -> bool:
        rule = self._rule
        if rule.get("kind", "write" if entry.writes else "read") != ("write" if entry.writes else "read"):
            return False
        if not any(fnmatchcase(entry.operation, glob) for glob in rule.get("operations", ("*",))):
            return False
        wanted = rule.get("params", {})
        return all(fnmatchcase(str(entry.params.get(name, "")), glob) for name, glob in wanted.items())

    def _drawn(self, entry: LoggedRequest) -> bool:
        probability = self._rule.get("probability")
        if probability is None:
            return True
        call = f"{entry.operation} {json.dumps(dict(entry.params), sort_keys=True, default=str)}"
        self._repeats[call] += 1
        drawn: bool = Random(f"{self._seed} {call} {self._repeats[call]}").random() < probability
        return drawn
