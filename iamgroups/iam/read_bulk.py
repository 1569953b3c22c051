"""Read the whole account in as few requests as IAM allows.

Users and groups are two streams of pages, read at once; a page that cannot be read ends in an error.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from iamgroups.errors import AccessDeniedError, AccountError
from iamgroups.iam.bulk_page import OPERATION
from iamgroups.iam.parallel import both
from iamgroups.iam.transport import Transport
from iamgroups.state.live import DOCUMENTED_QUOTAS, Account, LiveGroup, LiveState, LiveUser, OnRead
from iamgroups.state.names import fold


@dataclass
class Listing:
    """Groups and users by folded name, as the streams told them; `groups_of`: user name -> group names.

    What is listed twice, because the account changed between two pages, is as the later page says.
    """

    groups: dict[str, LiveGroup] = field(default_factory=dict)
    users: dict[str, LiveUser] = field(default_factory=dict)
    groups_of: dict[str, list[str]] = field(default_factory=dict)


def read(transport: Transport, account: Account, progress: OnRead | None = None) -> LiveState:
    """Return what IAM says of the account's groups, users and quotas.

    `progress` is told how far the reading is, from any thread.
    Raises: AccessDeniedError, CredentialsError, UnreachableError, AccountError.
    """
    tell = progress or (lambda message: None)
    listing, quotas = both(lambda: _details(transport, tell), lambda: _quotas(transport))
    if listing is None:
        from iamgroups.iam import read_by_lists

        groups, users, denied = read_by_lists.read(transport, tell)
    else:
        if _has_strays(listing):
            # A group came, or was renamed, between the streams: look again, and then believe the groups.
            listing = _details(transport, tell) or listing
        groups, users, denied = _with_members(listing), listing.users, ()
    return LiveState(
        account=account,
        groups=groups,
        users=users,
        quotas=DOCUMENTED_QUOTAS if quotas is None else quotas,
        quotas_known=quotas is not None,
        denied=denied,
    )


def _quotas(transport: Transport) -> Mapping[str, int] | None:
    """Return GetAccountSummary's quotas; None where that is denied."""
    try:
        summary = transport.ask("GetAccountSummary") or {}
    except AccessDeniedError:
        return None
    told = {key: int(value) for key, value in summary.get("SummaryMap", {}).items() if key.endswith("Quota")}
    return {**DOCUMENTED_QUOTAS, **told}


def _details(transport: Transport, tell: OnRead) -> Listing | None:
    """Read both streams; None where the bulk permission is missing."""
    listing = Listing()

    def stream(kind: str, take: Callable[[Listing, Mapping[str, Any]], None]) -> bool:
        try:
            for page in transport.pages(OPERATION, {"Filter": [kind]}):
                take(listing, page)
                tell(f"{len(listing.users)} users, {len(listing.groups)} groups")
        except AccessDeniedError:
            return False
        except KeyError as absent:
            raise AccountError(f"{OPERATION} gave an entry without {absent}: is this AWS?") from absent
        return True

    allowed = both(lambda: stream("User", _take_users), lambda: stream("Group", _take_groups))
    return listing if all(allowed) else None


def _take_users(listing: Listing, page: Mapping[str, Any]) -> None:
    for told in page.get("UserDetailList", ()):
        user = LiveUser(
            name=told["UserName"],
            path=told["Path"],
            id=told["UserId"],
            arn=told["Arn"],
            policies=_arns(told),
            inline=_documents(told.get("UserPolicyList", ())),
            boundary=told.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            tags={tag["Key"]: tag["Value"] for tag in told.get("Tags", ())},
        )
        listing.users[fold(user.name)] = user
        listing.groups_of[user.name] = told.get("GroupList", [])


def _take_groups(listing: Listing, page: Mapping[str, Any]) -> None:
    for told in page.get("GroupDetailList", ()):
        group = LiveGroup(
            name=told["GroupName"],
            path=told["Path"],
            id=told["GroupId"],
            arn=told["Arn"],
            policies=_arns(told),
            inline=_documents(told.get("GroupPolicyList", ())),
        )
        listing.groups[fold(group.name)] = group


def _arns(told: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(policy["PolicyArn"] for policy in told.get("AttachedManagedPolicies", ()))


def _documents(told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return inline policy name -> document."""
    return {inline["PolicyName"]: inline.get("PolicyDocument") for inline in told}


def _has_strays(listing: Listing) -> bool:
    """Tell whether a user is in a group that the other stream did not list."""
    named: Iterable[str] = {fold(name) for names in listing.groups_of.values() for name in names}
    return any(name not in listing.groups for name in named)


def _with_members(listing: Listing) -> dict[str, LiveGroup]:
    members: dict[str, set[str]] = {name: set() for name in listing.groups}
    for user, names in listing.groups_of.items():
        for name in names:
            if (key := fold(name)) in members:
                members[key].add(user)
    return {name: replace(group, members=frozenset(members[name])) for name, group in listing.groups.items()}
