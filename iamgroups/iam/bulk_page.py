"""Read a page of GetAccountAuthorizationDetails out of its XML, quicker than botocore.

Most of a plan's time would go into botocore's parser, which walks the service model for every element; this
takes a fifth of it. A body that is not understood is left to botocore, so what is refused is botocore's say.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError, XMLParser

from iamgroups.policy.size import MAX_DEPTH, depth

OPERATION = "GetAccountAuthorizationDetails"
EVENT = f"before-parse.iam.{OPERATION}"
# botocore decodes the documents it finds under keys of its model; under this one it finds none.
PAGE = "IamGroupsPage"

_EMPTY = f"<r><{OPERATION}Result/></r>".encode()
_LISTS = ("UserDetailList", "GroupDetailList")


def take_over(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    """Handle botocore's `before-parse` event: parse the body here, and leave an empty one to botocore."""
    if response_dict["status_code"] == 200:
        page = parse(response_dict["body"])
        if page is not None:
            customized_response_dict[PAGE] = page
            response_dict["body"] = _EMPTY


def page_of(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the page of an answer, whoever parsed it, in the shape botocore gives it."""
    page: Mapping[str, Any] = answer.get(PAGE, answer)
    return page


def parse(body: bytes) -> dict[str, Any] | None:
    """Return IsTruncated, Marker, UserDetailList and GroupDetailList as botocore would; None to let it try.

    Dates and what else is not needed is left out; a page of policies is botocore's.
    """
    parser = XMLParser(encoding="utf-8")
    try:
        parser.feed(body)
        return _page(parser.close())
    except (ParseError, _Odd):
        return None


class _Odd(Exception):
    """Well-formed, and yet not an answer as the service model has it."""


def _page(root: Element) -> dict[str, Any]:
    names = _Names()
    result = next((child for child in root if names[child.tag] == f"{OPERATION}Result"), None)
    if result is None:
        raise _Odd
    page: dict[str, Any] = {}
    for child in result:
        name = names[child.tag]
        if name in page or (name == "Policies" and len(child)):
            raise _Odd
        if name in _LISTS:
            page[name] = [_detail(member, names) for member in child]
        elif name == "IsTruncated":
            page[name] = child.text == "true"
        elif name == "Marker":
            page[name] = child.text or ""
    return page


class _Names(dict[str, str]):
    """Tag -> name without namespace, worked out once per tag."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rpartition("}")[2]
        return name


def _detail(member: Element, names: _Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in member:
        name = names[child.tag]
        if name in found:
            raise _Odd
        if name in _TEXTS:
            found[name] = child.text or ""
        elif name == "GroupList":
            found[name] = [group.text or "" for group in child]
        elif name in _LISTED:
            found[name] = [_fields(entry, names) for entry in child]
        elif name == "PermissionsBoundary":
            found[name] = _fields(child, names)
    return found


_TEXTS = frozenset({"Path", "UserName", "UserId", "GroupName", "GroupId", "Arn"})
_LISTED = frozenset({"AttachedManagedPolicies", "UserPolicyList", "GroupPolicyList", "Tags"})


def _fields(element: Element, names: _Names) -> dict[str, Any]:
    found: dict[str, Any] = {names[child.tag]: child.text or "" for child in element}
    if len(found) != len(element):
        raise _Odd
    if "PolicyDocument" in found:
        found["PolicyDocument"] = _document(found["PolicyDocument"])
    return found


def _document(text: str) -> Any:
    """Decode as botocore does: what is not JSON, or is nested without sense, stays text."""
    try:
        document = json.loads(unquote(text))
    except (ValueError, RecursionError):
        return text
    return document if depth(document) <= MAX_DEPTH else text
