"""Desired groups against live ones -> changes to groups, attachments, memberships."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from iamgroups.errors import Position, Problem
from iamgroups.planning.desired import Desired, DesiredGroup
from iamgroups.state import Attachment, GroupFact, InlineGroup, Membership
from iamgroups.state.change import Change
from iamgroups.state.config import Config, Member, PolicyRef, Removed
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold
from iamgroups.state.term import begin_of, end_of, told


def group_changes(config: Config, desired: Desired) -> Iterator[Change]:
    """Yield what makes every declared group what it should be, without an order and without `needs`."""
    for group in desired.groups:
        yield from _group(group, config)
        group_now = group.live.name if group.live and group.renamed else ""
        yield from _attachments(group, group_now)
        yield from _memberships(group, group_now)


def _group(group: DesiredGroup, config: Config) -> Iterator[Change]:
    decl, live = group.decl, group.live
    if live is None:
        path = config.settings.path if decl.path is None else decl.path
        yield Change("create", GroupFact(group.name, path), decl.position)
        return
    before = GroupFact(live.name, live.path)
    after = GroupFact(group.name, live.path if decl.path is None else decl.path)
    if before != after:
        words = [f"renamed from {before.name}"] if before.name != after.name else []
        words += [f"moved from {before.path}"] if before.path != after.path else []
        yield Change("update", after, decl.position, ", ".join(words), before=before)


def _attachments(group: DesiredGroup, group_now: str) -> Iterator[Change]:
    if group.policies is None:
        return
    held = (group.live.policies or frozenset()) if group.live else frozenset()
    for arn in group.policies.keys() - held:
        ref = group.policies[arn]
        words = [f"policy set {ref.via}"] if ref.via else []
        words += [f"until {told(ref.expires)}"] if ref.expires else []
        fact = Attachment(group.name, arn)
        yield Change("create", fact, ref.position, ", ".join(words), group_now=group_now, due=_begun(ref))
    keeps = group.decl.attachments == "additive"
    position = group.decl.policies_position or group.decl.position
    for arn in held - group.policies.keys():
        end = Change("delete", Attachment(group.name, arn), position, "not declared", group_now=group_now)
        yield from _ended(end, group.policies_over.get(arn), keeps)


def _memberships(group: DesiredGroup, group_now: str) -> Iterator[Change]:
    if group.members is None:
        return
    held = (group.live.members or frozenset()) if group.live else frozenset()
    for user in group.members.keys() - held:
        member = group.members[user]
        words = [f"team {member.via}"] if member.via else []
        words += [f"until {told(member.expires)}"] if member.expires else []
        words += [member.reason] if member.reason else []
        fact = Membership(group.name, user)
        yield Change(
            "create", fact, member.position, ", ".join(words), group_now=group_now, due=_begun(member)
        )
    position = group.decl.members_position or group.decl.position
    for user in held - group.members.keys():
        end = Change("delete", Membership(group.name, user), position, "not declared", group_now=group_now)
        yield from _ended(end, group.members_over.get(user), group.decl.keeps(user))


def _begun(entry: Member | PolicyRef) -> datetime | None:
    return begin_of(entry.starts) if entry.starts else None


def _ended(end: Change, over: Member | PolicyRef | None, keeps: bool) -> Iterator[Change]:
    """Yield the end of a member or a policy that no entry declares now.

    `keeps`: the group keeps what it does not declare. `over`: an entry whose time is over, which ends it
    all the same.
    """
    if over is not None and over.expires is not None:
        why = f"expired {told(over.expires)}"
        yield replace(end, position=over.position, why=why, due=end_of(over.expires))
    elif not keeps:
        yield end


def deletions(config: Config, desired: Desired, live: LiveState) -> Iterator[Change]:
    """Yield the end of every group that `removed` or `undeclared_groups: delete` names, contents first."""
    named = {fold(entry.name): entry for entry in config.removed if entry.kind == "group"}
    for key, entry in sorted(named.items()):
        group = live.groups.get(key)
        if group is not None:
            yield from _delete(group, entry.position, entry.reason or "removed")
    if config.settings.undeclared_groups == "delete" and not live.denied:
        for group in undeclared(config, desired, live):
            if _deletable(config, group):
                yield from _delete(group, config.settings.position, "declared nowhere")


def undeclared(config: Config, desired: Desired, live: LiveState) -> list[LiveGroup]:
    """Return the live groups no file mentions, by name."""
    mentioned = {fold(group.live.name) for group in desired.groups if group.live}
    mentioned |= {fold(entry.name) for entry in config.removed if entry.kind == "group"}
    return [group for key, group in sorted(live.groups.items()) if key not in mentioned]


def _deletable(config: Config, group: LiveGroup) -> bool:
    """Tell whether a group is under `settings.path`, and neither moved nor protected."""
    kept = {fold(move.source) for move in config.moved}
    kept |= {fold(protected.pattern) for protected in config.guardrails.get("protected_groups", ())}
    path = config.settings.path
    return path != "/" and group.path.startswith(path) and fold(group.name) not in kept


def _delete(group: LiveGroup, position: Position | None, why: str) -> Iterator[Change]:
    for user in group.members or ():
        yield Change("delete", Membership(group.name, user), position, why)
    for arn in group.policies or ():
        yield Change("delete", Attachment(group.name, arn), position, why)
    for policy in group.inline or ():
        yield Change("delete", InlineGroup(group.name, policy), position, why)
    fact = GroupFact(group.name, group.path)
    yield Change("delete", fact, position, why, before=fact)


def unreadable(config: Config, desired: Desired, live: LiveState) -> Iterator[Problem]:
    """Yield a problem for each declared or removed group of which something could not be read."""
    removed = [entry for entry in config.removed if entry.kind == "group"]
    for group in desired.groups:
        if group.live is None:
            continue
        if group.members is not None and group.live.members is None:
            yield _cannot_read("members", group.live, group.decl.position, live)
        if group.policies is not None and group.live.policies is None:
            yield _cannot_read("policies", group.live, group.decl.position, live)
    for entry in removed:
        yield from _unreadable_removal(entry, live)


def _unreadable_removal(entry: Removed, live: LiveState) -> Iterator[Problem]:
    group = live.group(entry.name)
    if group is not None and (group.members is None or group.policies is None or group.inline is None):
        yield _cannot_read("contents", group, entry.position, live)


def _cannot_read(what: str, group: LiveGroup, position: Position, live: LiveState) -> Problem:
    permissions = " or ".join(live.denied) or "iam:GetAccountAuthorizationDetails"
    return Problem(
        f"the {what} of group {group.name} could not be read",
        position,
        f"grant {permissions}, or better iam:GetAccountAuthorizationDetails, and run again",
        about=(f"group/{group.name}",),
    )
