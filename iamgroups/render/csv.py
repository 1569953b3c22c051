"""Who holds what as a table for a spreadsheet, by RFC 4180: one row for each way to hold a policy.

Only audits have this form. What went wrong is for stderr: a table has no place for it.
"""

import csv
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING

from iamgroups.render import PLAIN, Look
from iamgroups.render.safe import clean
from iamgroups.state.term import end_of, told

if TYPE_CHECKING:
    from iamgroups.access.audit import Audit, AuditedPerson, HeldPolicy
    from iamgroups.access.declared import Declaration
    from iamgroups.errors import IamGroupsError
    from iamgroups.results.combined import Combined
    from iamgroups.results.validation import Validation

HEADER = (
    "account", "user", "path", "group", "policy", "arn", "membership", "attachment", "reason", "expires",
    "covered_by", "boundary", "administrator", "escalates",
)  # fmt: skip
# A spreadsheet runs a cell that begins so. An apostrophe in front makes it text.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def answer(found: "Audit", look: Look = PLAIN) -> str:
    """Return a row for each policy that somebody holds, and for each way to it."""
    return _table([HEADER, *_rows(found)])


def combined(combined: "Combined", look: Look = PLAIN) -> str:
    """Return the rows of all accounts under one header."""
    return _table([HEADER]) + "".join(one.text.removeprefix(_table([HEADER])) for one in combined.accounts)


def validation(outcome: "Validation", look: Look = PLAIN) -> str:
    """Return nothing: stderr has the problems."""
    return ""


def failure(error: "IamGroupsError", look: Look = PLAIN) -> str:
    """Return nothing: stderr has the error."""
    return ""


def _table(rows: Iterable[Iterable[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue()


@lru_cache(maxsize=1 << 16)  # names, lines and policies come again and again
def inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, on one line."""
    return f"'{clean(cell)}" if cell.startswith(FORMULAS) else clean(cell)


def _rows(found: "Audit") -> Iterator[tuple[str, ...]]:
    groups = {group.name: group for group in found.groups}
    for person in found.people:
        ends = _about(person)
        for member in person.groups:
            for held in groups[member.group].policies or (None,):
                said = _right("group", member.group, member.declared, held)
                yield (found.account, person.user.name, *said, *ends)
        for held in person.direct:
            path = "direct" if held.policy.arn else "inline"
            yield (found.account, person.user.name, *_right(path, "", None, held), *ends)
        if not person.groups and not person.direct:
            yield (found.account, person.user.name, *_right("", "", None, None), *ends)


def _right(
    path: str, group: str, membership: "Declaration | None", held: "HeldPolicy | None"
) -> tuple[str, ...]:
    """Return how somebody holds a policy; without one, a membership that gives nothing."""
    known = [line for line in (membership, held.declared if held else None) if line]
    ends = [line.expires for line in known if line.expires]
    return (
        path,
        group,
        held.policy.shown if held else "",
        held.policy.arn if held else "",
        str(membership.position) if membership else "",
        str(held.declared.position) if held and held.declared else "",
        ", ".join(line.reason for line in known if line.reason),
        told(min(ends, key=end_of)) if ends else "",
        ", ".join(held.covered_by) if held else "",
    )


def _about(person: "AuditedPerson") -> tuple[str, str, str]:
    """Return what is so of a person, whichever policy gives it."""
    sure = any(not way.possibly for way in person.ways)
    escalates = ("yes" if sure else "possibly") if person.ways else "no"
    return person.user.boundary or "", person.administrator, escalates
