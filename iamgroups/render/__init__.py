"""How results look as text. A format is one file here, and its name in `FormatName`."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from iamgroups.errors import IamGroupsError
    from iamgroups.planning.drift import Drift
    from iamgroups.render.answers import Answer
    from iamgroups.results.applied import Applied
    from iamgroups.results.combined import Combined
    from iamgroups.results.review import Review
    from iamgroups.results.validation import Validation

FormatName = Literal["human", "json", "markdown", "github", "csv"]
# Formats that are not for every result: each with the commands that have it.
ONLY_OF: Mapping[FormatName, tuple[str, ...]] = {"csv": ("audit",)}


class Look(NamedTuple):
    """What a reader wants: colour, every entry of a long list, lines of at most `width` columns.

    A format may ignore all of it. `width` 0: lines of any length.
    """

    color: bool = False
    full: bool = False
    width: int = 0


PLAIN = Look()


class Format(Protocol):
    """A module that writes each kind of result."""

    def plan(self, review: "Review", look: Look = PLAIN, /) -> str:
        """Return a plan as text."""

    def applied(self, applied: "Applied", look: Look = PLAIN, /) -> str:
        """Return what became of an apply."""

    def drift(self, found: "Drift", look: Look = PLAIN, /) -> str:
        """Return how the account differs from the files."""

    def answer(self, found: "Answer", look: Look = PLAIN, /) -> str:
        """Return what people can do, and why."""

    def validation(self, outcome: "Validation", look: Look = PLAIN, /) -> str:
        """Return that the files are valid, or what is wrong with them."""

    def failure(self, error: "IamGroupsError", look: Look = PLAIN, /) -> str:
        """Return why there is no result."""

    def combined(self, combined: "Combined", look: Look = PLAIN, /) -> str:
        """Return what a command comes to on many accounts, whose texts are in this format."""


def format_named(name: FormatName) -> Format:
    """Return a format. Only that one is imported: a command starts faster."""
    return cast(Format, import_module(f"{__name__}.{name}"))
