"""Policy documents: kept as they were sent, refused when AWS refuses them."""

import json
from typing import Any

from iamgroups.policy.grammar import CODE, SYNTAX, DocumentKind, refusals
from iamgroups.sandbox.iam_error import IamError


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


def accepted(text: str, kind: DocumentKind, partition: str) -> Document:
    """Parse a document that an account of the partition accepts; raises IamError MalformedPolicyDocument."""
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise IamError(CODE, "This policy contains invalid Json" if kind == "trust" else SYNTAX) from None
    if found := refusals(value, kind, partition):
        raise IamError(CODE, found[0].answer)
    return Document(value, text)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")
