"""A JSON object that is not trusted: each value is checked as it is read."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

from iamgroups.errors import UsageError
from iamgroups.policy.size import MAX_DEPTH, depth
from iamgroups.state.names import parse_policy_arn

T = TypeVar("T")

ANYTHING = re.compile(r"(?s).*")
# No control characters, and none that change the direction of what follows.
PRINTABLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,2048}")


class Entry:
    """A JSON object and where it stands. Every method raises UsageError, naming the place."""

    def __init__(self, value: object, where: str) -> None:
        self.where = where
        if not isinstance(value, dict):
            self.fail("an object is expected here")
        self.value: dict[str, Any] = value

    def fail(self, what: str) -> NoReturn:
        """Refuse the object."""
        raise UsageError(f"{self.where}: {what}")

    def text(self, key: str, pattern: re.Pattern[str] = PRINTABLE) -> str:
        """Return a text that matches the pattern as a whole."""
        value = self.value.get(key)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self.fail(f"{key!a} is missing or malformed")
        return value

    def arn(self, key: str) -> str:
        """Return a policy's ARN."""
        value = self.text(key)
        if parse_policy_arn(value) is None:
            self.fail(f"{key!a} is not the ARN of a policy")
        return value

    def ordered(self, key: str, pattern: re.Pattern[str] = PRINTABLE) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.value.get(key)
        if not isinstance(value, list):
            self.fail(f"{key!a} is missing or not a list")
        for index, text in enumerate(value):
            if not isinstance(text, str) or not pattern.fullmatch(text):
                self.fail(f"{key}: '{index}' is missing or malformed")
        return tuple(value)

    def texts(self, key: str, pattern: re.Pattern[str]) -> frozenset[str] | None:
        """Return a set of texts; None, unknown, where the value is null."""
        known = key not in self.value or self.value[key] is not None
        return frozenset(self.ordered(key, pattern)) if known else None

    def arns(self, key: str) -> frozenset[str] | None:
        """Return a set of policies' ARNs; None where the value is null."""
        found = self.texts(key, PRINTABLE)
        for arn in found or ():
            if parse_policy_arn(arn) is None:
                self.fail(f"{key}: {arn!a} is not the ARN of a policy")
        return found

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.value.get(key)
        if not isinstance(value, bool):
            self.fail(f"{key!a} is missing or neither true nor false")
        return value

    def number(self, key: str) -> int:
        """Return a number from 0 to 999,999,999."""
        value = self.value.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**9:
            self.fail(f"{key!a} is missing or not a number")
        return value

    def entry(self, key: str) -> "Entry":
        """Return the object under a key."""
        return Entry(self.value.get(key), f"{self.where}: {key}")

    def mapping(self, key: str, pattern: re.Pattern[str] = PRINTABLE) -> dict[str, Any]:
        """Return an object whose keys match the pattern."""
        entry = self.entry(key)
        if not all(pattern.fullmatch(name) for name in entry.value):
            entry.fail("a name in it is malformed")
        return entry.value

    def unique(self, key: str, read: Callable[["Entry"], T], name: Callable[[T], str]) -> dict[str, T]:
        """Return what `read` makes of each object of a list, by a name that occurs once."""
        found: dict[str, T] = {}
        for value in self.each(key, read):
            if name(value) in found:
                self.fail(f"{key}: {name(value)} is there twice")
            found[name(value)] = value
        return found

    def shallow(self, document: Any, what: str) -> Any:
        """Return a document that can be compared without running out of stack."""
        if depth(document) > MAX_DEPTH:
            self.fail(f"the document of {what} is nested more than {MAX_DEPTH} levels deep")
        return document

    def each(self, key: str, read: Callable[["Entry"], T]) -> Iterator[T]:
        """Yield what `read` makes of each object of a list."""
        value = self.value.get(key)
        if not isinstance(value, list):
            self.fail(f"{key!a} is missing or not a list")
        for index, entry in enumerate(value):
            yield read(Entry(entry, f"{self.where}: {key}[{index}]"))
