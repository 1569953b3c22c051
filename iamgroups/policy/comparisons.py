"""How each condition operator compares one value of a request with one value of a policy.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import binascii
import operator
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from iamgroups.policy.matching import Pattern, PieceKind, fill, has_hole, matches, parse
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.resources import PARTS, split
from iamgroups.policy.truth import Truth, all_of

# (value of the policy, value of the request, context, variables apply) -> whether they agree.
Comparison = Callable[[str, str, RequestContext, bool], Truth]

_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")
_SECONDS = re.compile(r"[0-9]{5,14}(\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})"
)
_ADDRESS = re.compile(r"[0-9a-fA-F:.]{2,45}(/[0-9]{1,3})?")


def _text(wildcards: bool = False, fold: bool = False) -> Comparison:
    def compare(wanted: str, value: str, context: RequestContext, variables: bool) -> Truth:
        pattern = fill(parse(wanted, variables, wildcards), context)
        if pattern is None:
            return False
        if fold:
            pattern = tuple(piece._replace(text=piece.text.lower()) for piece in pattern)
            value = value.lower()
        return _agree(pattern, value)

    return compare


def _agree(pattern: Pattern, value: str) -> Truth:
    if not matches(pattern, value):
        return False
    return None if has_hole(pattern) else True


def _arn(wanted: str, value: str, context: RequestContext, variables: bool) -> Truth:
    """Compare the six parts each on its own; fewer match nothing."""
    filled = fill(parse(wanted, variables), context)
    if filled is None:
        return False
    patterns, parts = split(filled), value.split(":", PARTS - 1)
    if has_hole(filled):
        # A value that is not known may bring colons of its own.
        return _agree(filled, value)
    return len(patterns) == len(parts) == PARTS and all_of(map(_agree, patterns, parts))


def _typed(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Comparison:
    def comparison(wanted: str, value: str, context: RequestContext, variables: bool) -> Truth:
        ours, theirs = read(value), read(wanted)
        return None if ours is None or theirs is None else compare(ours, theirs)

    return comparison


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _date(text: str) -> datetime | None:
    """Read ISO 8601 with a zone, a day (midnight UTC) or seconds since 1970; None for anything else."""
    try:
        if _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        if _DAY.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except (ValueError, OverflowError, OSError):
        return None


def _flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _bytes(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False) if _ADDRESS.fullmatch(text) else None
    except ValueError:
        return None


def _within(wanted: str, value: str, context: RequestContext, variables: bool) -> Truth:
    network = _network(wanted)
    try:
        address = ip_address(value)
    except ValueError:
        return None
    return None if network is None else address in network


COMPARISONS: Mapping[str, Comparison] = {
    "stringequals": _text(),
    "stringequalsignorecase": _text(fold=True),
    "stringlike": _text(wildcards=True),
    "numericequals": _typed(_number, operator.eq),
    "numericlessthan": _typed(_number, operator.lt),
    "numericlessthanequals": _typed(_number, operator.le),
    "numericgreaterthan": _typed(_number, operator.gt),
    "numericgreaterthanequals": _typed(_number, operator.ge),
    "dateequals": _typed(_date, operator.eq),
    "datelessthan": _typed(_date, operator.lt),
    "datelessthanequals": _typed(_date, operator.le),
    "dategreaterthan": _typed(_date, operator.gt),
    "dategreaterthanequals": _typed(_date, operator.ge),
    "bool": _typed(_flag, operator.eq),
    "binaryequals": _typed(_bytes, operator.eq),
    "ipaddress": _within,
    "arnequals": _arn,
    "arnlike": _arn,
}
NEGATED: Mapping[str, str] = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}
_READERS: Mapping[str, Callable[[str], Any]] = {
    "numeric": _number,
    "date": _date,
    "bool": _flag,
    "binary": _bytes,
    "ipaddress": _network,
}


def readable(name: str, wanted: str) -> bool:
    """Tell whether an operator (lower case, positive) can compare with the value of a policy."""
    read = next((read for prefix, read in _READERS.items() if name.startswith(prefix)), None)
    return read is None or read(wanted) is not None


def without_value(wanted: str, context: RequestContext, variables: bool) -> bool:
    """Tell whether a variable in the value of a policy has neither value nor default."""
    pieces = parse(wanted, variables)
    return any(piece.kind is PieceKind.KEY for piece in pieces) and fill(pieces, context) is None
