"""Statements packed into as few policy documents as their size allows. Pure.

The limit: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from collections.abc import Iterable, Iterator
from typing import Any

from iamgroups.policy.size import compact, size
from iamgroups.policy.statements import Statement

Document = dict[str, Any]


def pack(statements: Iterable[Statement], limit: int) -> tuple[Document, ...]:
    """Return documents of at most `limit` characters; a statement too long for one becomes several."""
    room = limit - _length(_document([]))
    found: list[list[Statement]] = []
    used = 0
    for statement in statements:
        for piece in _numbered(statement, room):
            length = _length(piece) + 1
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
    """Yield few pieces that fit; together they allow what the whole did."""
    if _length(statement) <= room:
        yield statement
        return
    operator, policies = _condition(statement)
    resources = statement["Resource"]
    left = room - _length(_piece(statement, [], operator, []))
    for chunk in _chunks(policies, _length(resources), left):
        for held in _filled(resources, left - _length(chunk)):
            yield _piece(statement, held, operator, chunk)


def _chunks(policies: list[str], resources: int, room: int) -> list[list[str]]:
    """Part the policies so that they and the resources, so many characters, make few pieces."""

    def pieces(share: int) -> float:
        runs = -(-_length(policies) // share)
        return float(runs * -(-resources // (room - share)))

    shares = range(room // 10, room, max(1, room // 20))
    best = min(shares, key=pieces)
    return list(_filled(policies, best - 2)) if policies else [[]]


def _filled(values: list[str], room: int) -> Iterator[list[str]]:
    """Yield the values in runs of at most `room` characters."""
    run: list[str] = []
    used = 0
    for value in values:
        length = _length(value) + 1
        if run and used + length > room:
            yield run
            run, used = [], 0
        run.append(value)
        used += length
    yield run


def _piece(statement: Statement, resources: list[str], operator: str, policies: list[str]) -> Statement:
    piece = {**statement, "Resource": resources}
    return {**piece, "Condition": {operator: {"iam:PolicyARN": policies}}} if operator else piece


def _condition(statement: Statement) -> tuple[str, list[str]]:
    """Return the operator and the policies that may be parted: a negated list has to stay whole."""
    for operator, test in statement.get("Condition", {}).items():
        if operator == "ArnLike":
            return operator, test["iam:PolicyARN"]
    return "", []


def _length(content: Any) -> int:
    return size(compact(content))
