"""What a plan tells beside its changes: leavers, undeclared groups, inline policies. Must not change it."""

from collections.abc import Iterator, Sequence

from iamgroups.access import Access
from iamgroups.planning.desired import Desired
from iamgroups.planning.group_arns import lost_arns
from iamgroups.planning.groups import undeclared
from iamgroups.planning.note import Note
from iamgroups.planning.wording import count
from iamgroups.state import Attachment, Direct, GroupFact, InlineGroup
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold, short


def all_notes(
    config: Config, desired: Desired, live: LiveState, changes: Sequence[Change], access: Access
) -> Iterator[Note]:
    """Yield every note that needs the whole picture, in no particular order."""
    yield from (Note("configuration", str(at), message, at) for message, at in config.warnings)
    yield from _undeclared(config, desired, live, changes)
    yield from _gone(config, live)
    yield from lost_arns(config, live, changes)
    yield from _deprecated(live, changes)
    yield from _leavers(desired, live, changes, access)
    if config.settings.inline_policies != "ignore":
        yield from _inline(desired, live, changes)
    if not live.quotas_known:
        message = "GetAccountSummary was denied: the documented quotas are assumed"
        yield Note("quotas-assumed", "account", message, level="info")
    if live.denied:
        yield Note("unreadable", "account", f"could not be read, and is left alone: {', '.join(live.denied)}")


def _undeclared(
    config: Config, desired: Desired, live: LiveState, changes: Sequence[Change]
) -> Iterator[Note]:
    if config.settings.undeclared_groups == "ignore":
        return
    going = {fold(change.fact.name) for change in changes if isinstance(change.fact, GroupFact)}
    path = config.settings.path
    for group in undeclared(config, desired, live):
        if fold(group.name) in going:
            continue
        ours = path != "/" and group.path.startswith(path)
        advice = (
            f"; to delete add `removed: [{{group: {group.name}}}]`"
            if ours and config.settings.undeclared_groups != "delete"
            else ""
        )
        message = f"group {group.name} is declared nowhere, {_contents(group)}{advice}"
        yield Note(
            "undeclared-group",
            f"group/{group.name}",
            message,
            level="warning" if ours else "info",
            reported=True,
        )


def _contents(group: LiveGroup) -> str:
    members, policies = group.members, group.policies
    who = "unknown members" if members is None else count(len(members), "member", "members")
    what = "unknown policies" if policies is None else count(len(policies), "policy", "policies")
    verb = "keeps" if members is not None and len(members) == 1 else "keep"
    return f"{who} {verb} its {what}"


def _gone(config: Config, live: LiveState) -> Iterator[Note]:
    for entry in config.removed:
        if entry.kind == "group" and live.group(entry.name) is None:
            message = f"group {entry.name} does not exist any more; this entry can go"
            yield Note("already-removed", f"group/{entry.name}", message, entry.position, "info")


def _deprecated(live: LiveState, changes: Sequence[Change]) -> Iterator[Note]:
    """Yield a warning for each policy that goes and that IAM lets nobody attach any more."""
    for change in changes:
        fact = change.fact
        if change.action == "delete" and isinstance(fact, Attachment | Direct):
            known = live.policies.get(fact.arn)
            if known is not None and not known.attachable:
                message = f"{short(fact.arn)} cannot be attached again: AWS has deprecated it"
                yield Note("deprecated", change.address, message, change.position)


def _leavers(desired: Desired, live: LiveState, changes: Sequence[Change], access: Access) -> Iterator[Note]:
    declared = {group.name for group in desired.groups}
    detached = {change.address for change in changes if change.action == "delete"}
    for name in sorted(access.left):
        if access.groups_after(name) & declared:
            continue
        user = live.user(name)
        # A snapshot may name members that it does not hold as users: nothing is known of them.
        direct, inline = (user.policies, user.inline) if user else (None, None)
        kept = [short(arn) for arn in sorted(direct or ()) if f"direct/{name}/{short(arn)}" not in detached]
        kept += [f"inline {policy}" for policy in sorted(inline or ())]
        kept += [f"group {group}, declared nowhere" for group in sorted(access.groups_after(name))]
        kept += ["direct policies that could not be read"] if direct is None else []
        kept += ["inline policies that could not be read"] if inline is None else []
        if kept:
            message = f"{name} leaves the last declared group but still holds {', '.join(kept)}"
            yield Note("offboarded-but-holds", f"user/{name}", message)


def _inline(desired: Desired, live: LiveState, changes: Sequence[Change]) -> Iterator[Note]:
    deleted = {change.address for change in changes if isinstance(change.fact, InlineGroup)}
    for group in desired.groups:
        for policy in sorted((group.live.inline or ()) if group.live else ()):
            address = InlineGroup(group.name, policy).address
            if address not in deleted:
                message = f"group {group.name} has the inline policy {policy}, which no file declares"
                yield Note("inline-group", address, message, group.decl.position, reported=True)
    for name in sorted(desired.memberships):
        for policy in sorted(live.users[fold(name)].inline or ()):
            message = f"{name} has the inline policy {policy}"
            yield Note("inline-user", f"inline/user/{name}/{policy}", message, reported=True)
