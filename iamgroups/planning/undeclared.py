"""What the account has and no file declares: groups with all they hold, and inline policies."""

from collections.abc import Iterator, Sequence
from typing import Literal

from iamgroups.errors import Position
from iamgroups.planning.containment import is_striking
from iamgroups.planning.desired import Desired
from iamgroups.planning.groups import undeclared
from iamgroups.planning.inline import inline_mode
from iamgroups.planning.note import Note
from iamgroups.policy.administrator import is_administrator
from iamgroups.state import Attachment, Fact, InlineGroup, InlineUser
from iamgroups.state.change import Change
from iamgroups.state.config import Config, InlineMode
from iamgroups.state.live import LiveGroup, LiveState
from iamgroups.state.names import fold


def undeclared_notes(
    config: Config, desired: Desired, live: LiveState, changes: Sequence[Change]
) -> Iterator[Note]:
    """Yield a note on each group that no file declares, and one on each policy attached to it."""
    changed = {change.address for change in changes}
    for group in undeclared(config, desired, live):
        held = [Attachment(group.name, arn) for arn in sorted(group.policies or ())]
        if config.settings.undeclared_groups == "ignore":
            striking = (fact for fact in held if is_striking(config, fact.arn))
            yield from (_ignored(fact, "undeclared_groups") for fact in striking)
        elif f"group/{group.name}" not in changed:
            yield _group(config, group)
            words = f"group {group.name}, which no file declares"
            for fact in held:
                message = f"{fact.policy} is attached to {words}"
                yield Note("undeclared-attachment", fact.address, message, reported=True)


def _group(config: Config, group: LiveGroup) -> Note:
    path = config.settings.path
    ours = path != "/" and group.path.startswith(path)
    stays = ours and config.settings.undeclared_groups != "delete"
    advice = f"; to delete add `removed: [{{group: {group.name}}}]`" if stays else ""
    message = f"group {group.name} is declared nowhere, {_members(group)}{advice}"
    level: Literal["warning", "info"] = "warning" if ours else "info"
    return Note("undeclared-group", f"group/{group.name}", message, level=level, reported=True)


def _members(group: LiveGroup) -> str:
    if group.members is None:
        return "and its members could not be read"
    return f"members: {', '.join(sorted(group.members))}" if group.members else "without members"


def inline_notes(
    config: Config, desired: Desired, live: LiveState, changes: Sequence[Change]
) -> Iterator[Note]:
    """Yield a note on each inline policy of a group or a user that no change ends."""
    ended = {change.address for change in changes if change.action == "delete"}
    declared = {fold(group.live.name): group for group in desired.groups if group.live}
    for key, group in sorted(live.groups.items()):
        found = declared.get(key)
        name, position = (found.name, found.decl.position) if found else (group.name, None)
        for policy, document in sorted((group.inline or {}).items()):
            fact = InlineGroup(name, policy)
            if fact.address not in ended:
                mode = inline_mode(config, name, found.decl if found else None)
                yield from _inline(mode, fact, document, position)
    for _, user in sorted(live.users.items()):
        for policy, document in sorted((user.inline or {}).items()):
            mode = inline_mode(config, user.name)
            yield from _inline(mode, InlineUser(user.name, policy), document, None)


def _inline(mode: InlineMode, fact: Fact, document: object, position: Position | None) -> Iterator[Note]:
    if mode == "ignore":
        if is_administrator(document):
            yield _ignored(fact, "inline_policies")
        return
    message = f"{fact.kind.there.of(fact)}, which no file declares"
    if mode == "convert" and isinstance(fact, InlineGroup):
        message += ": no owned policy of the group has its document. `import --convert` writes one"
    yield Note(fact.kind.name, fact.address, message, position, reported=True)


def _ignored(fact: Fact, setting: str) -> Note:
    return Note("ignored", fact.address, f"{fact.kind.there.of(fact)}, which settings.{setting} ignores")
