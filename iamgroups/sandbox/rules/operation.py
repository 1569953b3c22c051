"""What every operation shares: its type, quotas, pages.

Pages: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html#API_ListGroups_RequestParameters
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from iamgroups.sandbox.iam_error import IamError
from iamgroups.sandbox.store import Store

Params: TypeAlias = Mapping[str, Any]
Operation: TypeAlias = Callable[[Store, Params], dict[str, Any]]
DEFAULT_PAGE = 100


def within(store: Store, quota: str, wanted: int, resource: str) -> None:
    """Refuse with IamError LimitExceeded when `wanted` is over the account's quota."""
    if wanted > store.quotas[quota]:
        raise IamError("LimitExceeded", f"Cannot exceed quota for {resource}: {store.quotas[quota]}")


def page(
    store: Store, params: Params, entries: Iterable[tuple[str, Any]]
) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    """Cut one page out of `entries` (key, value): those after Marker, and IsTruncated with the next Marker.

    Entries are answered in the order of their keys, so that a page boundary holds while the account changes.
    """
    after = _key(params["Marker"]) if params.get("Marker") else ""
    left = sorted((entry for entry in entries if entry[0] > after), key=lambda entry: entry[0])
    size = min(store.page_size(params.get("MaxItems", DEFAULT_PAGE)), params.get("MaxItems", DEFAULT_PAGE))
    if len(left) <= size:
        return left, {"IsTruncated": False}
    last = left[size - 1][0] if size else after
    marker = base64.b64encode(last.encode()).decode() or "AA=="
    return left[:size], {"IsTruncated": True, "Marker": marker}


def listing(store: Store, params: Params, field: str, entries: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Answer a list call: one page of values under `field`."""
    shown, rest = page(store, params, entries)
    return {field: [value for _, value in shown], **rest}


def _key(marker: str) -> str:
    try:
        return base64.b64decode(marker, validate=True).decode()
    except (binascii.Error, ValueError):
        raise IamError("ValidationError", "Invalid Marker.") from None
