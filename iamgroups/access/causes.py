"""Why a person's access changes: groups they join or leave, policies that these groups gain or lose."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from iamgroups.access.access import Access
from iamgroups.errors import Position
from iamgroups.state import Attachment, Direct, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.names import fold, short


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason. `gained` and `lost` are policies as readers call them; `position` the line that asks.

    People have the same reason on lines of their own: causes are equal whatever their lines.
    """

    kind: Literal["joins", "leaves", "group", "direct", "policy"]
    subject: str
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    position: Position | None = field(default=None, compare=False)


class Causes:
    """The reasons of each person."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._own: dict[str, list[Cause]] = {}
        self._groups = dict(_of_groups(access.changes))
        self._policies = _new_documents(access.changes)
        for change in access.changes:
            fact = change.fact
            if isinstance(fact, Membership):
                kind: Literal["joins", "leaves"] = "joins" if change.action == "create" else "leaves"
                self._add(fact.user, Cause(kind, fact.group, position=change.position))
            elif isinstance(fact, Direct):
                named = {"gained" if change.action == "create" else "lost": (short(fact.arn),)}
                self._add(fact.user, Cause("direct", "", **named, position=change.position))

    def _add(self, user: str, cause: Cause) -> None:
        self._own.setdefault(fold(user), []).append(cause)

    def of(self, user: str) -> tuple[Cause, ...]:
        """Return the reasons of one person: their own first, then their groups', then new documents."""
        own = self._own.get(fold(user), [])
        moved = {fold(cause.subject) for cause in own}
        groups = sorted(self._access.groups_before(user) | self._access.groups_after(user), key=fold)
        changed = (key for key in map(fold, groups) if key in self._groups and key not in moved)
        shared = [self._groups[key] for key in changed]
        return (*own, *shared, *self._documents(user, groups))

    def _documents(self, user: str, groups: Iterable[str]) -> Iterator[Cause]:
        """Yield the new documents of policies that somebody in these groups holds before or after."""
        if self._policies:
            held = {*self._access.direct(user)}.union(*map(self._access.policies, groups))
            yield from (cause for arn, cause in sorted(self._policies.items()) if arn in held)


def _of_groups(changes: Iterable[Change]) -> Iterator[tuple[str, Cause]]:
    gained: dict[str, list[str]] = {}
    lost: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    lines: dict[str, Position | None] = {}
    for change in changes:
        fact = change.fact
        if not isinstance(fact, Attachment | InlineGroup):
            continue
        key = fold(fact.group)
        names[key] = fact.group
        shown = short(fact.arn) if isinstance(fact, Attachment) else f"inline {fact.policy}"
        (gained if change.action == "create" else lost).setdefault(key, []).append(shown)
        lines[key] = lines.get(key) or change.position
    for key, name in names.items():
        plus, minus = tuple(gained.get(key, ())), tuple(lost.get(key, ()))
        yield key, Cause("group", name, plus, minus, lines[key])


def _new_documents(changes: Iterable[Change]) -> dict[str, Cause]:
    return {
        change.fact.arn: Cause("policy", short(change.fact.arn), position=change.position)
        for change in changes
        if isinstance(change.fact, PolicyFact) and change.action == "update"
    }
