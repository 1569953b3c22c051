"""Who can do something, as JSON data. Schema: who_can."""

from iamgroups.access.who_can import WhoCan
from iamgroups.render.explain_records import Document, answer, question


def record(found: WhoCan) -> Document:
    """Return everybody who can, and why."""
    return {
        "account": found.account,
        **question(found.asked, found.level),
        "escalates": found.escalates,
        "users": found.judged,
        "people": [answer(person) for person in found.people],
        "unread": list(found.unread),
        "missing": list(found.missing),
    }
