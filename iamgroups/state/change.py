"""A change: one IAM write, held as data. Must not send anything."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from iamgroups.errors import Position
from iamgroups.policy.meaning import meaning
from iamgroups.state import (
    Attachment,
    Call,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    InlineUser,
    Membership,
    PolicyFact,
)

Action = Literal["create", "update", "delete"]
SYMBOLS: dict[Action, str] = {"create": "+", "update": "~", "delete": "-"}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is made, changed or ended.

    `before` is the fact it replaces, for updates. `group_now` is the name the group still bears while this
    change runs, where the same plan renames it (renames come last). `position` is the line that asks for it,
    `why` a few words where the line alone does not say it ("expired 2026-01-31", "covered by group/devs").
    `needs` are the addresses of the changes that must have succeeded before. `expired`: a membership that
    ends because its last day is over; known while planning only, a saved plan does not hold it.
    """

    action: Action
    fact: Fact
    position: Position | None = None
    why: str = ""
    before: Fact | None = None
    group_now: str = ""
    needs: tuple[str, ...] = ()
    expired: bool = field(default=False, compare=False)

    @property
    def address(self) -> str:
        """Return the address of the fact; unique within a plan."""
        return self.fact.address

    @property
    def symbol(self) -> str:
        """Return `+`, `~` or `-`."""
        return SYMBOLS[self.action]

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the call names, as `group/G` and `user/U`, by the names borne before the plan."""
        fact = self.fact
        if isinstance(fact, GroupFact):
            return (f"group/{self.before.name if isinstance(self.before, GroupFact) else fact.name}",)
        names: list[str] = []
        if isinstance(fact, Attachment | Membership | InlineGroup):
            names.append(f"group/{self.group_now or fact.group}")
        if isinstance(fact, Membership | Direct):
            names.append(f"user/{fact.user}")
        return tuple(names)

    @property
    def replaces(self) -> Any:
        """Return what an update replaces, as plain data that is equal for what means the same; else None."""
        if self.action != "update" or self.before is None:
            return None
        if not isinstance(self.before, PolicyFact):
            return list(self.before)
        try:
            document = meaning(json.loads(self.before.document))
        except ValueError:  # a saved plan is untrusted input
            document = self.before.document
        return [*self.before._replace(document=""), document]

    @property
    def fact_now(self) -> Fact:
        """Return the fact under the name its group bears while the change runs."""
        if self.group_now and isinstance(self.fact, Attachment | Membership | InlineGroup):
            return self.fact._replace(group=self.group_now)
        return self.fact

    @property
    def call(self) -> Call:
        """Return the write that makes this change."""
        fact = self.fact_now
        if self.action == "delete":
            assert not isinstance(fact, InlineUser), "inline policies of users are only ever reported"
            return fact.delete()
        if self.action == "update" and isinstance(fact, GroupFact):
            assert isinstance(self.before, GroupFact)
            return fact.update(self.before)
        if self.action == "update":
            assert isinstance(fact, PolicyFact)
            return fact.update()
        assert isinstance(fact, GroupFact | Attachment | Membership | PolicyFact)
        return fact.create()
