"""The exact inverse of changes that were made: what takes them back in the account as it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from iamgroups.planning.lines import policy_of
from iamgroups.planning.to_read import ToRead
from iamgroups.state import (
    Attachment,
    Direct,
    Fact,
    GroupFact,
    InlineGroup,
    Membership,
    PolicyFact,
    PolicyVersionFact,
)
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, is_aws_managed, short
from iamgroups.state.term import end_of

WHY = "taken back"


@dataclass(frozen=True, slots=True)
class Made:
    """A change that was made, or (`sure` is False) perhaps. `before` is what it replaced or ended."""

    change: Change
    sure: bool = True


@dataclass
class Inverse:
    """What takes changes back. `moved`: addresses that are not as they were left -> what is so now.

    `said`: what cannot be restored exactly, or at all.
    """

    changes: list[Change] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def to_read(made: Iterable[Made], live: LiveState) -> ToRead:
    """Return what must be known of policies before the changes can be taken back."""
    facts = [one.change.fact for one in made]
    owned = {fact.arn for fact in facts if isinstance(fact, PolicyFact)}
    local = owned or any(
        isinstance(fact, Attachment | Direct) and not is_aws_managed(fact.arn) for fact in facts
    )
    if local and not live.local_listed and "iam:ListPolicies" not in live.denied:
        return ToRead(local=True)
    there = owned & live.policies.keys()
    return ToRead(
        documents=frozenset(arn for arn in there if live.policies[arn].document is None)
        if "iam:GetPolicyVersion" not in live.denied
        else frozenset(),
        versions=frozenset(arn for arn in there if live.policies[arn].versions is None)
        if "iam:ListPolicyVersions" not in live.denied
        else frozenset(),
    )


def inverse(made: Sequence[Made], config: Config, live: LiveState, now: datetime) -> Inverse:
    """Return what takes these changes back. Their facts have the names that the groups bore at the time."""
    return _Inverting(made, config, live, now).run()


@dataclass
class _Inverting:
    made: Sequence[Made]
    config: Config
    live: LiveState
    now: datetime
    result: Inverse = field(default_factory=Inverse)

    def run(self) -> Inverse:
        for one in self.made:
            change = one.change
            moved = self._moved(change)
            if moved and one.sure:
                self.result.moved[self._now(change.fact).address] = moved
            elif not moved:
                if not one.sure:
                    message = "the journal does not say whether it was made, and the account shows it"
                    self.result.said.append(f"{change.address}: {message}")
                self.result.changes += self._back(change)
        return self.result

    def _back(self, change: Change) -> Iterator[Change]:
        """Yield what takes one change back; nothing where that is not possible, or not wanted any more."""
        fact, now = change.fact, self._names.get(fold(change.fact.values.get("group", "")), "")
        if isinstance(fact, PolicyVersionFact):
            self.result.said.append(f"version {fact.version} of policy {fact.name} cannot be made again")
        elif change.action == "create":
            yield Change("delete", fact, why=WHY, group_now=now)
        elif change.action == "update" and isinstance(fact, GroupFact):
            yield Change("update", self._before(change), why=WHY, before=fact)
        elif change.action == "update":
            yield from self._older_document(change)
        elif not self._cannot_return(fact):
            owner = self.config.settings.owner
            again = replace(fact, made_by=owner) if isinstance(fact, PolicyFact) else fact
            yield Change("create", again, why=WHY, group_now=now)

    def _before(self, change: Change) -> Fact:
        assert change.before is not None, "an update replaces something"
        return change.before

    def _older_document(self, change: Change) -> Iterator[Change]:
        fact, before = change.fact, self._before(change)
        assert isinstance(fact, PolicyFact) and isinstance(before, PolicyFact)
        versions = self.live.policies[fact.arn].versions or ()
        if len(versions) >= self.live.quotas.get("VersionsPerPolicyQuota", 5):
            oldest = min(versions[1:], key=lambda version: int(version[1:]))
            yield Change("delete", PolicyVersionFact(fact.name, fact.arn, oldest), why="makes room")
            self.result.said.append(
                f"version {oldest} of policy {fact.name} makes room and cannot be made again"
            )
        self.result.said.append(f"policy {fact.name} gets its earlier document back as a new version")
        yield Change("update", before, why=WHY, before=fact)

    def _cannot_return(self, fact: Fact) -> bool:
        """Tell whether something that was ended stays ended, and say why."""
        why = ""
        if isinstance(fact, Membership | Attachment) and self._is_over(fact):
            why = "its time is over"
        elif isinstance(fact, InlineGroup | PolicyFact) and not fact.document:
            why = "its document was not read"
        elif isinstance(fact, Attachment | Direct) and not self._attachable(fact.arn):
            why = f"{short(fact.arn)} cannot be attached any more"
        elif isinstance(fact, Attachment | Direct) and fact.arn in self._lost:
            why = "its policy is not restored"
        elif isinstance(fact, GroupFact | PolicyFact):
            self.result.said.append(f"{fact.address} is made again: it gets a new id")
        if why:
            self.result.said.append(f"{fact.address} is not restored: {why}")
        return bool(why)

    def _is_over(self, fact: Membership | Attachment) -> bool:
        """Tell whether the files name it for a time that is over."""
        for decl in self.config.groups:
            if fold(decl.name) != fold(fact.group):
                continue
            if isinstance(fact, Membership):
                ends = [m.expires for m in decl.members or () if fold(m.user) == fold(fact.user)]
            else:
                name = fold(fact.policy.partition(":")[2])
                ends = [r.expires for r in decl.policies or () if fold(policy_of(r.spec)) == name]
            return bool(ends) and all(end is not None and end_of(end) <= self.now for end in ends)
        return False

    @cached_property
    def _lost(self) -> frozenset[str]:
        """Return the ARNs of policies that went, and whose documents were not read."""
        gone = (one.change.fact for one in self.made if one.change.action == "delete")
        return frozenset(fact.arn for fact in gone if isinstance(fact, PolicyFact) and not fact.document)

    def _attachable(self, arn: str) -> bool:
        known = self.live.policies.get(arn)
        return known is None or known.attachable

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Folded name that a group bore -> the name it has since the changes renamed it."""
        pairs = ((one.change.before, one.change.fact) for one in self.made if one.change.action == "update")
        return {
            fold(before.name): fact.name
            for before, fact in pairs
            if isinstance(before, GroupFact) and isinstance(fact, GroupFact) and before.name != fact.name
        }

    def _now(self, fact: Fact) -> Fact:
        """Return the fact with its group under the name that it has now."""
        now = self._names.get(fold(fact.values.get("group", "")), "")
        return fact.in_group(now) if now else fact

    def _moved(self, change: Change) -> str:
        """Return how the account is not what the change left, "" where it is."""
        fact = self._now(change.fact)
        shown = fact.shows(self.live, exactly=change.action != "delete")
        if change.action == "delete":
            return fact.kind.there.of(fact) if shown else self._lacks(fact)
        if not shown:
            return (
                fact.kind.missing.of(fact)
                if fact.shows(self.live, exactly=False) is False
                else "it has changed"
            )
        return self._holds_more(fact) if change.action == "create" else ""

    def _lacks(self, fact: Fact) -> str:
        """Return what is not there any more that something ended would need again."""
        restored = {one.change.address for one in self.made if one.change.action == "delete"}
        group, user = fact.values.get("group", ""), fact.values.get("user", "")
        if group and self.live.group(group) is None and f"group/{group}" not in restored:
            return f"group {group} does not exist"
        if user and self.live.user(user) is None:
            return f"user {user} does not exist"
        if isinstance(fact, Attachment | Direct) and not is_aws_managed(fact.arn):
            name = fact.arn.rpartition("/")[2]
            if fact.arn not in self.live.policies and f"policy/{name}" not in restored:
                return f"policy {name} does not exist"
        return ""

    def _holds_more(self, fact: Fact) -> str:
        """Return what something made has got since, with which it cannot be deleted."""
        ours = {one.change.address for one in self.made if one.change.action == "create"}
        if isinstance(fact, GroupFact):
            group = self.live.group(fact.name)
            more = [one.label for one in _contents(group) if one.address not in ours] if group else []
            return f"it has got {', '.join(sorted(more))}" if more else ""
        if isinstance(fact, PolicyFact):
            more = [one.owner.name for one in _holding(fact.arn, self.live) if one.address not in ours]
            more += ["another version"] if len(self.live.policies[fact.arn].versions or ()) > 1 else []
            return f"it has got {', '.join(sorted(more))}" if more else ""
        return ""


def _holding(arn: str, live: LiveState) -> Iterator[Fact]:
    for group in live.groups.values():
        if arn in (group.policies or ()):
            yield Attachment(group.name, arn)
    for user in live.users.values():
        if arn in (user.policies or ()):
            yield Direct(user.name, arn)


def _contents(group: LiveGroup) -> Iterator[Fact]:
    yield from (Membership(group.name, user) for user in group.members or ())
    yield from (Attachment(group.name, arn) for arn in group.policies or ())
    yield from (InlineGroup(group.name, policy) for policy in group.inline or ())
