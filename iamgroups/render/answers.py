"""Answers about access, of whichever kind, for every format."""

from collections.abc import Iterator

from iamgroups.access.audit import Audit
from iamgroups.access.explain import Explanation
from iamgroups.access.summary import PersonSummary
from iamgroups.access.who_can import WhoCan
from iamgroups.render import (
    audit_lines,
    audit_records,
    explain_lines,
    explain_records,
    who_can_lines,
    who_can_records,
)

Answer = Explanation | PersonSummary | WhoCan | Audit


def kind(found: Answer) -> str:
    """Return what the JSON is called; its schema has the same name."""
    if isinstance(found, Audit):
        return "audit"
    return "who_can" if isinstance(found, WhoCan) else "explain"


def title(found: Answer) -> str:
    """Return a heading."""
    if isinstance(found, Audit):
        return "who holds what"
    return "who can do it" if isinstance(found, WhoCan) else "what a person can do"


def lines(found: Answer, full: bool = False) -> Iterator[str]:
    """Yield the answer for people; `full`: with everything that it leaves out otherwise."""
    if isinstance(found, Audit):
        return audit_lines.lines(found, full)
    if isinstance(found, WhoCan):
        return who_can_lines.lines(found, full)
    if isinstance(found, Explanation):
        return explain_lines.explanation(found, full)
    return explain_lines.summary(found, full)


def record(found: Answer) -> explain_records.Document:
    """Return the answer as JSON data."""
    if isinstance(found, Audit):
        return audit_records.record(found)
    if isinstance(found, WhoCan):
        return who_can_records.record(found)
    if isinstance(found, Explanation):
        return explain_records.explanation(found)
    return explain_records.summary(found)
