"""What a plan tells beside its changes: leavers, undeclared groups, inline policies."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from iamgroups.planning.desired import Desired
from iamgroups.planning.note import Note
from iamgroups.planning.undeclared import inline_notes, undeclared_notes
from iamgroups.state import Attachment, Direct
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.state.names import short

if TYPE_CHECKING:
    from iamgroups.access import Access


def all_notes(
    config: Config, desired: Desired, live: LiveState, changes: Sequence[Change], access: "Access | None"
) -> Iterator[Note]:
    """Yield every note that needs the whole picture, in no particular order.

    `access` is who holds what before and after the changes; None where there are none.
    """
    yield from (Note("configuration", str(at), message, at) for message, at in config.warnings)
    yield from undeclared_notes(config, desired, live, changes)
    yield from _gone(config, live)
    yield from inline_notes(config, desired, live, changes)
    if not live.quotas_known:
        message = "the quotas of the account could not be read: the documented ones are assumed"
        yield Note("quotas-assumed", "account", message, level="info")
    if live.denied:
        yield Note("unreadable", "account", f"could not be read, and is left alone: {', '.join(live.denied)}")
    if access is not None:
        from iamgroups.planning.group_arns import lost_arns

        yield from lost_arns(config, live, changes)
        yield from _deprecated(live, changes)
        yield from _leavers(desired, live, changes, access)


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


def _leavers(
    desired: Desired, live: LiveState, changes: Sequence[Change], access: "Access"
) -> Iterator[Note]:
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
