"""What an account's own records grant somebody: policies, and the boundary above. Must not evaluate them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from typing import NamedTuple

from iamgroups.sandbox.account import Caller
from iamgroups.sandbox.documents import Document
from iamgroups.sandbox.records import Group, Role, User
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


class Grants(NamedTuple):
    """Documents that allow and deny; with a `boundary`, it must allow as well."""

    policies: tuple[Document, ...]
    boundary: Document | None = None


def grants(store: Store, caller: Caller) -> Grants:
    """Return what a user holds, directly and through groups, or a role; nobody else holds anything."""
    record = _record(store, caller)
    if record is None:
        return Grants(())
    held: list[Group | User | Role] = [record]
    if isinstance(record, User):
        held.extend(store.group(name) for name in record.groups)
    policies = [document for holder in held for document in holder.inline.values()]
    policies += [_document(store, arn) for holder in held for arn in holder.attached]
    return Grants(tuple(policies), _document(store, record.boundary) if record.boundary else None)


def _record(store: Store, caller: Caller) -> User | Role | None:
    if caller.user_name:
        return store.users.get(fold(caller.user_name))
    if ":assumed-role/" in caller.arn:
        return store.roles.get(fold(caller.arn.split("/")[1]))
    return None


def _document(store: Store, arn: str) -> Document:
    policy = store.policy(arn)
    return next(version.document for version in policy.versions if version.id == policy.default)
