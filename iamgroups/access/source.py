"""A source: one way by which a person comes to hold what a policy gives."""

from typing import NamedTuple

Changes = frozenset[int]
NONE: Changes = frozenset()


class When(NamedTuple):
    """When something holds while changes run: after all of `begun`, and before any of `ended`."""

    begun: Changes = NONE
    ended: Changes = NONE

    def __and__(self, other: "When") -> "When":
        """Return when both hold."""
        if not (other.begun or other.ended):
            return self
        if not (self.begun or self.ended):
            return other
        return When(self.begun | other.begun, self.ended | other.ended)

    def holds(self, done: Changes) -> bool:
        """Tell whether it holds once these changes, and no others, are done."""
        return self.begun <= done and self.ended.isdisjoint(done)

    def within(self, other: "When") -> bool:
        """Tell whether the other holds whenever this one does."""
        return other.begun <= self.begun and other.ended <= self.ended


ALWAYS = When()


class Source(NamedTuple):
    """A policy that a person holds, when, and the classes of grants that it gives then.

    `policy`: an ARN, or the address of an inline policy.
    """

    policy: str
    when: When
    mask: int
