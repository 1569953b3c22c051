"""Whose access some changes can touch, and which documents it takes to say how."""

from collections.abc import Collection, Iterable, Iterator

from iamgroups.access.access import Access
from iamgroups.access.side import Side
from iamgroups.state.live import LiveUser
from iamgroups.state.names import fold


def affected(access: Access) -> list[LiveUser]:
    """Return the users whose sources, or whose boundary's document, the changes touch, by name."""
    users = access.live.users
    bounded = (key for key, user in users.items() if user.boundary in access.versions)
    return [users[key] for key in sorted({*map(fold, access.people), *bounded}) if key in users]


def unread_documents(sides: Iterable[Side], users: Collection[LiveUser]) -> frozenset[str]:
    """Return the ARNs of managed policies that these users hold on one of the sides, and nobody read."""
    return frozenset(arn for side in sides for arn in _unread(side, users))


def _unread(side: Side, users: Collection[LiveUser]) -> Iterator[str]:
    groups = {group for user in users for group in side.groups_of(user.name)}
    arns = {user.boundary for user in users if user.boundary}
    arns.update(held.policy.arn for group in groups for held in side.of_group(group))
    arns.update(held.policy.arn for user in users for held in side.direct(user))
    return (arn for arn in arns if arn and side.document(arn) is None)
