"""What a plan gives and takes, with the documents that it takes to say so."""

from typing import TYPE_CHECKING

from iamgroups.access.affected import affected, unread_documents
from iamgroups.access.after import account_after
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

    after = account_after(live, plan.changes)
    people = affected(live, after, plan.changes)
    live = reader.documents(live, unread_documents([live, after], people))
    after = account_after(live, plan.changes)
    return Differ(catalogue.load()).delta(live, after, plan.changes)
