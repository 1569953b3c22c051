"""Policies attached directly to users: which are covered and go, which stay and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from iamgroups.planning.containment import is_striking
from iamgroups.planning.desired import Desired, DesiredGroup
from iamgroups.planning.note import Note
from iamgroups.planning.resolver import Resolver
from iamgroups.state import Direct
from iamgroups.state.change import Change
from iamgroups.state.config import Config, GroupDecl, Member, PolicyRef
from iamgroups.state.live import LiveState, LiveUser
from iamgroups.state.names import fold, matches, short
from iamgroups.state.term import begin_of, end_of, told


@dataclass
class DirectPolicies:
    """The detachments, and what is said of the policies that stay."""

    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def direct_policies(config: Config, desired: Desired, live: LiveState, resolver: Resolver) -> DirectPolicies:
    """Apply `settings.direct_policies` to everyone the YAML names as a current member; name the others."""
    mode, ignored = config.settings.direct_policies, config.settings.direct_ignored
    result = DirectPolicies()
    kept = {
        fold(decl.name): {resolver.resolve(ref.spec) for ref in decl.keep_direct} for decl in config.users
    }
    groups = {group.name: group for group in desired.groups}
    holdings: list[_Holding] = []
    for key, user in sorted(live.users.items()):
        entries = desired.memberships.get(user.name)
        held = sorted((user.policies or frozenset()) - kept.get(key, set()))
        if mode == "ignore" or any(matches(pattern, user.name) for pattern in ignored):
            result.notes += [_ignored(Direct(user.name, arn)) for arn in held if is_striking(config, arn)]
        elif entries is None:
            result.notes += [_undeclared(Direct(user.name, arn)) for arn in held]
        elif user.policies is None:
            result.notes.append(_unknown(user))
        else:
            holdings += [_Holding(user, arn, entries, groups, live) for arn in held]
    if holdings:
        _judge_all(holdings, config, result)
    return result


def _ignored(fact: Direct) -> Note:
    message = f"{fact.user} holds {fact.policy} directly, which settings.direct_policies ignores"
    return Note("ignored", fact.address, message)


def _undeclared(fact: Direct) -> Note:
    message = f"{fact.user}, whom no file names as a member, holds {fact.policy} directly"
    return Note("undeclared-direct", fact.address, message, reported=True)


@dataclass(frozen=True, slots=True)
class _Holding:
    """One policy one current member holds directly."""

    user: LiveUser
    arn: str
    entries: Mapping[str, Member]
    groups: Mapping[str, DesiredGroup]
    live: LiveState

    @property
    def fact(self) -> Direct:
        return Direct(self.user.name, self.arn)

    def covers_for_now(self) -> Iterator[str]:
        """Yield what gives the same policy today but not by a lasting declaration."""
        for name, member in sorted(self.entries.items()):
            group = self.groups[name]
            ref = (group.policies or {}).get(self.arn)
            if ref is not None:
                yield f"group/{name}{_term(member, ref)}"
            elif self._tolerated(group):
                yield f"group/{name}, which does not declare it"
        declared = {group.live.name: group for group in self.groups.values() if group.live}
        for name in sorted(self.live.groups_of.get(self.user.name, ())):
            group_now, decl = self.live.groups[fold(name)], declared.get(name)
            if self.arn not in (group_now.policies or ()) or (decl and decl.name in self.entries):
                continue
            if decl is None:
                yield f"group/{name}, which is declared nowhere"
            elif decl.members is None or decl.decl.keeps(self.user.name):
                yield f"group/{name}, which does not name {self.user.name}"

    def _tolerated(self, group: DesiredGroup) -> bool:
        held = (group.live.policies or frozenset()) if group.live else frozenset()
        stays = group.policies is None or group.decl.attachments == "additive"
        return self.arn in held and stays


def _term(member: Member, ref: PolicyRef) -> str:
    """Return ` until DAY` where the cover ends, or ` since DAY` where it only began at a time."""
    ends = [entry.expires for entry in (member, ref) if entry.expires]
    if ends:
        return f" until {told(min(ends, key=end_of))}"
    begins = [entry.starts for entry in (member, ref) if entry.starts]
    return f" since {told(max(begins, key=begin_of))}"


def _judge_all(holdings: Iterable[_Holding], config: Config, result: DirectPolicies) -> None:
    from iamgroups.access.declared import Declared

    declared = Declared(config)
    for holding in holdings:
        cover = declared.cover(holding.user.name, holding.arn)
        _judge(holding, cover, config.settings.direct_policies, result)


def _judge(
    holding: _Holding, cover: tuple[GroupDecl, Member] | None, mode: str, result: DirectPolicies
) -> None:
    user, policy = holding.user.name, short(holding.arn)
    if cover and mode in ("detach_covered", "detach_all"):
        group, entry = cover
        result.changes.append(
            Change("delete", holding.fact, entry.position, f"covered by group/{group.name}")
        )
        return
    if mode == "detach_all":
        position = next(iter(sorted(holding.entries.items())))[1].position
        result.changes.append(Change("delete", holding.fact, position, _loses(holding)))
        return
    if cover:
        message = f"{user} holds {policy} directly, covered by group/{cover[0].name}"
        result.notes.append(_note("covered-direct", holding, message))
        return
    for_now = "; ".join(holding.covers_for_now())
    if for_now:
        message = f"{user} holds {policy} directly, covered for now by {for_now}: kept"
        result.notes.append(_note("covered-for-now", holding, message))
    else:
        message = f"{user} holds {policy} directly and no declared group gives it: kept"
        result.notes.append(_note("uncovered-direct", holding, message))


def _loses(holding: _Holding) -> str:
    for_now = "; ".join(holding.covers_for_now())
    return f"covered for now by {for_now}" if for_now else "NOT covered: this access is lost"


def _note(code: str, holding: _Holding, message: str) -> Note:
    return Note(code, holding.fact.address, message, reported=True)


def _unknown(user: LiveUser) -> Note:
    message = (
        f"the direct policies of {user.name} could not be read (iam:ListAttachedUserPolicies): left alone"
    )
    return Note("unknown-direct", f"user/{user.name}", message)
