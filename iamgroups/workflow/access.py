"""What a plan gives and takes, with the documents that it takes to say so."""

from typing import TYPE_CHECKING

from iamgroups.access import Access
from iamgroups.access.affected import affected, unread_documents
from iamgroups.access.delta import AccessDelta, Differ
from iamgroups.planning.plan import Plan
from iamgroups.state.live import LiveState

if TYPE_CHECKING:
    from iamgroups.workflow.plan import Reader


def access_of(plan: Plan, live: LiveState, reader: "Reader") -> AccessDelta:
    """Return what the plan gives and takes.

    Raises: CredentialsError, UnreachableError, AccountError.
    """
    from iamgroups import catalogue

    access = Access(live, plan.changes)
    unread = unread_documents([access.before, access.after], affected(access))
    live = reader.documents(live, unread)
    return Differ(catalogue.load()).delta(Access(live, plan.changes))


def standing_access(live: LiveState, reader: "Reader") -> AccessDelta:
    """Return what everybody has in the account as it is.

    Raises: CredentialsError, UnreachableError, AccountError.
    """
    from iamgroups import catalogue

    unread = unread_documents([Access(live, ()).before], live.users.values())
    return Differ(catalogue.load()).standing(reader.documents(live, unread))
