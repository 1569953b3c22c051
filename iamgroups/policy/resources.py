"""Whether the Resource of a statement includes the resource of a request.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

import re
from collections.abc import Collection
from functools import lru_cache

from iamgroups.policy.matching import (
    Pattern,
    Piece,
    PieceKind,
    expression,
    fill,
    has_hole,
    matches,
    overlaps,
    parse,
)
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.truth import Truth

PARTS = 6  # arn:partition:service:region:account:resource
# Stands for the wildcard of a request: only a wildcard of a pattern includes it.
_EVERY = "\ue000"


def resource_matches(
    text: str, resource: str | None, possible: Collection[str], context: RequestContext, variables: bool
) -> Truth:
    """Tell whether a pattern of a policy includes a resource.

    A resource with `*` or `?` is every resource that fits it; None is one that is not known, and then
    `possible` are patterns of what it can be, none when nothing is known of it.
    """
    if text == "*":
        return True
    found = _filled(text, context, variables)
    if found is None:
        return False
    pattern, certain = found
    if resource is None:
        return None if not possible or _meets(pattern, possible) else False
    if "*" in resource or "?" in resource:
        return _includes(pattern, resource, certain)
    if not matches(pattern, resource):
        return False
    return True if certain and _strictly(pattern, resource) else None


def _meets(pattern: Pattern, possible: Collection[str]) -> bool:
    return any(arns_overlap(pattern, parse(each, variables=True)) for each in possible)


def arns_overlap(pattern: Pattern, other: Pattern) -> bool:
    """Tell whether one ARN can fit both; of whole ARNs each part is compared on its own.

    `other` may be a template of the Service Authorization Reference: `arn:${Partition}:s3:::${BucketName}`.
    """
    return parts_overlap(split(pattern), split(other))


def parts_overlap(parts: tuple[Pattern, ...], others: tuple[Pattern, ...]) -> bool:
    """Do the same for ARNs in parts, the most telling part first."""
    if len(parts) == len(others) == PARTS:
        return all(map(overlaps, reversed(parts), reversed(others)))
    return overlaps(_joined(parts), _joined(others))


def _includes(pattern: Pattern, resources: str, certain: bool) -> Truth:
    if not _meets(pattern, (resources,)):
        return False
    whole = certain and Piece(PieceKind.ONE) not in pattern
    return True if whole and _strictly(pattern, re.sub("[*?]", _EVERY, resources)) else None


def without_resource_matches(text: str) -> Truth:
    """Tell whether a pattern includes the `*` that an action without resource types is authorised on."""
    return text == "*" or (None if not text.strip("*") else False)


def _filled(text: str, context: RequestContext, variables: bool) -> tuple[Pattern, bool] | None:
    """Return the pattern with its values and whether its meaning is certain; None if it matches nothing."""
    parts = split(parse(text, variables))
    filled = fill(_joined(parts), context)
    if filled is None:
        # A variable outside the sixth part is not documented: it may be anything.
        outside = any(piece.kind is PieceKind.KEY for part in parts[: PARTS - 1] for piece in part)
        return (parse("*", variables=False), False) if outside else None
    certain = not has_hole(filled) and not undocumented(parts)
    return filled, certain


@lru_cache(maxsize=1 << 15)
def split(pattern: Pattern) -> tuple[Pattern, ...]:
    """Return the parts between the colons, six at most: the last takes the rest."""
    parts: list[list[Piece]] = [[]]
    for piece in pattern:
        if piece.kind is not PieceKind.TEXT:
            parts[-1].append(piece)
            continue
        first, *rest = piece.text.split(":", PARTS - len(parts))
        for number, text in enumerate((first, *rest)):
            if number:
                parts.append([])
            if text:
                parts[-1].append(Piece(PieceKind.TEXT, text))
    return tuple(map(tuple, parts))


def _joined(parts: tuple[Pattern, ...]) -> Pattern:
    joined = list(parts[0])
    for part in parts[1:]:
        joined += [Piece(PieceKind.TEXT, ":"), *part]
    return tuple(joined)


def undocumented(parts: tuple[Pattern, ...]) -> bool:
    """Tell whether the pattern has a wildcard or variable where AWS documents none.

    A wildcard in the service, or in the resource type of an IAM ARN other than a whole `*`; a variable
    outside the sixth part.
    """
    if len(parts) < 3 or any(piece.kind is not PieceKind.TEXT for piece in parts[2]):
        return True
    if any(piece.kind is PieceKind.KEY for part in parts[: PARTS - 1] for piece in part):
        return True
    return len(parts) == PARTS and parts[2] == (Piece(PieceKind.TEXT, "iam"),) and _wild_type(parts[5])


def _wild_type(part: Pattern) -> bool:
    first = part[0] if part else Piece(PieceKind.TEXT)
    whole = part == (Piece(PieceKind.ANY),)
    return not whole and (first.kind is not PieceKind.TEXT or (len(part) > 1 and "/" not in first.text))


def _strictly(pattern: Pattern, resource: str) -> bool:
    return _strict(pattern).fullmatch(resource) is not None


@lru_cache(maxsize=1 << 15)
def _strict(pattern: Pattern) -> re.Pattern[str]:
    """Return an expression whose wildcards stay within their part, but for a `*` that ends one."""
    parts = split(pattern)
    written = [expression(part, one="[^:]", last=".*") for part in parts[: PARTS - 1]]
    return re.compile(":".join([*written, *map(expression, parts[PARTS - 1 :])]), re.DOTALL)
