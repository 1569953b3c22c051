"""Config + LiveState + clock -> Desired: what each group should hold, as IAM spells it. Must not diff."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cached_property

from iamgroups.errors import Position, Problem
from iamgroups.planning.note import Note
from iamgroups.planning.references import Resolver
from iamgroups.state.config import Config, GroupDecl, Member, Moved, PolicyRef
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DesiredGroup:
    """A declared group. `name` is its name after the plan; `live` the group that is or becomes it.

    `members`: user name -> the entry that counts; `policies`: ARN -> the reference. None means not managed.
    `expired`: members named in the file whose time is over.
    """

    name: str
    decl: GroupDecl
    live: LiveGroup | None
    members: Mapping[str, Member] | None
    expired: Mapping[str, Member]
    policies: Mapping[str, PolicyRef] | None

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

    def __init__(self, config: Config, live: LiveState, today: date, resolver: Resolver) -> None:
        self.config, self.live, self.today, self.resolver = config, live, today, resolver
        self.moved = {fold(move.to): move for move in config.moved}
        self.notes: list[Note] = []
        self.problems: list[Problem] = []
        self.unproved: set[str] = set()

    def group(self, decl: GroupDecl) -> DesiredGroup:
        live = self.live_group(decl)
        members, expired = self.members(decl)
        policies = self.policies(decl, live)
        keeps_name = live is not None and fold(live.name) == fold(decl.name)
        name = live.name if live is not None and keeps_name else decl.name
        return DesiredGroup(name, decl, live, members, expired, policies)

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
        expired: dict[str, Member] = {}
        for entry in decl.members:
            over = entry.expires is not None and entry.expires < self.today
            user = self.live.user(entry.user)
            if user is None:
                self.unknown_user(decl, entry, over)
                continue
            if over:
                expired[user.name] = entry
            else:
                current[user.name] = entry
                self.ends_soon(decl, user.name, entry)
        return current, expired

    def unknown_user(self, decl: GroupDecl, entry: Member, over: bool) -> None:
        subject = f"membership/{decl.name}/{entry.user}"
        if over:
            self.note(
                "unknown-expired", subject, f"{entry.user} does not exist; the entry expired", entry.position
            )
        elif entry.pending:
            self.note(
                "pending", subject, f"{entry.user} does not exist yet: added once it does", entry.position
            )
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

    def ends_soon(self, decl: GroupDecl, name: str, entry: Member) -> None:
        if entry.expires is not None and entry.expires <= self.today + SOON:
            message = f"{name} leaves {decl.name} after {entry.expires}"
            self.note("ends-soon", f"membership/{decl.name}/{name}", message, entry.position, "info")

    def policies(self, decl: GroupDecl, live: LiveGroup | None) -> dict[str, PolicyRef] | None:
        if decl.policies is None:
            self.not_managed("policies", decl)
            return None
        held = (live.policies or frozenset()) if live else frozenset()
        resolved: dict[str, PolicyRef] = {}
        for ref in decl.policies:
            arn = self.resolver.resolve(ref.spec)
            if arn is None:
                self.unproved.add(ref.spec)
                self.problems.append(self.resolver.problem(ref, f"group/{decl.name}"))
            elif arn not in held and not self.resolver.attachable(arn):
                role = "/aws-service-role/" in arn
                reason = "it belongs to an AWS service's own role" if role else "AWS has deprecated it"
                hint = f"{reason}: remove this line, or name another policy"
                message = f"{ref.spec} cannot be attached to a group"
                self.problems.append(Problem(message, ref.position, hint, about=(f"group/{decl.name}",)))
            else:
                resolved.setdefault(arn, ref)
        return resolved

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


def _both_live(move: Moved) -> Problem:
    return Problem(
        f"cannot move {move.source} to {move.to}: both groups exist",
        move.position,
        f"move the members yourself and add `removed: [{{group: {move.source}}}]` instead",
        about=(f"group/{move.source}", f"group/{move.to}"),
    )


def read(config: Config, live: LiveState, today: date, resolver: Resolver) -> Desired:
    """Return what the configuration means on this account on this day (UTC)."""
    reading = _Reading(config, live, today, resolver)
    groups = tuple(reading.group(decl) for decl in sorted(config.groups, key=lambda decl: fold(decl.name)))
    reading.exceptions()
    return Desired(groups, tuple(reading.notes), tuple(reading.problems), frozenset(reading.unproved))
