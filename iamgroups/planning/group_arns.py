"""Documents that name the ARN which a group loses when it is renamed or moved."""

from collections.abc import Iterable, Iterator
from typing import Any

from iamgroups.planning.note import Note
from iamgroups.policy.inclusion import includes
from iamgroups.state import GroupFact
from iamgroups.state.change import Change
from iamgroups.state.config import Config
from iamgroups.state.live import LiveState
from iamgroups.state.names import fold, parse_policy_arn


def lost_arns(config: Config, live: LiveState, changes: Iterable[Change]) -> Iterator[Note]:
    """Yield a note for each known document that matches a group's ARN before the plan and not after it."""
    for change in changes:
        if change.action != "update" or not isinstance(change.before, GroupFact):
            continue
        old, new = (_arn(live, fact) for fact in (change.before, change.fact) if isinstance(fact, GroupFact))
        for holder, document in _documents(config, live):
            for text in sorted({text for text in _texts(document) if includes(text, old)}):
                if not includes(text, new):
                    message = (
                        f"{holder} names {text}: the group is {new} after this plan, and no longer meant"
                    )
                    yield Note("lost-arn", change.address, message, change.position)


def _arn(live: LiveState, group: GroupFact) -> str:
    return f"arn:{live.account.partition}:iam::{live.account.id}:group{group.path}{group.name}"


def _documents(config: Config, live: LiveState) -> Iterator[tuple[str, Any]]:
    """Yield every document that is known: those of the files as they will be, and those that were read."""
    owned = {fold(decl.name) for decl in config.policies}
    for decl in config.policies:
        yield f"policy {decl.name}", decl.document_for(live.account.id, live.account.partition)
    for arn, policy in sorted(live.policies.items()):
        parts = parse_policy_arn(arn)
        if policy.document is not None and parts and fold(parts.name) not in owned:
            yield f"policy {parts.name}", policy.document
    for group in live.groups.values():
        for name, document in sorted((group.inline or {}).items()):
            yield f"inline policy {name} of group {group.name}", document
    for user in live.users.values():
        for name, document in sorted((user.inline or {}).items()):
            yield f"inline policy {name} of user {user.name}", document


def _texts(document: Any) -> Iterator[str]:
    """Yield every text in a document that could name a group."""
    if isinstance(document, str):
        if ":group/" in document:
            yield document
    elif isinstance(document, dict | list | tuple):
        for below in document.values() if isinstance(document, dict) else document:
            yield from _texts(below)
