"""Addresses read back: the kind of fact one names, and the names in it."""

from collections.abc import Mapping
from typing import NamedTuple

from iamgroups.state import KINDS, Kind

# What drift names although it is not a fact: a user, a document that is not ours, a broken rule.
OTHERS = ("user", "document", "rule")


class Address(NamedTuple):
    """The kind of fact that an address names, and its fields: `group`, `user`, `policy`, ..."""

    kind: Kind
    names: Mapping[str, str]


def parse(address: str) -> Address | None:
    """Return what an address names; None where it names no fact."""
    for kind in KINDS:
        names = kind.address.read(address)
        if names is not None:
            return Address(kind, names)
    return None


def known_as(address: str) -> bool:
    """Tell whether a text has the form of an address."""
    kind, slash, rest = address.partition("/")
    return parse(address) is not None or bool(kind in OTHERS and slash and rest)


def is_glob(text: str) -> bool:
    """Tell whether a text may match several addresses."""
    return any(sign in text for sign in "*?[")
