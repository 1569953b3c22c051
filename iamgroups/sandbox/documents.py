"""Policy documents: kept as they were sent, refused when IAM's grammar refuses them. Must not evaluate them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from typing import Any

from iamgroups.sandbox.iam_error import IamError

_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?_-]+", re.ASCII)
_SID = re.compile(r"[A-Za-z0-9]*", re.ASCII)
_VERSIONS = ("2008-10-17", "2012-10-17")
_STATEMENT_KEYS = {
    *("Sid", "Effect", "Condition"),
    *("Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"),
}


class Document(dict[str, Any]):
    """A policy document as boto3 answers it (a dict); `text` is what was sent. Treat as read-only."""

    __slots__ = ("_text",)

    def __init__(self, value: dict[str, Any], text: str | None = None) -> None:
        super().__init__(value)
        self._text = text

    @property
    def text(self) -> str:
        """Return the document as it was sent."""
        if self._text is None:
            self._text = json.dumps(self)
        return self._text


def identity_policy(text: str) -> Document:
    """Parse what a user, group or role may hold; raises IamError MalformedPolicyDocument."""
    document = _parse(text)
    for statement in _statements(document):
        if "Principal" in statement or "NotPrincipal" in statement:
            raise _malformed("Policy document should not specify a principal.")
        _one_of(statement, "Action", "NotAction", "Policy statement must contain actions.")
        _one_of(statement, "Resource", "NotResource", "Policy statement must contain resources.")
        _check_actions(statement)
        for resource in _texts(statement, "Resource") + _texts(statement, "NotResource"):
            if resource != "*" and not resource.startswith("arn:"):
                raise _malformed(f'Resource {resource} must be in ARN format or "*".')
    return document


def trust_policy(text: str) -> Document:
    """Parse who may assume a role; raises IamError MalformedPolicyDocument."""
    document = _parse(text)
    for statement in _statements(document):
        if "Resource" in statement or "NotResource" in statement:
            raise _malformed("Has prohibited field Resource.")
        _one_of(statement, "Principal", "NotPrincipal", "AssumeRolepolicy must specify a principal.")
        _one_of(statement, "Action", "NotAction", "Policy statement must contain actions.")
        _check_actions(statement)
    return document


def _parse(text: str) -> Document:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _malformed("This policy contains invalid Json") from None
    if not isinstance(value, dict) or value.keys() - {"Version", "Id", "Statement"}:
        raise _malformed("Syntax errors in policy.")
    if value.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _malformed("The policy must contain a valid version string.")
    return Document(value, text)


def _statements(document: Document) -> list[dict[str, Any]]:
    statements = document.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        raise _malformed("Syntax errors in policy.")
    sids = []
    for statement in statements:
        if not isinstance(statement, dict) or statement.keys() - _STATEMENT_KEYS:
            raise _malformed("Syntax errors in policy.")
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise _malformed("Syntax errors in policy.")
        _check_condition(statement.get("Condition", {}))
        if "Sid" in statement:
            sids.append(statement["Sid"])
    if any(not isinstance(sid, str) or not _SID.fullmatch(sid) for sid in sids):
        raise _malformed("Statement IDs (SID) must be alpha-numeric.")
    if len(set(sids)) != len(sids):
        raise _malformed("Statement IDs (SID) in a single policy must be unique.")
    return statements


def _check_condition(condition: Any) -> None:
    blocks = condition.values() if isinstance(condition, dict) else [None]
    if not all(isinstance(block, dict) for block in blocks):
        raise _malformed("Syntax errors in policy.")


def _check_actions(statement: dict[str, Any]) -> None:
    for action in _texts(statement, "Action") + _texts(statement, "NotAction"):
        if not _ACTION.fullmatch(action):
            raise _malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")


def _one_of(statement: dict[str, Any], key: str, other: str, missing: str) -> None:
    if key not in statement and other not in statement:
        raise _malformed(missing)
    if key in statement and other in statement:
        raise _malformed("Syntax errors in policy.")


def _texts(statement: dict[str, Any], key: str) -> list[str]:
    value = statement.get(key, [])
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        raise _malformed("Syntax errors in policy.")
    return values


def _malformed(message: str) -> IamError:
    return IamError("MalformedPolicyDocument", message)
