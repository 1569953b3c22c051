"""Config + LiveState + clock -> Desired: what each group should hold, as IAM spells it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from typing import TypeVar

from iamgroups.errors import Position, Problem
from iamgroups.planning.note import Note
from iamgroups.planning.resolver import Resolver
from iamgroups.state.config import Config, GroupDecl, Member, Moved, PolicyRef
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, short
from iamgroups.state.term import end_of, phase, told

Dated = TypeVar("Dated", Member, PolicyRef)
SOON = timedelta(days=15)  # a last day may be fourteen days away


@dataclass(frozen=True, slots=True)
class DesiredGroup:
    """A declared group. `name` is its name after the plan; `live` the group that is or becomes it.

    `members`: user name -> the entry that counts; `policies`: ARN -> the reference. None means not managed.
    Those are of now: `members_over` and `policies_over` are named in the file and their time is over.
    """

    name: str
    decl: GroupDecl
    live: LiveGroup | None
    members: Mapping[str, Member] | None
    policies: Mapping[str, PolicyRef] | None
    members_over: Mapping[str, Member] = field(default_factory=dict)
    policies_over: Mapping[str, PolicyRef] = field(default_factory=dict)

    @property
    def renamed(self) -> bool:
        """Tell whether the live group still bears the name it moves from."""
        return self.live is not None and fold(self.live.name) != fold(self.name)


@dataclass(frozen=True)
class Desired:
    """Every declared group, and what reading the files against the account brought up."""

    groups: tuple[DesiredGroup, ...]
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    unproved: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def memberships(self) -> Mapping[str, Mapping[str, Member]]:
        """User -> group -> entry, for everyone the YAML names as a current member."""
        found: dict[str, dict[str, Member]] = {}
        for group in self.groups:
            for user, member in (group.members or {}).items():
                found.setdefault(user, {})[group.name] = member
        return found


class _Reading:
    """Collects notes and problems while the declarations are read against the account."""

    def __init__(self, config: Config, live: LiveState, now: datetime, resolver: Resolver) -> None:
        self.config, self.live, self.now, self.resolver = config, live, now, resolver
        self.moved = {fold(move.to): move for move in config.moved}
        self.notes: list[Note] = []
        self.problems: list[Problem] = []
        self.unproved: set[str] = set()

    def group(self, decl: GroupDecl) -> DesiredGroup:
        live = self.live_group(decl)
        members, members_over = self.members(decl)
        policies, policies_over = self.policies(decl, live)
        keeps_name = live is not None and fold(live.name) == fold(decl.name)
        name = live.name if live is not None and keeps_name else decl.name
        return DesiredGroup(name, decl, live, members, policies, members_over, policies_over)

    def live_group(self, decl: GroupDecl) -> LiveGroup | None:
        live = self.live.group(decl.name)
        move = self.moved.get(fold(decl.name))
        source = self.live.group(move.source) if move else None
        if move and live and source:
            self.problems.append(_both_live(move))
        return live or source

    def members(self, decl: GroupDecl) -> tuple[dict[str, Member] | None, dict[str, Member]]:
        if decl.members is None:
            self.not_managed("members", decl)
            return None, {}
        current: dict[str, Member] = {}
        over: dict[str, Member] = {}
        for entry in decl.members:
            when = phase(entry, self.now)
            user = self.live.user(entry.user)
            if when == "before":
                self.not_yet(f"membership/{decl.name}/{entry.user}", f"{entry.user} joins {decl.name}", entry)
            elif user is None:
                self.unknown_user(decl, entry, when == "after")
            elif when == "during":
                current[user.name] = _longer(current.get(user.name), entry)
            else:
                over[user.name] = _longer(over.get(user.name), entry)
        for name, entry in current.items():
            self.ends_soon(f"membership/{decl.name}/{name}", f"{name} leaves {decl.name}", entry)
        return current, {name: entry for name, entry in over.items() if name not in current}

    def not_yet(self, subject: str, what: str, entry: Member | PolicyRef) -> None:
        assert entry.starts is not None
        self.note("pending", subject, f"{what} on {told(entry.starts)}", entry.position, "info")

    def unknown_user(self, decl: GroupDecl, entry: Member, over: bool) -> None:
        subject = f"membership/{decl.name}/{entry.user}"
        if over:
            message = f"{entry.user} does not exist; the entry expired"
            self.note("unknown-expired", subject, message, entry.position)
        elif entry.pending:
            message = f"{entry.user} does not exist yet: added once it does"
            self.note("pending", subject, message, entry.position)
        else:
            self.no_user(decl, entry)

    def no_user(self, decl: GroupDecl, entry: Member) -> None:
        message = f"no IAM user {entry.user} in account {self.live.account.id}"
        if self.config.settings.unknown_members == "warn":
            subject = f"membership/{decl.name}/{entry.user}"
            note = Note(
                "unknown-member", subject, f"{message}: this line adds nobody", entry.position, reported=True
            )
            self.notes.append(note)
            return
        hint = self.user_hint(entry.user)
        missing, about = f"user/{entry.user}", (f"group/{decl.name}",)
        self.problems.append(Problem(message, entry.position, hint, missing=missing, about=about))

    def user_hint(self, name: str) -> str:
        if fold(name) == "root":
            return "an IAM group holds IAM users only, never the account's root user; take this line out"
        if any(fold(group.name) == fold(name) for group in self.config.groups):
            return f"{name} is a group, and an IAM group holds users only: name its people, or their team"
        close = get_close_matches(fold(name), self.live.users, 1, 0.75) if len(self.problems) < 20 else []
        ways = f"take this line out, create the user first, or write {{user: {name}, pending: true}}"
        if close:
            return f"did you mean {self.live.users[close[0]].name}? If not, {ways}"
        if "@" in name:
            return (
                "an IAM group holds IAM users only. Somebody who signs in with an e-mail address through IAM "
                f"Identity Center or another identity provider gets permissions there. If so, {ways}"
            )
        return ways

    def ends_soon(self, subject: str, what: str, entry: Member | PolicyRef) -> None:
        if entry.expires is not None and end_of(entry.expires) <= self.now + SOON:
            self.note("ends-soon", subject, f"{what} after {told(entry.expires)}", entry.position, "info")

    def policies(
        self, decl: GroupDecl, live: LiveGroup | None
    ) -> tuple[dict[str, PolicyRef] | None, dict[str, PolicyRef]]:
        if decl.policies is None:
            self.not_managed("policies", decl)
            return None, {}
        held = (live.policies or frozenset()) if live else frozenset()
        current: dict[str, PolicyRef] = {}
        over: dict[str, PolicyRef] = {}
        for ref in decl.policies:
            when, arn = phase(ref, self.now), self.resolver.resolve(ref.spec)
            if when == "before":
                subject = f"attachment/{decl.name}/{ref.spec}"
                self.not_yet(subject, f"{decl.name} gets {ref.spec}", ref)
            elif when == "after" and arn is not None:
                over[arn] = _longer(over.get(arn), ref)
            elif when == "during" and self.attachable(decl, ref, arn, held):
                assert arn is not None
                current[arn] = _longer(current.get(arn), ref)
        for arn, ref in current.items():
            self.ends_soon(f"attachment/{decl.name}/{short(arn)}", f"{decl.name} loses {short(arn)}", ref)
        return current, {arn: ref for arn, ref in over.items() if arn not in current}

    def attachable(self, decl: GroupDecl, ref: PolicyRef, arn: str | None, held: Collection[str]) -> bool:
        """Tell whether the policy exists and may be attached, or is; what is wrong is a problem."""
        if arn is None:
            self.unproved.add(ref.spec)
            self.problems.append(self.resolver.problem(ref, f"group/{decl.name}"))
            return False
        if arn in held or self.resolver.attachable(arn):
            return True
        reason = (
            "it belongs to an AWS service's own role"
            if "/aws-service-role/" in arn
            else "AWS has deprecated it"
        )
        hint = f"{reason}: remove this line, or name another policy"
        message = f"{ref.spec} cannot be attached to a group"
        self.problems.append(Problem(message, ref.position, hint, about=(f"group/{decl.name}",)))
        return False

    def exceptions(self) -> None:
        for decl in self.config.users:
            if self.live.user(decl.name) is None:
                self.note("unknown-user", f"user/{decl.name}", f"no IAM user {decl.name}", decl.position)
            for ref in decl.keep_direct:
                if self.resolver.resolve(ref.spec) is None:
                    self.unproved.add(ref.spec)
                    self.problems.append(self.resolver.problem(ref, f"user/{decl.name}"))

    def not_managed(self, what: str, decl: GroupDecl) -> None:
        message = f"{what} of {decl.name} are not managed"
        self.note(f"{what}-not-managed", f"group/{decl.name}", message, decl.position, "info")

    def note(
        self, code: str, subject: str, message: str, position: Position | None, level: str = "warning"
    ) -> None:
        note = Note(code, subject, message, position)
        self.notes.append(note if level == "warning" else replace(note, level="info"))


def _longer(first: Dated | None, second: Dated) -> Dated:
    """Return the entry that ends later; of two alike the first."""
    return first if first is not None and end_of(first.expires) >= end_of(second.expires) else second


def _both_live(move: Moved) -> Problem:
    return Problem(
        f"cannot move {move.source} to {move.to}: both groups exist",
        move.position,
        f"move the members yourself and add `removed: [{{group: {move.source}}}]` instead",
        about=(f"group/{move.source}", f"group/{move.to}"),
    )


def read(config: Config, live: LiveState, now: datetime, resolver: Resolver) -> Desired:
    """Return what the configuration means on this account at this moment (UTC)."""
    reading = _Reading(config, live, now, resolver)
    groups = tuple(reading.group(decl) for decl in sorted(config.groups, key=lambda decl: fold(decl.name)))
    reading.exceptions()
    return Desired(groups, tuple(reading.notes), tuple(reading.problems), frozenset(reading.unproved))
