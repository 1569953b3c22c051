"""A change: one IAM write, held as data."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from iamgroups.errors import Position
from iamgroups.state.call import Call
from iamgroups.state.kind import Action, Fact

SYMBOLS: dict[Action, str] = {"create": "+", "update": "~", "delete": "-"}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is made, changed or ended.

    `before` is the fact it replaces, for updates. `group_now` is the name the group still bears while this
    change runs, where the same plan renames it (renames come last). `position` is the line that asks for it,
    `why` a few words where the line alone does not say it ("expired 2026-01-31", "covered by group/devs").
    `needs` are the addresses of the changes that must have succeeded before. `due` is when
    time asked for it, by `starts` or `expires`; known while planning only, a saved plan does not hold it.
    """

    action: Action
    fact: Fact
    position: Position | None = None
    why: str = ""
    before: Fact | None = None
    group_now: str = ""
    needs: tuple[str, ...] = ()
    due: datetime | None = field(default=None, compare=False)

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
        """Return the groups and users that the call names, as `group/G` and `user/U`, by their old names."""
        fact = self.before or self.fact_now
        return tuple(name.of(fact) for name in fact.kind.names)

    @property
    def before_meaning(self) -> Any:
        """Return the `meaning` of the fact that an update replaces; else None."""
        return self.before.meaning if self.action == "update" and self.before else None

    @property
    def replaced(self) -> Fact | None:
        """Return the fact that the account does not have after the change; None for a creation."""
        return self.before if self.action == "update" else self.fact_now if self.action == "delete" else None

    @property
    def fact_now(self) -> Fact:
        """Return the fact under the name its group bears while the change runs."""
        return self.fact.in_group(self.group_now) if self.group_now else self.fact

    @property
    def lock_key(self) -> str | None:
        """Return what must not be written twice at the same time; None when nothing forbids it."""
        return self.fact_now.lock_key

    @property
    def call(self) -> Call:
        """Return the write that makes this change."""
        fact = self.fact_now
        if self.action == "delete":
            return fact.delete()
        if self.action == "create":
            return fact.create()
        assert type(fact) is type(self.before), "an update replaces a fact of its own kind"
        return fact.update(self.before)

    @property
    def sentence(self) -> str:
        """Return what differs, as somebody who looks at the account would say it."""
        fact = self.fact_now
        if self.action == "update" and self.before:
            return self.fact.changed(self.before)
        return (fact.kind.there if self.action == "delete" else fact.kind.missing).of(fact)
