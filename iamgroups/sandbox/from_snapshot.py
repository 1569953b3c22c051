"""An account rebuilt from a LiveState, as a snapshot holds it.

A snapshot leaves out documents nobody needed to plan. Those get one that allows nothing. Of the roles
it names the one that it was taken with.
"""

from collections.abc import Iterator

from iamgroups.errors import UsageError
from iamgroups.sandbox.account import StrictIam
from iamgroups.sandbox.documents import Document
from iamgroups.sandbox.records import Group, Policy, Role, User, Version, unique_id
from iamgroups.sandbox.store import EPOCH, Store
from iamgroups.state.live import Account, LiveGroup, LivePolicy, LiveState, LiveUser
from iamgroups.state.names import fold, parse_policy_arn

_UNREAD = {"Sid": "NotInTheSnapshot", "Effect": "Allow", "NotAction": "*", "Resource": "*"}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}},
}


def rebuild(live: LiveState, source: str = "snapshot") -> StrictIam:
    """Return the account; raises UsageError naming `source` when something was not read."""
    missing = sorted(_missing(live))
    if missing:
        permissions = f" (denied: {', '.join(live.denied)})" if live.denied else ""
        raise UsageError(
            f"{source}: {missing[0]} was not read{permissions}; take it again with that permission"
        )
    store = Store(live.account.id, live.account.partition, live.quotas)
    groups_of = live.groups_of
    for group in live.groups.values():
        inline = _inline(group)
        members, policies = tuple(sorted(group.members or ())), tuple(sorted(group.policies or ()))
        store.put(Group(group.name, group.path, group.id, group.arn, EPOCH, members, policies, inline))
    for user in live.users.values():
        inline = _inline(user)
        groups, policies = tuple(sorted(groups_of.get(user.name, ()))), tuple(sorted(user.policies or ()))
        tags = tuple(sorted((user.tags or {}).items()))
        own = user.name, user.path, user.id, user.arn, EPOCH
        store.put(User(*own, groups, policies, inline, user.boundary, tags=tags))
    if role := _role_of(live.account):
        store.put(role)
    held = {arn for arn, _ in store.attachments()}
    for arn in sorted(held | live.policies.keys()):
        _put_policy(store, live.policies.get(arn) or LivePolicy(arn))
    return StrictIam.of(store)


def _role_of(account: Account) -> Role | None:
    """Return the role that took the snapshot, the only one it names; its path is not told."""
    if ":assumed-role/" not in account.caller_arn:
        return None
    name = account.caller_arn.split("/")[1]
    arn = f"arn:{account.partition}:iam::{account.id}:role/{name}"
    return Role(name, "/", unique_id("AROA", arn), arn, EPOCH, Document(_TRUST))


def _missing(live: LiveState) -> Iterator[str]:
    for group in live.groups.values():
        if group.policies is None or group.members is None or group.inline is None:
            yield f"what is in group {group.name}"
        for member in group.members or ():
            if fold(member) not in live.users:
                yield f"user {member}, a member of {group.name},"
    for user in live.users.values():
        if user.policies is None or user.inline is None:
            yield f"what user {user.name} holds"


def _put_policy(store: Store, live: LivePolicy) -> None:
    parts = parse_policy_arn(live.arn)
    if parts is None:
        return
    default = live.default_version or "v1"
    ids = sorted({default, *(live.versions or ())}, key=lambda version: int(version[1:]))
    policy = Policy(
        name=parts.name,
        path=parts.path,
        id=unique_id("ANPA", live.arn),
        arn=live.arn,
        created=EPOCH,
        updated=EPOCH,
        default=default,
        versions=tuple(Version(id, EPOCH, _document(live.document if id == default else None)) for id in ids),
        attachable=live.attachable,
        made=int(ids[-1][1:]),
        tags=tuple(sorted((live.tags or {}).items())),
    )
    if parts.owner != "aws":
        store.put(policy)
    elif live.arn not in store.aws_policies():
        store.seeded = {**store.seeded, live.arn: policy}


def _inline(owner: LiveGroup | LiveUser) -> dict[str, Document]:
    return {name: _document(known) for name, known in sorted((owner.inline or {}).items())}


def _document(known: object) -> Document:
    return Document(known if isinstance(known, dict) else {"Version": "2012-10-17", "Statement": [_UNREAD]})
