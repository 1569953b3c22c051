"""The fields of an entry that GetAccountAuthorizationDetails answers.

Each raises LookupError, TypeError or ValueError when the field is not what IAM answers.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from iamgroups.sandbox.documents import Document
from iamgroups.sandbox.store import EPOCH


def identity(entry: Mapping[str, Any], kind: str) -> tuple[str, str, str, str, datetime]:
    """Return name, path, id, ARN and creation date; `kind`: User, Group or Role."""
    name, path, id, arn = (text(entry[key]) for key in (f"{kind}Name", "Path", f"{kind}Id", "Arn"))
    return name, path, id, arn, date(entry)


def attached(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ARNs of the attached managed policies."""
    return tuple(text(policy["PolicyArn"]) for policy in entry.get("AttachedManagedPolicies") or ())


def inline(entry: Mapping[str, Any], field: str) -> dict[str, Document]:
    """Return the inline policies under `field`: name -> document."""
    return {
        text(policy["PolicyName"]): document(policy["PolicyDocument"]) for policy in entry.get(field) or ()
    }


def boundary(entry: Mapping[str, Any]) -> str | None:
    """Return the permissions boundary's ARN."""
    arn = (entry.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
    return None if arn is None else text(arn)


def tags(entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the tags as (key, value)."""
    return tuple((text(tag["Key"]), text(tag["Value"])) for tag in entry.get("Tags") or ())


def document(value: Any) -> Document:
    """Return a document: the CLI prints it decoded, other tools as IAM sends it, URL-encoded."""
    if isinstance(value, str):
        decoded = value if value.lstrip().startswith("{") else unquote(value)
        return Document(json.loads(decoded), decoded)
    if not isinstance(value, dict):
        raise TypeError("a policy document must be an object")
    return Document(value)


def text(value: Any) -> str:
    """Return a string; raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"a string was expected, not {value!r:.50}")
    return value


def date(entry: Mapping[str, Any], field: str = "CreateDate") -> datetime:
    """Return a date; without one, the epoch of all embedded accounts."""
    told = datetime.fromisoformat(entry[field]) if entry.get(field) else EPOCH
    return told if told.tzinfo else told.replace(tzinfo=UTC)
