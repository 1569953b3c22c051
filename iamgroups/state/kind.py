"""Kind: the table in which a kind of fact describes itself. Fact: one of that kind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, ClassVar, Literal, NamedTuple, Self

from iamgroups.state.call import Call, Reread
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold

Action = Literal["create", "update", "delete"]
_FIELD = re.compile(r"{([a-z]+)}")


class Text:
    """A text that names fields of a fact in braces: `membership/{group}/{user}`."""

    __slots__ = ("_fill", "_get", "fields", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.fields: tuple[str, ...] = tuple(_FIELD.findall(text))
        self._fill = _FIELD.sub("%s", text)
        self._get = attrgetter(*self.fields)

    def of(self, fact: object) -> str:
        """Return the text with a fact's values."""
        return self._fill % self._get(fact)

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text with these values."""
        return self._fill % tuple(values[field] for field in self.fields)

    def read(self, text: str) -> Mapping[str, str] | None:
        """Return field -> value, where this is the text of some fact with no "/" in its values."""
        shape, parts = self.text.split("/"), text.split("/")
        if len(shape) != len(parts) or "" in parts:
            return None
        pairs = [*zip(shape, parts, strict=True)]
        if any(word != part for word, part in pairs if not word.startswith("{")):
            return None
        return {word[1:-1]: part for word, part in pairs if word.startswith("{")}


class Owner(NamedTuple):
    """Under whose name a fact is told."""

    kind: Literal["group", "user", "policy"]
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """What iamgroups knows of one kind of fact.

    `name` is the word in JSON, `nouns` one and several. `owner` is the group, user or policy it is told
    under, `label` what it is called there, `details` what a heading adds. `names` are the groups and users
    that its calls name. `there` and `missing` are drift's sentences. Two facts with the same `lock` are never
    written at the same time. `makes` is what exists under a new name once the fact is made. `versioned`: an
    update adds a version, and sent twice it adds two. A plan may hold `actions` only.
    """

    name: str
    nouns: tuple[str, str]
    address: Text
    owner: Text
    label: Text
    names: tuple[Text, ...]
    there: Text
    missing: Text
    actions: tuple[Action, ...]
    details: Text | None = None
    lock: Text | None = None
    makes: Text | None = None
    versioned: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an account. Its fields are its parameters, as IAM spells them."""

    kind: ClassVar[Kind]

    @property
    def address(self) -> str:
        """Return the address, unique among facts."""
        return self.kind.address.of(self)

    @property
    def owner(self) -> Owner:
        """Return the group, user or policy that the fact is told under."""
        kind, _, name = self.kind.owner.of(self).partition("/")
        return Owner(kind, name)  # type: ignore[arg-type]  # the tables hold these three words only

    @property
    def is_owner(self) -> bool:
        """Tell whether the fact is that its owner exists."""
        return self.kind.owner.text == self.kind.address.text

    @property
    def label(self) -> str:
        """Return what a reader calls the fact within its owner: `alice`, `aws:ViewOnlyAccess`."""
        return self.kind.label.of(self)

    @property
    def lock_key(self) -> str | None:
        """Return what must not be written twice at the same time; None when nothing forbids it."""
        return fold(self.kind.lock.of(self)) if self.kind.lock else None

    @property
    def values(self) -> dict[str, str]:
        """Return field -> value."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def meaning(self) -> list[Any]:
        """Return the fact as plain data that is equal for what means the same."""
        return [*self.values.values()]

    def in_group(self, group: str) -> Self:
        """Return the fact with its group under another name; the fact itself where it names no group."""
        return replace(self, group=group) if "group" in self.values else self  # type: ignore[call-arg]

    def create(self) -> Call:
        """Return the call that makes the fact."""
        raise NotImplementedError(self.kind.name)

    def update(self, before: Self) -> Call:
        """Return the call that makes this fact of an earlier one."""
        raise NotImplementedError(self.kind.name)

    def delete(self) -> Call:
        """Return the call that ends the fact."""
        raise NotImplementedError(self.kind.name)

    def rereads(self) -> tuple[Reread, ...]:
        """Return how the fact is read again: it holds when every reading finds what it looks for."""
        raise NotImplementedError(self.kind.name)

    def shows(self, live: LiveState, exactly: bool) -> bool | None:
        """Tell whether an account has the fact, with `exactly` its values too; None when unknown."""
        raise NotImplementedError(self.kind.name)

    def changed(self, before: Self) -> str:
        """Return drift's sentence where the account has `before` and the files declare this."""
        raise NotImplementedError(self.kind.name)

    def differences(self, before: Self) -> tuple[str, ...]:
        """Return the lines by which the document differs from an earlier one. Raises: ValueError."""
        return ()
