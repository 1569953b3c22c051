"""What an account has and an import cannot declare, in words."""

import re
from collections.abc import Iterable, Iterator, Sequence

from iamgroups.config.shipped import schema
from iamgroups.state.live import LiveGroup, LiveState, LiveUser
from iamgroups.state.names import fold, parse_policy_arn


def left_out_of(group: LiveGroup) -> Iterator[str]:
    """Yield what the declaration of a group does not say."""
    for what, held, action in (
        ("members", group.members, "iam:GetAccountAuthorizationDetails or iam:GetGroup"),
        ("policies", group.policies, "iam:GetAccountAuthorizationDetails or iam:ListAttachedGroupPolicies"),
        ("inline policies", group.inline, "iam:GetAccountAuthorizationDetails or iam:ListGroupPolicies"),
    ):
        if held is None:
            yield f"{group.name}: its {what} could not be read ({action}), so they are not managed"
    if group.inline:
        yield f"{group.name}: inline policies, which stay and are only reported: {_names(group.inline)}"
    if not is_writable(group.path):
        yield f"{group.name}: its path cannot be written in a configuration; the group stays where it is"
    odd = [arn for arn in group.policies or () if parse_policy_arn(arn) is None]
    if odd:
        yield f"{group.name}: attached, and tolerated because it cannot be written: {_names(odd)}"


def left_out(live: LiveState, groups: Sequence[LiveGroup]) -> Iterator[str]:
    """Yield what the declarations of all these groups together do not say."""
    people = people_of(live, groups)
    inline = [user.name for user in people if user.inline]
    direct = [user.name for user in people if user.policies]
    unread = [user.name for user in people if user.policies is None]
    members = {user.name for user in people}
    others = [user.name for user in live.users.values() if user.policies and user.name not in members]
    rest = len(live.groups) - len(groups)
    if rest:
        yield f"other groups, which stay and are only reported: {rest}"
    if inline:
        yield f"inline policies of members, which stay and are only reported: {_names(inline)}"
    if direct:
        yield f"policies that members hold directly, which stay: {_names(direct)}"
    if others:
        yield f"policies that users in none of these groups hold directly, which stay: {_names(others)}"
    if unread:
        yield f"what members hold directly, where it could not be read: {_names(unread)}"


def people_of(live: LiveState, groups: Iterable[LiveGroup]) -> list[LiveUser]:
    """Return the members of groups, by name."""
    names = sorted({fold(name) for group in groups for name in group.members or ()})
    return [live.users[name] for name in names if name in live.users]


def _names(names: Iterable[str]) -> str:
    ordered = sorted(names)
    rest = len(ordered) - 5
    return f"{', '.join(ordered[:5])}{f' and {rest} more' if rest > 0 else ''}"


def is_writable(path: str) -> bool:
    """Tell whether a configuration can say this path of IAM's."""
    rule = schema("config")["properties"]["settings"]["properties"]["path"]
    return len(path) <= rule["maxLength"] and re.search(rule["pattern"], path) is not None
