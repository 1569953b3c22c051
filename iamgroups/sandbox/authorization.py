"""What a caller holds, and whether that allows what a call needs.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from iamgroups.policy.conditions import problem
from iamgroups.policy.evaluate import LabelledPolicy, Layer, Request, evaluate
from iamgroups.policy.parsed import parse_document
from iamgroups.policy.request_context import RequestContext
from iamgroups.sandbox.account import Caller
from iamgroups.sandbox.documents import Document
from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.records import Group, Role, User
from iamgroups.sandbox.store import Store
from iamgroups.state.names import fold


class Permission(NamedTuple):
    """What a call needs: an action (`iam:CreateGroup`) on a resource, with condition keys -> value."""

    action: str
    resource: str
    context: Mapping[str, str]


class Held(NamedTuple):
    """Documents that allow and deny; with a `boundary`, it must allow as well."""

    policies: tuple[Document, ...]
    boundary: Document | None = None


def held_by(store: Store, caller: Caller) -> Held:
    """Return what a user holds, directly and through groups, or a role; nobody else holds anything."""
    record = _record(store, caller)
    if record is None:
        return Held(())
    held: list[Group | User | Role] = [record]
    if isinstance(record, User):
        held.extend(store.group(name) for name in record.groups)
    policies = [document for holder in held for document in holder.inline.values()]
    policies += [_document(store, arn) for holder in held for arn in holder.attached]
    return Held(tuple(policies), _document(store, record.boundary) if record.boundary else None)


def allowed(documents: Iterable[Mapping[str, Any]], permission: Permission) -> bool:
    """Tell whether some statement allows it and none denies it; raises IamError for a condition not known."""
    sources = tuple(LabelledPolicy("", parse_document(document)) for document in documents)
    context = RequestContext(
        {key.lower(): (value,) for key, value in permission.context.items()}, absent=("",)
    )
    resource = None if permission.resource == "*" else permission.resource
    request = Request(permission.action, resource, context, resourceless=resource is None)
    decision = evaluate([Layer("identity", sources)], request)
    if decision.verdict == "conditional":
        _refuse_unknown_conditions(sources)
    return decision.verdict == "allowed"


def _refuse_unknown_conditions(sources: Iterable[LabelledPolicy]) -> None:
    for source in sources:
        for statement in source.statements or ():
            for condition in statement.conditions:
                if wrong := problem(condition):
                    message = f"The embedded IAM cannot judge a condition: {wrong}."
                    raise IamError("MalformedPolicyDocument", message)


def _record(store: Store, caller: Caller) -> User | Role | None:
    if caller.user_name:
        return store.users.get(fold(caller.user_name))
    if ":assumed-role/" in caller.arn:
        return store.roles.get(fold(caller.arn.split("/")[1]))
    return None


def _document(store: Store, arn: str) -> Document:
    policy = store.policy(arn)
    return next(version.document for version in policy.versions if version.id == policy.default)
