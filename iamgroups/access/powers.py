"""What documents allow, as sets of actions: everywhere, or within a scope.

An action is a bit (`Catalogue`). A Deny with a scope takes nothing away: it makes an action conditional.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import or_
from typing import Any

from iamgroups.access.scope import Scope, is_own_user
from iamgroups.catalogue import Catalogue
from iamgroups.catalogue.actions import Actions
from iamgroups.policy.matching import Pattern, PieceKind, fill, parse
from iamgroups.policy.parsed import MalformedStatement, Statement, parse_document
from iamgroups.policy.request_context import RequestContext
from iamgroups.policy.resources import parts_overlap, split

Scoped = Mapping[Scope, Actions]


@dataclass(frozen=True)
class DocumentPowers:
    """What one or more documents allow and deny; `unread`: one could not be read."""

    allowed: Actions = 0
    denied: Actions = 0
    allowed_in: Scoped = field(default_factory=dict)
    denied_in: Scoped = field(default_factory=dict)
    unread: bool = False

    @cached_property
    def anywhere(self) -> Actions:
        """Return the actions that are allowed in some scope."""
        return self.allowed | union(self.allowed_in.values())

    @cached_property
    def on_others(self) -> Actions:
        """Return the actions that are allowed on more than the person's own user."""
        wider = (actions for scope, actions in self.allowed_in.items() if not is_own_user(scope))
        return self.allowed | union(wider)

    @cached_property
    def denied_somewhere(self) -> Actions:
        """Return the actions that are denied in some scope."""
        return union(self.denied_in.values())


@dataclass(frozen=True, eq=False)
class Powers:
    """What somebody can do by several parts: their groups, and what they hold directly.

    Sets of actions are worked out from the parts' sets. What takes each scope (`scoped`, `denied_in`) is
    slower.
    """

    parts: tuple[DocumentPowers, ...] = ()

    @cached_property
    def denied(self) -> Actions:
        """Return the actions that are denied everywhere and without condition."""
        return union(part.denied for part in self.parts)

    @cached_property
    def free(self) -> Actions:
        """Return the actions that are allowed everywhere and, but for `denied_in`, without condition."""
        return union(part.allowed for part in self.parts) & ~self.denied

    @cached_property
    def any(self) -> Actions:
        """Return the actions that are allowed somewhere."""
        return union(part.anywhere for part in self.parts) & ~self.denied

    @cached_property
    def on_others(self) -> Actions:
        """Return the actions that are allowed on more than the person's own user."""
        return union(part.on_others for part in self.parts) & ~self.denied

    @cached_property
    def capped(self) -> Actions:
        """Return the allowed actions that are denied in some scope."""
        return self.any & union(part.denied_somewhere for part in self.parts)

    @cached_property
    def unread(self) -> bool:
        """Tell whether a document could not be read."""
        return any(part.unread for part in self.parts)

    @cached_property
    def scoped(self) -> Scoped:
        """Return scope -> the actions that are allowed there and not everywhere."""
        return _among(self.any & ~self.free, (part.allowed_in for part in self.parts))

    @cached_property
    def denied_in(self) -> Scoped:
        """Return scope -> the allowed actions that are denied there."""
        return _among(self.any, (part.denied_in for part in self.parts))

    def scopes_of(self, actions: Actions) -> tuple[Scope, ...]:
        """Return the scopes of those actions that are not free."""
        wanted = actions & self.any & ~self.free
        return _having(wanted, (part.allowed_in for part in self.parts if part.anywhere & wanted))

    def denials_of(self, actions: Actions) -> tuple[Scope, ...]:
        """Return the scopes in which some of the actions, as far as they are allowed, are denied."""
        wanted = actions & self.any
        return _having(wanted, (part.denied_in for part in self.parts if part.denied_somewhere & wanted))


def _among(wanted: Actions, parts: Iterable[Scoped]) -> Scoped:
    found: dict[Scope, Actions] = {}
    for part in parts:
        for scope, actions in part.items():
            if held := actions & wanted:
                found[scope] = found.get(scope, 0) | held
    return found


def _having(wanted: Actions, parts: Iterable[Scoped]) -> tuple[Scope, ...]:
    if not wanted:
        return ()
    return tuple({scope: None for part in parts for scope, actions in part.items() if actions & wanted})


def union(sets: Iterable[Actions]) -> Actions:
    """Return all the actions of several sets."""
    return reduce(or_, sets, 0)


def united(documents: Iterable[DocumentPowers]) -> DocumentPowers:
    """Return what several documents allow and deny together."""
    allowed = denied = 0
    allowed_in: dict[Scope, Actions] = {}
    denied_in: dict[Scope, Actions] = {}
    unread = False
    for one in documents:
        allowed |= one.allowed
        denied |= one.denied
        unread |= one.unread
        for found, more in ((allowed_in, one.allowed_in), (denied_in, one.denied_in)):
            for scope, actions in more.items():
                found[scope] = found.get(scope, 0) | actions
    return DocumentPowers(allowed, denied, allowed_in, denied_in, unread)


def powers(identity: DocumentPowers, boundary: DocumentPowers | None = None) -> Powers:
    """Return what a user can do by their policies, and by the boundary that has to allow as well."""
    return Powers((_bounded(identity, boundary) if boundary else identity,))


def _bounded(identity: DocumentPowers, boundary: DocumentPowers) -> DocumentPowers:
    """Return what is left of policies when a boundary has to allow as well."""
    left = {scope: actions & boundary.allowed for scope, actions in identity.allowed_in.items()}
    for ceiling, within in boundary.allowed_in.items():
        narrow = within & ~boundary.allowed
        if identity.allowed & narrow:
            left[ceiling] = left.get(ceiling, 0) | identity.allowed & narrow
        for scope, actions in identity.allowed_in.items():
            if both := actions & ~identity.allowed & narrow:
                joined = replace(scope, ceiling=ceiling)
                left[joined] = left.get(joined, 0) | both
    denials = united([identity, boundary])
    return DocumentPowers(
        allowed=identity.allowed & boundary.allowed,
        denied=denials.denied,
        allowed_in=left,
        denied_in=denials.denied_in,
        unread=denials.unread,
    )


class PowerReader:
    """Turns documents into powers, each once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._documents: dict[int, tuple[Any, DocumentPowers]] = {}
        self._united: dict[tuple[int, ...], DocumentPowers] = {}
        self._scopes: dict[Scope, Scope] = {}
        self._reached: dict[tuple[str, bool], Actions] = {}

    def read(self, document: Any) -> DocumentPowers:
        """Return what a document allows and denies; None, or one IAM would refuse, is unread."""
        # The document is kept beside its powers, so that its id stays its own.
        if id(document) not in self._documents:
            self._documents[id(document)] = (document, self._read(document))
        return self._documents[id(document)][1]

    def read_all(self, documents: Iterable[Any]) -> DocumentPowers:
        """Return what several documents give together: the same object for the same documents."""
        parts = [self.read(document) for document in documents]
        key = tuple(map(id, parts))
        if key not in self._united:
            self._united[key] = united(parts)
        return self._united[key]

    def _read(self, document: Any) -> DocumentPowers:
        try:
            statements = parse_document(document)
        except MalformedStatement:
            return DocumentPowers(unread=True)
        return united(map(self._statement, statements))

    def _statement(self, statement: Statement) -> DocumentPowers:
        sure, possible = self._actions(statement)
        everywhere, scoped = self._placed(statement, sure)
        if statement.conditions:
            everywhere, scoped = 0, everywhere | scoped
        uncertain = union(self._placed(statement, possible))
        resources = _as_2012(statement)
        if "*" in resources and not statement.not_resources:
            resources = ()
        scope = Scope(resources, statement.not_resources and bool(resources), statement.conditions)
        within = {self._scopes.setdefault(scope, scope): scoped} if scoped else {}
        within |= {replace(scope, uncertain=True): uncertain} if uncertain else {}
        if statement.effect == "Allow":
            return DocumentPowers(allowed=everywhere, allowed_in=within)
        return DocumentPowers(denied=everywhere, denied_in=within)

    def _actions(self, statement: Statement) -> tuple[Actions, Actions]:
        """Return the actions of a statement, and those whose pattern has a wildcard in its service."""
        sure = union(map(self.catalogue.mask, (p for p in statement.actions if not _wild_service(p))))
        wild = union(map(self.catalogue.mask, filter(_wild_service, statement.actions)))
        if statement.not_actions:
            return self.catalogue.everything & ~(sure | wild), wild & ~sure
        return sure, wild & ~sure

    def _placed(self, statement: Statement, actions: Actions) -> tuple[Actions, Actions]:
        """Return which of the actions the resources include everywhere, and which only within them.

        An action without resource types is authorised on `*`, which no ARN includes.
        """
        whole = "*" in statement.resources
        if whole:
            return (0, 0) if statement.not_resources else (actions, 0)
        reached = actions & union(self.reach(text, statement.variables) for text in statement.resources)
        return (actions & ~reached, reached) if statement.not_resources else (0, reached)

    def reach(self, text: str, variables: bool) -> Actions:
        """Return the actions that take a resource which the pattern can include."""
        if (text, variables) not in self._reached:
            self._reached[text, variables] = self._reach_of(text, variables)
        return self._reached[text, variables]

    def _reach_of(self, text: str, variables: bool) -> Actions:
        pattern = fill(parse(text, variables), RequestContext())
        if pattern is None:
            return 0
        filled = split(pattern)
        service = filled[2] if len(filled) > 2 else ()
        named = len(service) == 1 and service[0].kind is PieceKind.TEXT
        near = (service[0].text, "") if named else self._templates
        found = (pair for name in near for pair in self._templates.get(name, ()))
        return union(actions for text, actions in found if parts_overlap(filled, _parts(text)))

    @cached_property
    def _templates(self) -> Mapping[str, list[tuple[str, Actions]]]:
        """Return service of an ARN, "" if not told -> templates, and the actions with them."""
        found: dict[str, list[tuple[str, Actions]]] = {}
        for text, actions in zip(self.catalogue.templates, self.catalogue.by_template, strict=True):
            parts = text.split(":")
            service = parts[2] if len(parts) > 2 and "$" not in parts[2] else ""
            found.setdefault(service, []).append((text, actions))
        return found


def _parts(template: str) -> tuple[Pattern, ...]:
    return split(parse(template, variables=True))


def _as_2012(statement: Statement) -> tuple[str, ...]:
    """Return the resources as Version 2012-10-17 has them, so that scopes of both versions compare."""
    if statement.variables:
        return statement.resources
    return tuple(text.replace("${", "${$}{") for text in statement.resources)


def _wild_service(pattern: str) -> bool:
    service = pattern.partition(":")[0]
    return pattern != "*" and ("*" in service or "?" in service)
