"""What a plan gives to people and takes from them, in actions; people with the same share a row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from iamgroups.access.access import Access
from iamgroups.access.affected import affected
from iamgroups.access.causes import Cause, Causes
from iamgroups.access.escalation import Escalation, Way
from iamgroups.access.limits import Limits
from iamgroups.access.people import People
from iamgroups.access.powers import PowerReader, Powers, union
from iamgroups.access.scope import Scope
from iamgroups.access.side import Side
from iamgroups.catalogue import LEVELS, Catalogue
from iamgroups.catalogue.actions import Actions
from iamgroups.errors import Position
from iamgroups.state.live import LiveState, LiveUser
from iamgroups.state.names import fold, natural

Lines = dict[str, tuple[Position, ...]]
Administrator = Literal["becomes", "no longer", ""]


@dataclass(frozen=True, slots=True)
class Tally:
    """A set of actions for a reader: counts, and the names of those that manage permissions.

    `everything`: it is the whole catalogue. `names` has all names where they are few.
    """

    count: int = 0
    services: tuple[tuple[str, int], ...] = ()
    levels: tuple[tuple[str, int], ...] = ()
    privileged: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    everything: bool = False
    actions: Actions = 0


@dataclass(frozen=True, slots=True)
class Shift:
    """Actions that stay allowed with other limits: `before` and `after` are resources and conditions.

    `kind`: narrowed, widened, moved (other limits than before), conditional (a Deny with a condition or
    resource came), freed (it went).
    """

    kind: Literal["narrowed", "widened", "moved", "conditional", "freed"]
    actions: Tally
    before: tuple[Scope, ...] = ()
    after: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What happens to the access of one or more people, and why.

    `limits` are scopes that every gained action has. `denied`: policies whose Deny took gained actions
    before; `had` those that allowed them all along. `boundaries` cap the people. `unread_gained` are the
    policies that could not be read and that the people did not hold before. `lines`: person -> the lines
    that ask for the causes.
    """

    people: tuple[str, ...]
    causes: tuple[Cause, ...]
    gained: Tally
    lost: Tally
    shifts: tuple[Shift, ...] = ()
    limits: tuple[Scope, ...] = ()
    own_only: tuple[str, ...] = ()
    ways_gained: tuple[Way, ...] = ()
    ways_lost: tuple[Way, ...] = ()
    administrator: Administrator = ""
    denied: tuple[str, ...] = ()
    had: tuple[str, ...] = ()
    boundaries: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unread_gained: tuple[str, ...] = ()
    lines: Mapping[str, tuple[Position, ...]] = field(default_factory=dict, compare=False)

    @property
    def rank(self) -> tuple[bool, bool, bool, int, str]:
        """Return the place among rows: administrators, escalation, permissions or unread ones, then size."""
        permissions = bool(self.gained.privileged or self.unread_gained)
        size = self.gained.count + self.lost.count
        return (
            self.administrator != "becomes",
            not self.ways_gained,
            not permissions,
            -size,
            fold(self.people[0]),
        )


@dataclass(frozen=True)
class AccessDelta:
    """What changes, the weightiest row first. `same`: people who keep everything by another way.

    `unread`: policies of the people that could not be read. `date` is the catalogue's.
    """

    rows: tuple[Row, ...] = ()
    same: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    date: str = ""
    actions: int = 0
    services: int = 0
    catalogue: Catalogue | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Differ:
    """Compares both sides of some changes with one catalogue."""

    catalogue: Catalogue
    reader: PowerReader = field(init=False)
    escalation: Escalation = field(init=False)
    _limits: Limits = field(default_factory=lambda: Limits(lambda part: part.allowed_in))
    _denials: Limits = field(default_factory=lambda: Limits(lambda part: part.denied_in))
    _tallies: dict[Actions, Tally] = field(default_factory=dict)
    _ways: dict[int, tuple[Powers, tuple[Way, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reader", PowerReader(self.catalogue))
        object.__setattr__(self, "escalation", Escalation(self.catalogue))

    def delta(self, access: Access) -> AccessDelta:
        """Return what the changes give and take."""
        why = Causes(access)
        causes = ((user, why.of(user.name)) for user in affected(access))
        return self._compare(access.before, access.after, causes)

    def standing(self, live: LiveState) -> AccessDelta:
        """Return what people have now, as if all of it were gained."""
        bare = {key: replace(user, policies=frozenset(), inline={}) for key, user in live.users.items()}
        nothing = Access(replace(live, users=bare, groups={}), ())
        everybody = ((user, ()) for user in live.users.values())
        return self._compare(nothing.before, Access(live, ()).before, everybody)

    def _compare(
        self, before_all: Side, after_all: Side, causes: Iterable[tuple[LiveUser, tuple[Cause, ...]]]
    ) -> AccessDelta:
        old, new = People(before_all, self.reader), People(after_all, self.reader)
        alike: dict[tuple[int, int, tuple[Cause, ...]], tuple[Row, Lines]] = {}
        for user, because in causes:
            before, now = old.of(user), new.of(user)
            key = (id(before), id(now), because)
            if key not in alike:
                alike[key] = self._row(user, (old, before), (new, now), because), {}
            alike[key][1][user.name] = tuple(cause.position for cause in because if cause.position)
        found: dict[Row, Lines] = {}
        same: Lines = {}
        for row, people in alike.values():
            (same if _is_nothing(row) else found.setdefault(row, {})).update(people)
        rows = [_with_people(row, people) for row, people in found.items()]
        return AccessDelta(
            rows=tuple(sorted(rows, key=lambda row: row.rank)),
            same=tuple(sorted(same, key=natural)),
            unread=tuple(sorted({policy for row in rows for policy in row.unread})),
            date=self.catalogue.date,
            actions=len(self.catalogue.names),
            services=len(self.catalogue.services),
            catalogue=self.catalogue,
        )

    def _row(
        self,
        user: LiveUser,
        was: tuple[People, Powers],
        now: tuple[People, Powers],
        because: tuple[Cause, ...],
    ) -> Row:
        (old, before), (new, after) = was, now
        gained, lost = after.any & ~before.any, before.any & ~after.any
        ways_before, ways_after = self.ways(before), self.ways(after)
        had = {way.method for way in ways_before}
        has = {way.method for way in ways_after}
        admin_before, admin_after = map(self.escalation.is_administrator, (before, after))
        unread = [{held.policy.shown for held in each.unread(user)} for each in (old, new)]
        denied, allowed = _uncovered(user, old, gained) if gained & before.denied else ((), ())
        return Row(
            people=(),
            causes=because,
            gained=self.tally(gained),
            lost=self.tally(lost),
            shifts=tuple(self._shifts(before, after)),
            limits=_limits(after, gained),
            own_only=tuple(self.catalogue.listed(self.escalation.own_only(after) & gained)),
            ways_gained=() if admin_after else tuple(way for way in ways_after if way.method not in had),
            ways_lost=() if admin_before else tuple(way for way in ways_before if way.method not in has),
            administrator=_administrator(admin_before, admin_after),
            denied=denied,
            had=allowed,
            boundaries=(user.boundary,) if user.boundary else (),
            unread=tuple(sorted(unread[0] | unread[1])),
            unread_gained=tuple(sorted(unread[1] - unread[0])),
        )

    def ways(self, powers: Powers) -> tuple[Way, ...]:
        """Return the methods of escalation, worked out once for the same powers."""
        if id(powers) not in self._ways:
            self._ways[id(powers)] = (powers, self.escalation.ways(powers))
        return self._ways[id(powers)][1]

    def tally(self, actions: Actions) -> Tally:
        """Return a set of actions for a reader."""
        if actions not in self._tallies:
            self._tallies[actions] = tally(self.catalogue, actions)
        return self._tallies[actions]

    def _shifts(self, before: Powers, after: Powers) -> Iterator[Shift]:
        kept = before.any & after.any
        if not kept:
            return
        limits = self._limits.moved(before, after, kept & ~before.free & ~after.free)
        denials = self._denials.moved(before, after, kept)
        found: tuple[tuple[Literal["narrowed", "widened", "moved"], Actions], ...] = (
            ("narrowed", kept & before.free & ~after.free),
            ("widened", kept & after.free & ~before.free),
            ("moved", limits.gone | limits.new),
        )
        for kind, actions in found:
            if actions:
                yield Shift(kind, self.tally(actions), before.scopes_of(actions), after.scopes_of(actions))
        denied: tuple[tuple[Literal["conditional", "freed"], Actions], ...] = (
            ("conditional", denials.new),
            ("freed", denials.gone),
        )
        for kind_of_deny, actions in denied:
            if actions:
                scopes = before.denials_of(actions), after.denials_of(actions)
                yield Shift(kind_of_deny, self.tally(actions), *scopes)


def tally(catalogue: Catalogue, actions: Actions, few: int = 40) -> Tally:
    """Return a set of actions for a reader; their names where they are `few`."""
    if not actions:
        return Tally()
    permissions = actions & catalogue.level_masks[LEVELS.index("Permissions management")]
    everything = actions == catalogue.everything
    count = actions.bit_count()
    return Tally(
        count=count,
        services=tuple(catalogue.by_service(actions).items()),
        levels=tuple(catalogue.by_level(actions).items()),
        privileged=() if everything else tuple(catalogue.listed(permissions)),
        names=tuple(catalogue.listed(actions)) if count <= few else (),
        everything=everything,
        actions=actions,
    )


def _administrator(before: bool, after: bool) -> Administrator:
    if before == after:
        return ""
    return "becomes" if after else "no longer"


def _is_nothing(row: Row) -> bool:
    return not (
        row.gained.count or row.lost.count or row.shifts or row.ways_gained or row.ways_lost or row.unread
    )


def _with_people(row: Row, lines: Lines) -> Row:
    people = tuple(sorted(lines, key=natural))
    return replace(row, people=people, lines={person: lines[person] for person in people})


def _limits(after: Powers, gained: Actions) -> tuple[Scope, ...]:
    """Return the scopes of what is gained, when no gained action is free."""
    return () if gained & after.free else after.scopes_of(gained)


def _uncovered(user: LiveUser, old: People, gained: Actions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the policies that denied what is gained, and those that allowed it, before."""
    denied: set[str] = set()
    had: set[str] = set()
    for held in old.side.of_user(user):
        document = old.read(held.document)
        if document.denied & gained:
            denied.add(held.policy.shown)
        if (document.allowed | union(document.allowed_in.values())) & gained:
            had.add(held.policy.shown)
    return (tuple(sorted(denied)), tuple(sorted(had))) if denied and had else ((), ())
