"""Why a person's access changes: groups they join or leave, policies that these groups gain or lose."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from iamgroups.errors import Position
from iamgroups.state import Attachment, Direct, InlineGroup, Membership, PolicyFact
from iamgroups.state.change import Change
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, short


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason. `gained` and `lost` are policies as readers call them; `position` the line that asks."""

    kind: Literal["joins", "leaves", "group", "direct", "policy"]
    subject: str
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    position: Position | None = None


class Causes:
    """The reasons of each person."""

    def __init__(self, live: LiveState, after: LiveState, changes: Sequence[Change]) -> None:
        self._own: dict[str, list[Cause]] = {}
        self._groups = dict(_of_groups(changes))
        self._policies = _new_documents(changes)
        for change in changes:
            fact = change.fact
            if isinstance(fact, Membership):
                kind: Literal["joins", "leaves"] = "joins" if change.action == "create" else "leaves"
                self._add(fact.user, Cause(kind, fact.group, position=change.position))
            elif isinstance(fact, Direct):
                self._add(fact.user, Cause("direct", "", lost=(short(fact.arn),), position=change.position))
        self._members: dict[str, set[str]] = {}
        for state in (live, after):
            for group in state.groups.values():
                for member in group.members or ():
                    self._members.setdefault(fold(member), set()).add(fold(group.name))
        self._arns = {
            fold(group.name): group.policies or frozenset()
            for state in (live, after)
            for group in state.groups.values()
        }
        self._direct = {key: user.policies or frozenset() for key, user in live.users.items()}

    def _add(self, user: str, cause: Cause) -> None:
        self._own.setdefault(fold(user), []).append(cause)

    def of(self, user: str) -> tuple[Cause, ...]:
        """Return the reasons of one person: their own first, then their groups', then new documents."""
        key = fold(user)
        own = self._own.get(key, [])
        moved = {fold(cause.subject) for cause in own}
        groups = sorted(self._members.get(key, ()))
        shared = [self._groups[group] for group in groups if group in self._groups and group not in moved]
        held = set(self._direct.get(key, ())).union(*(self._arns.get(group, ()) for group in groups))
        documents = [cause for arn, cause in sorted(self._policies.items()) if arn in held]
        return (*own, *shared, *documents)


def causes(live: LiveState, after: LiveState, changes: Sequence[Change]) -> Causes:
    """Return why each person's access changes."""
    return Causes(live, after, changes)


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
