"""What a reviewer is shown of a plan, arranged as every format shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from iamgroups.planning.note import Finding
from iamgroups.planning.plan import Plan
from iamgroups.state import KINDS
from iamgroups.state.change import Change
from iamgroups.state.names import natural

if TYPE_CHECKING:
    from iamgroups.access.delta import AccessDelta
    from iamgroups.access.effects import PersonEffect

ACTION_ORDER = ("create", "update", "delete")


@dataclass(frozen=True)
class Review:
    """A plan, judged. `created` is UTC. `left`: changes that the saved plan did not hold.

    `ending`: address of each inline policy that the plan ends -> its document, where that was read.
    """

    plan: Plan
    created: datetime
    findings: tuple[Finding, ...] = ()
    effects: "tuple[PersonEffect, ...]" = ()
    access: "AccessDelta | None" = None
    left: tuple[Change, ...] = ()
    ending: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Return the findings that stop an apply."""
        return tuple(finding for finding in self.findings if finding.blocking and not finding.allowed)

    @property
    def lifted(self) -> tuple[Finding, ...]:
        """Return the findings that would stop it, were they not allowed."""
        return tuple(finding for finding in self.findings if finding.blocking and finding.allowed)

    @cached_property
    def groups(self) -> Mapping[str, Sequence[Change]]:
        """Group name -> its changes: the group itself first, then policies, then members; by name."""
        return _under("group", self.plan.changes)

    @cached_property
    def policies(self) -> Mapping[str, Sequence[Change]]:
        """Owned policy -> its changes, by name."""
        return _under("policy", self.plan.changes)

    @cached_property
    def direct(self) -> Mapping[str, Sequence[Change]]:
        """User -> the policies detached from them, by name."""
        return _under("user", self.plan.changes)

    @cached_property
    def alike(self) -> "Mapping[PersonEffect, Sequence[str]]":
        """Effect with its user left out -> everybody it meets and who has no direct policy detached."""
        found: dict[PersonEffect, list[str]] = {}
        for effect in sorted(self.effects, key=lambda effect: natural(effect.user)):
            if effect.user not in self.direct:
                found.setdefault(effect._replace(user=""), []).append(effect.user)
        return found

    @cached_property
    def effect_of(self) -> "Mapping[str, PersonEffect]":
        """User -> the effect on them."""
        return {effect.user: effect for effect in self.effects}


def _under(kind: str, changes: Iterable[Change]) -> dict[str, Sequence[Change]]:
    """Return the name of a group, user or policy -> the changes that are told under it."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        owner = change.fact.owner
        if owner.kind == kind:
            found.setdefault(owner.name, []).append(change)
    return {name: sorted(found[name], key=place) for name in sorted(found, key=natural)}


def place(change: Change) -> tuple[int, int, object]:
    """Return where a change stands among those of one group: kind, then action, then name."""
    kind = KINDS.index(change.fact.kind)
    return kind, ACTION_ORDER.index(change.action), natural(change.address)
