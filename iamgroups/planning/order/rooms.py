"""What IAM limits: things that can be full, and the changes that fill and empty them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iamgroups.access import Access
from iamgroups.access.facts import NOTHING
from iamgroups.errors import Problem
from iamgroups.state import Attachment, Fact, GroupFact, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState
from iamgroups.state.names import is_aws_managed

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html says which quotas AWS raises.
FIXED_PER_USER = "AWS raises this quota for nobody: put the user in fewer groups, with more policies in each"
FIXED_PER_GROUP = (
    "AWS raises this quota for nobody: join policies of your own into one, or use a second group"
)
RAISED = "ask AWS for a higher quota (Service Quotas), or declare fewer"


class Room(NamedTuple):
    """One thing with a quota: how many it holds now, and the changes that add and remove.

    `advice` is what to do when the result exceeds it.
    """

    what: str
    advice: str
    quota: int
    now: int
    additions: tuple[int, ...]
    removals: tuple[int, ...]

    @property
    def result(self) -> int:
        """Return how many there are afterwards."""
        return self.now + len(self.additions) - len(self.removals)

    @property
    def limit(self) -> int:
        """Return the quota; as many as there are where more were there already, and still are afterwards."""
        return self.quota if self.result <= self.quota else max(self.quota, self.now)


def rooms(changes: Sequence[Change], access: Access) -> Iterator[Room]:
    """Yield whatever the additions alone would fill beyond its quota."""
    live = access.live
    for room in (*_users(access, live), *_groups(access, live), *_account(changes, live)):
        if room.now + len(room.additions) > room.limit:
            yield room


def too_many(room: Room, changes: Sequence[Change]) -> Problem:
    """Say that more are wanted than the quota allows, where the last of them is asked for."""
    position = changes[room.additions[-1]].position
    message = f"{room.result} {room.what}; the quota is {room.quota}"
    about = tuple(changes[index].address for index in room.additions)
    return Problem(message, position, room.advice, about=about)


def _users(access: Access, live: LiveState) -> Iterator[Room]:
    quota = live.quotas["GroupsPerUserQuota"]
    for user, groups in sorted(access.joined.items()):
        now = len(access.groups_before(user))
        if now + len(groups) > quota:
            left = access.left.get(user, NOTHING)
            additions = tuple(access.joins[Membership(group, user)] for group in sorted(groups))
            removals = tuple(access.leaves[Membership(group, user)] for group in sorted(left))
            yield Room(f"groups of user {user}", FIXED_PER_USER, quota, now, additions, removals)


def _groups(access: Access, live: LiveState) -> Iterator[Room]:
    quota = live.quotas["AttachedPoliciesPerGroupQuota"]
    for group, arns in sorted(access.gained.items()):
        now = len(access.policies_before(group))
        if now + len(arns) > quota:
            lost = (Attachment(group, policy) for policy in sorted(access.lost.get(group, NOTHING)))
            additions = tuple(access.attaches[Attachment(group, arn)] for arn in sorted(arns))
            removals = tuple(access.detaches[fact] for fact in lost if fact in access.detaches)
            yield Room(f"managed policies of group {group}", FIXED_PER_GROUP, quota, now, additions, removals)


def _account(changes: Sequence[Change], live: LiveState) -> Iterator[Room]:
    groups = f"groups in account {live.account.id}"
    yield Room(
        groups, RAISED, live.quotas["GroupsQuota"], len(live.groups), *_made_and_gone(GroupFact, changes)
    )
    if live.local_listed:
        local = sum(1 for arn in live.policies if not is_aws_managed(arn))
        policies = f"customer managed policies in account {live.account.id}"
        yield Room(
            policies, RAISED, live.quotas["PoliciesQuota"], local, *_made_and_gone(PolicyFact, changes)
        )


def _made_and_gone(kind: type[Fact], changes: Sequence[Change]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    ours = [index for index, change in enumerate(changes) if isinstance(change.fact, kind)]
    ours.sort(key=lambda index: changes[index].address)
    made = tuple(index for index in ours if changes[index].action == "create")
    return made, tuple(index for index in ours if changes[index].action == "delete")
