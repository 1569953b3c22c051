"""Containment: what incident response put on people. No plan takes it from them unasked."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from iamgroups.policy.administrator import ADMINISTRATOR
from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, matches, short, spellings


class Containment:
    """What contains whom, by `settings.containment`: policies, inline policies and groups, by their names.

    What contains is told as `aws:AWSDenyAll`, `inline:freeze` or `group/quarantine`.
    """

    def __init__(self, config: Config, live: LiveState) -> None:
        self._live = live
        self._patterns = config.settings.containment
        self._moved = {fold(move.source): fold(move.to) for move in config.moved}
        self._moved |= {fold(move.to): fold(move.source) for move in config.moved}

    @cached_property
    def groups(self) -> Mapping[str, frozenset[str]]:
        """Name of a live group -> what of it contains its members, where something does."""
        found = ((group.name, self._of_group(group)) for group in self._live.groups.values())
        return {name: containing for name, containing in found if containing}

    @cached_property
    def people(self) -> Mapping[str, frozenset[str]]:
        """User -> what contains them, for everybody who is contained."""
        found = {user.name: self._direct(user.name) for user in self._live.users.values()}
        for name, containing in self.groups.items():
            for user in self._live.groups[fold(name)].members or ():
                found[user] = found.get(user, frozenset()) | containing
        return {user: containing for user, containing in sorted(found.items()) if containing}

    def held_back(self, changes: Sequence[Change]) -> dict[str, str]:
        """Return the addresses of the changes that would take containment away -> why each is left out.

        A group that contains somebody is not deleted: of its changes only that of the group says why.
        """
        deletions = [change for change in changes if change.action == "delete"]
        stuck = {c.fact.name for c in deletions if isinstance(c.fact, GroupFact)} & self.groups.keys()
        found: dict[str, str] = {}
        for change in deletions:
            group = self.group_of(change)
            if group and group.name in stuck:
                what = ", ".join(sorted(self.groups[group.name]))
                why = f"group {group.name} stays as it is: {what} contains {_who(group)}"
                found[change.address] = why if isinstance(change.fact, GroupFact) else ""
            elif why := self._why(change, group, changes):
                found[change.address] = why
        return found

    def group_of(self, change: Change) -> LiveGroup | None:
        """Return the live group that the change is about."""
        named = [name.partition("/")[2] for name in change.names if name.startswith("group/")]
        return self._live.group(named[0]) if named else None

    def _why(self, change: Change, group: LiveGroup | None, changes: Sequence[Change]) -> str:
        """Return why the end of one fact is left out, "" when it contains nobody."""
        fact = change.fact
        if isinstance(fact, Direct) and self._is_policy(fact.arn):
            return f"{fact.user} keeps {short(fact.arn)}, which contains them"
        containing = self.groups.get(group.name) if group else None
        if group is None or containing is None:
            return ""
        if isinstance(fact, Membership):
            lost = sorted(containing - self._after(fact.user, changes))
            return f"{fact.user} stays in {group.name}, contained by {', '.join(lost)}" if lost else ""
        whole = any(name.startswith("group/") for name in containing)
        if isinstance(fact, Attachment) and (whole or self._is_policy(fact.arn)):
            return f"group {group.name} keeps {short(fact.arn)}, which contains {_who(group)}"
        if isinstance(fact, InlineGroup) and (whole or f"inline:{fact.policy}" in containing):
            return f"group {group.name} keeps its inline policy {fact.policy}, which contains {_who(group)}"
        return ""

    def _after(self, user: str, changes: Sequence[Change]) -> frozenset[str]:
        """Return what contains the user after these changes: no plan takes it from a group or a user."""
        groups = set(self._live.groups_of.get(user, ()))
        for change in changes:
            group = self.group_of(change)
            if group and isinstance(change.fact, Membership) and change.fact.user == user:
                groups = groups | {group.name} if change.action == "create" else groups - {group.name}
        gained = {
            short(change.fact.arn)
            for change in changes
            if isinstance(change.fact, Attachment) and change.action == "create"
            if (group := self.group_of(change)) and group.name in groups
        }
        return self._direct(user).union(gained, *(self.groups.get(name, ()) for name in groups))

    def _of_group(self, group: LiveGroup) -> frozenset[str]:
        """Return what of a group contains its members; a group that moves is meant by either name."""
        names = [f"group/{name}" for name in (group.name, self._moved.get(fold(group.name), group.name))]
        names += [f"inline:{policy}" for policy in group.inline or ()]
        arns = {short(arn) for arn in group.policies or () if self._is_policy(arn)}
        return frozenset(arns.union(filter(self._is, names)))

    def _direct(self, user: str) -> frozenset[str]:
        person = self._live.user(user)
        held = (person.policies if person else None) or ()
        return frozenset(short(arn) for arn in held if self._is_policy(arn))

    def _is_policy(self, arn: str) -> bool:
        return any(map(self._is, spellings(arn)))

    def _is(self, name: str) -> bool:
        return any(matches(pattern, name) for pattern in self._patterns)


def _who(group: LiveGroup) -> str:
    people = sorted(group.members or ())
    return ", ".join(people) if people else "everybody who is put into it"


def is_striking(config: Config, arn: str) -> bool:
    """Tell whether a policy is named even where the settings ignore its kind."""
    named = short(arn)
    return named == ADMINISTRATOR or any(matches(pattern, named) for pattern in config.settings.containment)
