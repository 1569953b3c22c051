"""Statements packed into as few policy documents as their size allows. Pure; must not change what they allow.

The limit: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Statement = dict[str, Any]
Document = dict[str, Any]


def size(content: Any) -> int:
    """Return the characters of compact JSON; IAM does not count white space."""
    return len(json.dumps(content, separators=(",", ":"), ensure_ascii=False))


def pack(statements: Iterable[Statement], limit: int) -> tuple[Document, ...]:
    """Return documents of at most `limit` characters; a statement too long for one becomes several."""
    room = limit - size(_document([]))
    found: list[list[Statement]] = []
    used = 0
    for statement in statements:
        for piece in _numbered(statement, room):
            length = size(piece) + 1
            if not found or used + length > room:
                found.append([])
                used = 0
            found[-1].append(piece)
            used += length
    return tuple(map(_document, found))


def _document(statements: list[Statement]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}


def _numbered(statement: Statement, room: int) -> Iterator[Statement]:
    # Room for the number, and for the comma between statements.
    pieces = list(_split(statement, room - 5))
    for number, piece in enumerate(pieces, start=1):
        yield piece if len(pieces) == 1 else {**piece, "Sid": f"{piece['Sid']}{number}"}


def _split(statement: Statement, room: int) -> Iterator[Statement]:
    """Halve the longest list until every piece fits; together the pieces allow what the whole did."""
    resources = statement["Resource"]
    operator, policies = _condition(statement)
    divisible = [values for values in (resources, policies) if len(values) > 1]
    if size(statement) <= room or not divisible:
        yield statement
        return
    longest = max(divisible, key=size)
    for half in (longest[: len(longest) // 2], longest[len(longest) // 2 :]):
        if longest is resources:
            yield from _split({**statement, "Resource": half}, room)
        else:
            yield from _split({**statement, "Condition": {operator: {"iam:PolicyARN": half}}}, room)


def _condition(statement: Statement) -> tuple[str, list[str]]:
    """Return the operator and the policies that may be halved: a negated list has to stay whole."""
    for operator, test in statement.get("Condition", {}).items():
        if operator == "ArnLike":
            return operator, test["iam:PolicyARN"]
    return "", []
