"""Random accounts in which people hold policies directly, with all that may stand in the way of a group."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import strategies as st

from iamgroups.state.live import LivePolicy, LiveState
from iamgroups.state.names import fold
from tests.accounts import arn, live
from tests.policy.documents import document, statement

PEOPLE = ("ann", "Bob", "cyd", "dan", "eve", "svc-build")
GROUPS = ("readers", "p1", "Ops")
READ = document(statement(["s3:GetObject", "s3:ListBucket"]))
DOCUMENTS = {
    "aws:ReadAccess": READ,
    "local:p1": document(statement("ec2:Describe*")),
    "local:team/p2": document(statement("sqs:*", "arn:aws:sqs:*:*:jobs")),
    "local:no-delete": document(statement("s3:Delete*", effect="Deny")),
    "local:run": document(statement("ec2:RunInstances")),
    "local:pass": document(statement("iam:PassRole")),
    "aws:AdministratorAccess": document(statement("*")),
    "aws:AWSDenyAll": document(statement("*", effect="Deny")),
    "aws:Deprecated": document(statement("sns:Publish")),
    "local:odd path/p3": document(statement("sns:Publish")),
}
UNREAD = "local:unread"
POLICIES = (*DOCUMENTS, UNREAD)


def some(of: Iterable[str], most: int | None = None) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(of)), unique=True, max_size=most)


@st.composite
def accounts(draw: st.DrawFn) -> LiveState:
    """Draw an account. `Deprecated` may not be attached, and one group or user may be unreadable."""
    groups = draw(st.dictionaries(st.sampled_from(GROUPS), st.tuples(some(PEOPLE), some(POLICIES, 2))))
    direct = draw(st.fixed_dictionaries({name: some(POLICIES) for name in PEOPLE}))
    limits = draw(st.sampled_from([{}, {"GroupsPerUserQuota": 4, "GroupsQuota": 4}]))
    found = live(
        groups,
        direct,
        documents=DOCUMENTS,
        inline={name: ["own"] for name in draw(some((*GROUPS, *PEOPLE), 2))},
        quotas=limits,
    )
    return _partly_unreadable(
        replace(
            found,
            denied=("iam:GetPolicyVersion",),
            policies={
                **found.policies,
                arn("aws:Deprecated"): LivePolicy(
                    arn("aws:Deprecated"), attachable=False, document=DOCUMENTS["aws:Deprecated"]
                ),
                arn(UNREAD): LivePolicy(arn(UNREAD)),
            },
        ),
        draw(st.sampled_from(["", *GROUPS, *PEOPLE])),
    )


def _partly_unreadable(found: LiveState, name: str) -> LiveState:
    key = fold(name)
    if key in found.groups:
        group = replace(found.groups[key], policies=None, members=None)
        return replace(found, groups={**found.groups, key: group})
    if key in found.users:
        return replace(found, users={**found.users, key: replace(found.users[key], policies=None)})
    return found
