"""The resources and conditions that limit what a statement gives."""

from dataclasses import dataclass, field
from functools import lru_cache

from iamgroups.policy.matching import PieceKind, parse
from iamgroups.policy.parsed import Condition
from iamgroups.policy.resources import PARTS, arns_overlap, split

_USER = parse("arn:${Partition}:iam::${Account}:user/${UserNameWithPath}", variables=True)


@dataclass(frozen=True, slots=True)
class Scope:
    """The resources and conditions that limit a statement; `resources` () is everything.

    `ceiling` is the scope of a boundary that limits a grant further. `uncertain`: the actions are written
    with a wildcard in their service, and AWS does not document what that means.
    """

    resources: tuple[str, ...] = ()
    not_resources: bool = False
    conditions: tuple[Condition, ...] = ()
    ceiling: "Scope | None" = None
    uncertain: bool = False
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hash once: a scope is looked up for every person who has it."""
        values = (self.resources, self.not_resources, self.conditions, self.ceiling, self.uncertain)
        object.__setattr__(self, "_hash", hash(values))

    def __hash__(self) -> int:
        """Return the hash of all values."""
        return self._hash


@lru_cache(maxsize=4096)
def is_own_user(scope: Scope) -> bool:
    """Tell whether the only users within a scope are the person themselves: `user/${aws:username}`."""
    if scope.not_resources:
        return False
    users = [text for text in scope.resources if arns_overlap(parse(text, variables=False), _USER)]
    return bool(users) and all(map(_names_self, users))


def _names_self(text: str) -> bool:
    """Tell whether a pattern ends with the caller's own name, at whatever path."""
    parts = split(parse(text, variables=True))
    if len(parts) < PARTS or not parts[-1]:
        return False
    *before, last = parts[-1]
    path = before[-1].text if before and before[-1].kind is PieceKind.TEXT else ""
    return last.kind is PieceKind.KEY and last.text.lower() == "aws:username" and path.endswith("/")
