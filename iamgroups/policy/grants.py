"""What a policy document gives, as a set of grants, and which grant covers which.

A grant is one effect, action, resource and condition. Two documents with the same grants give the same
access, however their statements are cut.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from iamgroups.policy.inclusion import includes
from iamgroups.policy.meaning import condition_meaning
from iamgroups.policy.statements import Statement, has_variables, statements, texts

# Every read action of IAM begins with one of these.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
_IAM_READS = ("get", "list", "simulate", "generate")

_ALL_BUT = "all but "


class Grant(NamedTuple):
    """What one statement gives: one action pattern on one resource pattern.

    A NotAction or NotResource counts whole, as the text `all but ["iam:*"]`. The condition is text too, ""
    where there is none. A grant without effect is a policy that nobody read, with its ARN as resource.
    """

    effect: str
    action: str
    resource: str
    condition: str


def opaque(arn: str) -> Grant:
    """Return the only grant of a policy whose document is not known."""
    return Grant("", "", arn, "")


def grants_of(document: Any) -> frozenset[Grant]:
    """Return the grants of a document; Sids, the Id and the order and number of statements do not count."""
    has_version = isinstance(document, dict) and document.get("Version") == "2012-10-17"
    return frozenset(
        grant
        for statement in statements(document)
        for grant in _grants(_without_variables(statement, has_version))
    )


def _without_variables(statement: Statement, has_version: bool) -> Statement:
    """Write `${` as the text that it is in Version 2008-10-17, the default, so that versions compare."""
    if has_version or not has_variables(statement):
        return statement
    escaped: Statement = json.loads(json.dumps(statement).replace("${", "${$}{"))
    return escaped


def as_2012(document: Any) -> Any:
    """Return a document of Version 2012-10-17 with the same grants."""
    if document.get("Version") == "2012-10-17":
        return document
    escaped = json.loads(json.dumps(document).replace("${", "${$}{"))
    return {"Version": "2012-10-17", **{key: value for key, value in escaped.items() if key != "Version"}}


def _grants(statement: Statement) -> Iterator[Grant]:
    effect = str(statement.get("Effect"))
    tests = condition_meaning(statement)
    condition = json.dumps(tests) if tests else ""
    actions = _terms(statement, "Action", fold=True)
    for action, resource in product(actions, _terms(statement, "Resource", fold=False)):
        yield Grant(effect, action, resource, condition)


def _terms(statement: Statement, key: str, fold: bool) -> list[str]:
    """Return the patterns under a key, or one text for all that is under its Not-key."""
    values = texts(statement, f"Not{key}" if f"Not{key}" in statement else key)
    if fold:
        values = ["*" if value == "*:*" else value.lower() for value in values]
    if f"Not{key}" in statement:
        return [_ALL_BUT + json.dumps(sorted(set(values)))]
    return values


def covers(wide: Grant, narrow: Grant) -> bool:
    """Tell whether who holds `wide` holds `narrow`: patterns that include it, and the same condition.

    An Allow without a condition covers the same Allow with one.
    """
    if wide == narrow:
        return True
    if not wide.effect or wide.effect != narrow.effect:
        return False
    if wide.condition != narrow.condition and (wide.condition or wide.effect != "Allow"):
        return False
    return _term_includes(wide.action, narrow.action) and _term_includes(wide.resource, narrow.resource)


def _term_includes(wide: str, narrow: str) -> bool:
    if wide.startswith(_ALL_BUT) or narrow.startswith(_ALL_BUT):
        return wide in ("*", narrow)
    return includes(wide, narrow)


def is_opaque(grant: Grant) -> bool:
    """Tell whether the grant is a policy whose document is not known."""
    return not grant.effect


def is_everything(grant: Grant) -> bool:
    """Tell whether the grant allows every action on every resource, under a condition or not."""
    return grant.effect == "Allow" and grant.action == "*" and grant.resource == "*"


def service_of(grant: Grant) -> str:
    """Return the service of the grant's action, or `*` where it may be any."""
    service, colon, _ = grant.action.partition(":")
    is_one = colon and not grant.action.startswith(_ALL_BUT) and not set(service) & set("*?")
    return service if is_one else "*"


def may_change_permissions(grant: Grant) -> bool:
    """Tell whether the grant allows an action that writes to IAM; for a policy not read: it may."""
    if is_opaque(grant):
        return True
    if grant.effect == "Deny":
        return False
    if grant.action.startswith(_ALL_BUT):
        return not spares_iam(json.loads(grant.action.removeprefix(_ALL_BUT)))
    return writes_iam(grant.action)


def writes_iam(action: str) -> bool:
    """Tell whether an action pattern includes an action of IAM that is more than reading."""
    service, _, name = action.lower().partition(":")
    return action == "*" or (includes(service, "iam") and not name.startswith(_IAM_READS))


def spares_iam(not_actions: Iterable[str]) -> bool:
    """Tell whether the patterns of a NotAction leave all of IAM out."""
    return any(includes(pattern.lower(), "iam:*") for pattern in not_actions)
