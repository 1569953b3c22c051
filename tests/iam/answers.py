"""What IAM answers, written as it goes over the wire."""

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from .conftest import Answer, Params, answer

ACCOUNT = "123456789012"
XMLNS = "https://iam.amazonaws.com/doc/2010-05-08/"


def xml(value: Any) -> str:
    """Write a dict, list or scalar as the query protocol does."""
    if isinstance(value, dict):
        return "".join(f"<{key}>{xml(inner)}</{key}>" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return "".join(f"<member>{xml(inner)}</member>" for inner in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def document(value: Any) -> str:
    return quote(json.dumps(value), safe="")


def policy_entry(arn: str) -> dict[str, str]:
    return {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}


def user(name: str, groups: Sequence[str] = (), policies: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {
        "Path": "/",
        "UserName": name,
        "UserId": f"AIDA{name}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "CreateDate": "2020-01-01T00:00:00Z",
        "GroupList": list(groups),
        "AttachedManagedPolicies": [policy_entry(arn) for arn in policies],
        **more,
    }


def group(name: str, policies: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {
        "Path": "/",
        "GroupName": name,
        "GroupId": f"AGPA{name}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
        "CreateDate": "2020-01-01T00:00:00Z",
        "AttachedManagedPolicies": [policy_entry(arn) for arn in policies],
        **more,
    }


def policy(arn: str, **more: Any) -> dict[str, Any]:
    return {
        "PolicyName": arn.rpartition("/")[2],
        "Arn": arn,
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        **more,
    }


def paged(operation: str, key: str, items: Sequence[Any], size: int = 1000) -> Callable[[Params], Answer]:
    """Answer a listing's pages of at most `size` entries; a marker is the index it goes on from."""

    def respond(params: Params) -> Answer:
        begin = int(params.get("Marker", "0"))
        end = begin + min(size, int(params.get("MaxItems", "100")))
        page: dict[str, Any] = {"IsTruncated": end < len(items)}
        if end < len(items):
            page["Marker"] = str(end)
        return answer(operation, xml({key: list(items[begin:end]), **page}))

    return respond


def details(
    users: Sequence[Any] = (), groups: Sequence[Any] = (), size: int = 1000
) -> Callable[[Params], Answer]:
    """Answer GetAccountAuthorizationDetails by its filter."""
    operation = "GetAccountAuthorizationDetails"
    by_kind = {
        "User": paged(operation, "UserDetailList", users, size),
        "Group": paged(operation, "GroupDetailList", groups, size),
    }
    return lambda params: by_kind[params["Filter.member.1"]](params)


def summary(**quotas: int) -> Answer:
    entries = "".join(
        f"<entry><key>{key}</key><value>{value}</value></entry>" for key, value in quotas.items()
    )
    return answer("GetAccountSummary", f"<SummaryMap>{entries}</SummaryMap>")
